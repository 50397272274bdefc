/** In what two runs differ besides their figures. */

import type { Fingerprints } from "../run/mod.ts";
import type { RunToCompare } from "./compared_run.ts";

/** Sentences for a reader, the grave ones apart. */
export interface RunDifferences {
  readonly differences: readonly string[];
  readonly warnings: readonly string[];
}

const inputs: Readonly<Record<keyof Fingerprints, string>> = {
  data: "The data differ (data sets, prompt template, tokenizer or seed): the prompts are not the same.",
  load: "The load differs (section load, of the run or an experiment).",
  experiments: "The experiments differ (endpoints, models, parameters or scripts).",
};

/** Compares what the manifests, the price files and the certificates say of two runs. */
export function runDifferences(baseline: RunToCompare, candidate: RunToCompare): RunDifferences {
  const a = baseline.manifest;
  const b = candidate.manifest;
  if (a.run_id === b.run_id) return { differences: [], warnings: trust(baseline, candidate) };
  const other = (part: keyof Fingerprints) => a.fingerprints[part] !== b.fingerprints[part];
  const same = a.config_hash === b.config_hash;
  return {
    differences: [
      ...(same
        ? []
        : [`The configs differ: ${a.config_hash.slice(0, 12)} and ${b.config_hash.slice(0, 12)}.`]),
      ...(other("experiments") ? [inputs.experiments] : []),
      ...(a.seed === b.seed ? [] : [`The seeds differ: ${a.seed} and ${b.seed}.`]),
      ...unlike("Version of", a.versions, b.versions),
      ...unlike("Client:", a.machine, b.machine),
      ...priceDifferences(baseline, candidate),
    ],
    warnings: [
      ...(other("data") ? [inputs.data] : []),
      ...(other("load") ? [inputs.load] : []),
      ...(a.simulated === b.simulated
        ? []
        : ["One of the runs was answered by the embedded endpoint, whose figures are made up."]),
      ...trust(baseline, candidate),
    ],
  };
}

type Facts = Readonly<Record<string, string | number>>;

function unlike(what: string, a: Facts, b: Facts): string[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return names.filter((name) => a[name] !== b[name])
    .map((name) => `${what} ${name}: ${a[name] ?? "not known"} and ${b[name] ?? "not known"}.`);
}

function priceDifferences({ prices: { meta: a } }: RunToCompare, { prices: { meta: b } }: RunToCompare) {
  const shown = ({ date, region, currency }: typeof a) =>
    [date ?? "no date", region ?? "no region", currency].join(", ");
  return shown(a) === shown(b) ? [] : [`Each run has its own prices: ${shown(a)} and ${shown(b)}.`];
}

/** What the certificates of the clients say. */
function trust(baseline: RunToCompare, candidate: RunToCompare): string[] {
  const sides = baseline === candidate ? [baseline] : [baseline, candidate];
  const limits = sides.map(({ certificate }) => limitOf(certificate));
  const planned = sides.flatMap(({ certificate, manifest }) => {
    if (certificate === null) return [];
    const { planned_streams, trusted_streams, planned_rate_rps, trusted_rate_rps } = certificate;
    const beyond = (asked: number | null, trusted: number | null) =>
      asked !== null && trusted !== null && asked > trusted;
    return beyond(planned_streams, trusted_streams) || beyond(planned_rate_rps, trusted_rate_rps)
      ? [`The client of ${manifest.run_id} is not certified for the load that it sent.`]
      : [];
  });
  const unlikely = limits.length === 2 && limits[0] !== limits[1]
    ? [`The clients are certified differently: ${limits[0]}, and ${limits[1]}.`]
    : [];
  return [...planned, ...unlikely];
}

function limitOf(certificate: RunToCompare["certificate"]): string {
  if (certificate === null) return "not at all";
  const { clock, trusted_streams, trusted_rate_rps, at_least, rate_at_least } = certificate;
  const upTo = (limit: number, open: boolean, unit: string) => `${open ? "at least " : ""}${limit} ${unit}`;
  const limits = [
    ...(trusted_streams === null ? [] : [upTo(trusted_streams, at_least, "streams")]),
    ...(trusted_rate_rps === null ? [] : [upTo(trusted_rate_rps, rate_at_least, "arrivals/s")]),
  ];
  return `${limits.length === 0 ? "nothing measured" : limits.join(" and ")} on the ${clock ?? "user"} clock`;
}
