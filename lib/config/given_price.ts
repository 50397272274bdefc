/** `-A price_per_hour=1.20` and its like: a price for every experiment that has none. */

import { type Prices, tariffOf } from "../core/mod.ts";
import type { Config } from "./config.ts";
import {
  ownPriceFault,
  type OwnPrices,
  pricedAs,
  priceKeys,
  withExperimentPrices,
} from "./experiment_price.ts";
import type { Findings } from "./finding.ts";

/** Whether a name of `-A` gives a price. */
export function isPriceParameter(name: string): boolean {
  return (priceKeys as readonly string[]).includes(name);
}

/** The prices among the parameters; what is wrong with them becomes a fault. */
export function givenPrices(
  parameters: Readonly<Record<string, string>>,
  { faults }: Pick<Findings, "faults">,
): OwnPrices {
  const given: Record<string, number> = {};
  let last = "";
  for (const key of priceKeys) {
    const text = Object.hasOwn(parameters, key) ? parameters[key]! : null;
    if (text === null) continue;
    last = `-A ${key}=${text}`;
    const price = Number(text);
    if (text.trim() !== "" && Number.isFinite(price) && price >= 0) given[key] = price;
    else {
      const column = key.length + 2;
      faults.push({
        file: last,
        line: 1,
        column,
        text: `"${text}" is no price; expected a number, 0 or more`,
      });
    }
  }
  const fault = ownPriceFault(given);
  if (fault === null) return given;
  faults.push({ file: last, line: 1, column: 1, text: fault });
  return {};
}

/** Config and prices with the given prices where there was none. */
export function withGivenPrices(
  config: Config,
  fromFiles: Prices,
  given: OwnPrices,
): { readonly config: Config; readonly prices: Prices; readonly used: boolean } {
  const prices = withExperimentPrices(fromFiles, config.experiments);
  const lacks = config.experiments.map((one) => tariffOf(pricedAs(one), prices) === null);
  if (Object.keys(given).length === 0 || !lacks.includes(true)) return { config, prices, used: false };
  const experiments = config.experiments.map((one, i) =>
    lacks[i] ? Object.freeze({ ...one, ...given }) : one
  );
  return {
    config: Object.freeze({ ...config, experiments: Object.freeze(experiments) }),
    prices: withExperimentPrices(fromFiles, experiments),
    used: true,
  };
}
