/** Whether the limits of a run can be kept. */

import { type Prices, tariffOf } from "../core/mod.ts";
import type { Config } from "./config.ts";
import { pricedAs } from "./experiment_price.ts";
import type { Findings } from "./finding.ts";

/** An experiment without a price could cost anything: beside it, a limit in money is no limit. */
export function checkLimits(config: Config, prices: Prices, { fault }: Findings): void {
  if (config.limits.dollars === null) return;
  const unpriced = config.experiments.filter((one) => tariffOf(pricedAs(one), prices) === null);
  if (unpriced.length === 0) return;
  const names = unpriced.map(({ name }) => `"${name}"`).join(", ");
  const types = unpriced.map(({ instance_type }) => instance_type).join(", ");
  fault(
    ["limits", "dollars"],
    `"limits.dollars" can't be kept: what ${names} costs is not known; expected a price for ${types} in ${config.pricing}, or -A price_per_hour=PRICE or ` +
      "price_per_1k_tokens=PRICE",
  );
}
