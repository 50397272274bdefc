/** Whether what an experiment costs is known, before it costs anything. */

import { isSigned, ownValue, type Prices, protocolFacts, tariffOf } from "../core/mod.ts";
import { stringify } from "yaml";
import type { Config } from "./config.ts";
import { isProvisioned, ownPriceFault, pricedAs, priceKeys } from "./experiment_price.ts";
import type { Path } from "./fault.ts";
import type { Findings } from "./finding.ts";
import type { WrittenConfig } from "./schema.ts";
import { didYouMean } from "./suggestion.ts";

type Experiment = Config["experiments"][number];

/** Prices of an experiment's own that contradict each other. */
export function checkOwnPrices(written: WrittenConfig, { fault }: Findings): void {
  for (const [index, experiment] of written.experiments.entries()) {
    const problem = ownPriceFault(experiment);
    const key = priceKeys.find((name) => experiment[name] !== undefined);
    if (problem !== null && key !== undefined) fault(["experiments", index, key], problem, "key");
  }
}

/**
 * Experiments of which nobody knows what they cost. With a budget for the cost, one of AWS's is a fault that names the line
 * that the price file lacks; an endpoint of the user's own runs, and a notice says how to give it a price.
 */
export function checkPrices(
  written: WrittenConfig,
  config: Config,
  prices: Prices,
  { fault, notice }: Findings,
): void {
  const known = [...Object.keys(prices.instance_based), ...Object.keys(prices.token_based)];
  const asked = config.report.cost_per_10k_txn_budget !== null;
  const missing = `has no price in ${config.pricing}`;
  for (const [index, experiment] of config.experiments.entries()) {
    if (tariffOf(pricedAs(experiment), prices) !== null) continue;
    const at = ["experiments", index, "instance_type"];
    const { instance_type, model_id } = experiment;
    const named = written.experiments[index]!.instance_type !== undefined && instance_type !== model_id;
    const likely = didYouMean(instance_type, known);
    const meant = named && likely.startsWith("did") ? likely : null;
    const lacking = paidLine(experiment, named);
    if (lacking !== null && asked) {
      const text =
        `"${lacking.name}" ${missing}, and "report.cost_per_10k_txn_budget" asks what it costs; expected ` +
        `${lacking.advice}, or -A ${lacking.parameter}=PRICE${meant === null ? "" : `; ${meant}`}`;
      fault(placeOf(written.experiments[index]!, index), text);
    } else if (lacking !== null) {
      const advice = meant === null ? "" : `; ${meant}`;
      notice(at, `is "${lacking.name}", which ${missing}: costs are not known${advice}`);
    } else if (named && (meant !== null || experiment.deploy)) {
      const advice = meant ?? "expected a key of pricing.instance_based or pricing.token_based";
      fault(at, `"${instance_type}" ${missing}; ${advice}`);
    } else {
      const what = named ? `which ${missing}` : "the name of the model, and has no price";
      const remedy = "-A price_per_hour=PRICE or -A price_per_1k_tokens=PRICE";
      notice(at, `is "${instance_type}", ${what}: costs are not known without ${remedy}`);
    }
  }
}

/** How AWS calls its instances: `g5.2xlarge`, `ml.p4d.24xlarge`. */
const instanceName =
  /^(ml\.)?[a-z]+\d+[a-z]*(-[a-z]+)?\.(nano|micro|small|medium|(\d*x)?large|metal(-\d+xl)?)$/;

interface LackingPrice {
  /** What has no price. */
  readonly name: string;
  /** Which line is to be added where, or what else is. */
  readonly advice: string;
  /** The `-A` that stands in for it. */
  readonly parameter: string;
}

/** The line of the price file that something of AWS's, which is never free, needs; null for what is not AWS's. */
function paidLine(experiment: Experiment, named: boolean): LackingPrice | null {
  const { instance_type, model_id, predictor, simulate } = experiment;
  const line = (table: string, key: string, value: string) =>
    `the line \`${stringify({ [key]: null }).replace(/ null\n$/, "")} ${value}\` under pricing.${table}`;
  if (simulate !== null) return null;
  if (isProvisioned(experiment)) {
    const advice = `${line("provisioned_based", model_id, "PRICE")} (of one model unit and hour)`;
    return { name: model_id, advice, parameter: "price_per_hour" };
  }
  if (instanceName.test(instance_type)) {
    const advice = `${line("instance_based", instance_type, "PRICE")} (of one hour)`;
    return { name: instance_type, advice, parameter: "price_per_hour" };
  }
  const service = protocolFacts(predictor)?.service ?? null;
  if (service === "bedrock") {
    const price = "{ input-per-1k-tokens: PRICE, output-per-1k-tokens: PRICE }";
    return { name: model_id, advice: line("token_based", model_id, price), parameter: "price_per_1k_tokens" };
  }
  if (service === null || named) return null;
  const advice = `"instance_type" with the endpoint's own, such as ml.g5.2xlarge`;
  return { name: instance_type, advice, parameter: "price_per_hour" };
}

/** Where an experiment says what it is paid by. */
function placeOf(written: WrittenConfig["experiments"][number], index: number): Path {
  const key = (["instance_type", "model_id", "ep_name"] as const).find((name) => written[name] !== undefined);
  return ["experiments", index, key ?? "instance_type"];
}

/** Experiments on AWS whose prices, from the price file, are those of another region: names by their region. */
export function experimentsElsewhere(config: Config, prices: Prices): Map<string, string[]> {
  const elsewhere = new Map<string, string[]>();
  for (const experiment of config.experiments) {
    const { region, simulate, predictor, name, instance_type } = experiment;
    const own = ownValue(prices.experiment_based ?? {}, name) !== null && !isProvisioned(experiment);
    const onAws = isSigned(predictor) || instanceName.test(instance_type);
    if (own || simulate !== null || !onAws || region === null) continue;
    if (prices.meta.region === null || prices.meta.region === region) continue;
    if (tariffOf(pricedAs(experiment), prices) === null) continue;
    elsewhere.getOrInsertComputed(region, () => []).push(name);
  }
  return elsewhere;
}

/** A notice for each region whose prices these are not, at the first experiment there. */
export function checkPriceRegions(config: Config, prices: Prices, { notice }: Findings): void {
  for (const [region, [first]] of experimentsElsewhere(config, prices)) {
    const index = config.experiments.findIndex(({ name }) => name === first);
    notice(
      ["experiments", index, "region"],
      `is ${region}, and the prices are those of ${prices.meta.region}: costs there may be others`,
    );
  }
}
