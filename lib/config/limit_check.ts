/** Whether the limits of a run can be kept. */

import type { Prices } from "../core/mod.ts";
import type { Config } from "./config.ts";
import type { Findings } from "./finding.ts";

/** An experiment without a price could cost anything: beside it, a limit in money is no limit. */
export function checkLimits(config: Config, prices: Prices, { fault }: Findings): void {
  if (config.limits.dollars === null) return;
  const known = new Set([...Object.keys(prices.instance_based), ...Object.keys(prices.token_based)]);
  const unpriced = config.experiments.filter(({ instance_type, model_id }) =>
    !known.has(instance_type) && !Object.hasOwn(prices.token_based, model_id)
  );
  if (unpriced.length === 0) return;
  const names = unpriced.map(({ name }) => `"${name}"`).join(", ");
  const types = unpriced.map(({ instance_type }) => instance_type).join(", ");
  fault(
    ["limits", "dollars"],
    `"limits.dollars" can't be kept: what ${names} costs is not known; expected a price for ${types}`,
  );
}
