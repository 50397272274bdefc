/** What an experiment pays whatever the tables of the price file say: prices of its own, provisioned throughput, spot instances. */

import { ownValue, type Prices, type Tariff } from "../core/mod.ts";
import type { Experiment, Frozen } from "./config.ts";
import type { WrittenConfig } from "./schema.ts";

type Written = WrittenConfig["experiments"][number];

/** The keys of an experiment, and of `-A`, that give it a price. */
export const priceKeys = [
  "price_per_hour",
  "price_per_1k_tokens",
  "price_per_1k_input_tokens",
  "price_per_1k_output_tokens",
] as const;

/** Prices as an experiment's entry, or `-A`, gives them. */
export type OwnPrices = { readonly [Key in typeof priceKeys[number]]?: number | undefined };

/** Why prices make no tariff; null when they do, or when there are none. */
export function ownPriceFault(prices: OwnPrices): string | null {
  const { price_per_hour, price_per_1k_tokens, price_per_1k_input_tokens, price_per_1k_output_tokens } =
    prices;
  const [input, output] = [
    price_per_1k_input_tokens ?? price_per_1k_tokens,
    price_per_1k_output_tokens ?? price_per_1k_tokens,
  ];
  if (price_per_hour !== undefined && (input ?? output) !== undefined) {
    return '"price_per_hour" stands beside a price of tokens; expected the one or the other';
  }
  if ((input === undefined) === (output === undefined)) return null;
  const lacking = input === undefined ? "price_per_1k_input_tokens" : "price_per_1k_output_tokens";
  return `"${lacking}" is missing; expected it, or "price_per_1k_tokens" for both kinds`;
}

function ownTariff(prices: OwnPrices): Tariff | null {
  const { price_per_hour, price_per_1k_tokens } = prices;
  const input_per_1k = prices.price_per_1k_input_tokens ?? price_per_1k_tokens;
  const output_per_1k = prices.price_per_1k_output_tokens ?? price_per_1k_tokens;
  if (price_per_hour !== undefined) return { basis: "instance", hourly: price_per_hour };
  if (input_per_1k === undefined || output_per_1k === undefined) return null;
  return {
    basis: "token",
    price: {
      input_per_1k,
      output_per_1k,
      cache_read_per_1k: null,
      cache_write_per_1k: null,
      reasoning_per_1k: null,
    },
  };
}

/** Whether capacity is paid for, by the hour and unit, and not the tokens that go through it: the config or an ARN says so. */
export function isProvisioned(
  { model_units, ep_name }: { readonly model_units?: number | undefined; readonly ep_name: string },
): boolean {
  return model_units !== undefined || /^arn:[^:]+:bedrock:[^:]*:[^:]*:provisioned-model\//.test(ep_name);
}

/** What is paid for, and how much of it: of provisioned throughput its model units, each paid by the hour. */
export function capacityOf(
  { instance_type, instance_count, model_units }: Pick<
    Written,
    "instance_type" | "instance_count" | "model_units"
  >,
  { model_id, ep_name }: { readonly model_id: string; readonly ep_name: string },
): Pick<Experiment, "instance_type" | "instance_count"> {
  return {
    instance_type: instance_type ??
      (isProvisioned({ model_units, ep_name }) ? `provisioned ${model_id}` : model_id),
    instance_count: model_units ?? instance_count,
  };
}

/**
 * The price of one model unit and hour: under the name that `instance_type` gives (a commitment's, say; FMBench has those
 * among the instances), else under the model's.
 */
function provisionedTariff(
  { instance_type, model_id }: Pick<Experiment, "instance_type" | "model_id">,
  { provisioned_based, instance_based }: Prices,
): Tariff | null {
  const hourly = ownValue(provisioned_based, instance_type) ?? ownValue(instance_based, instance_type) ??
    ownValue(provisioned_based, model_id);
  return hourly === null ? null : { basis: "instance", hourly };
}

/** The prices with what single experiments pay. */
export function withExperimentPrices(prices: Prices, experiments: readonly Frozen<Experiment>[]): Prices {
  const entries = experiments.flatMap((experiment): [string, Tariff | null][] => {
    const own = ownTariff(experiment);
    if (own !== null) return [[experiment.name, own]];
    if (isProvisioned(experiment)) return [[experiment.name, provisionedTariff(experiment, prices)]];
    // What a spot instance costs is decided by the hour: the price of one on demand would be wrong.
    return experiment.ec2?.launch?.spot === true ? [[experiment.name, null]] : [];
  });
  return entries.length === 0 ? prices : { ...prices, experiment_based: Object.fromEntries(entries) };
}

/** An experiment as prices are looked up for it. */
export function pricedAs({ name, instance_type, model_id }: Frozen<Experiment>) {
  return { experiment_name: name, instance_type, model_id };
}
