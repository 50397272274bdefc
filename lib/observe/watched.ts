/** Which sources a run's endpoints have. */

import type { Endpoint } from "../core/mod.ts";
import { cloudWatchSource } from "./cloudwatch.ts";
import { containerSource } from "./containers.ts";
import { gpuSource } from "./gpus.ts";
import { machineSource } from "./machine.ts";
import { neuronSource } from "./neuron.ts";
import { processSource } from "./processes.ts";
import { observingPrograms } from "./program_lines.ts";
import { serverSource } from "./servers.ts";
import type { Source } from "./source.ts";

/** All that can be read of these endpoints, of this machine and of the load workers. */
export function sourcesOf(endpoints: readonly Endpoint[], interval_s: number): Source[] {
  const one = [...new Map(endpoints.map((endpoint) => [endpoint.experiment_name, endpoint])).values()];
  const processes = one.flatMap(({ experiment_name, observed }) => {
    const { process_ids = [] } = observed ?? {};
    return process_ids.length === 0 ? [] : [{ experiment_name, process_ids }];
  });
  const accelerated = one.filter((endpoint) => isHere(endpoint) && !endpoint.simulated);
  return [
    machineSource(),
    processSource(processes, { ours: () => observingPrograms }),
    ...one.flatMap(({ experiment_name, observed: { containers, metrics_urls = [], cloudwatch } = {} }) => [
      ...containers === undefined ? [] : [containerSource({ experiment_name, ...containers })],
      ...metrics_urls.map((url, i) =>
        serverSource({ experiment_name, url, copy: metrics_urls.length === 1 ? null : i })
      ),
      ...cloudwatch === undefined ? [] : [cloudWatchSource({ experiment_name, ...cloudwatch }, hurried)],
    ]),
    ...gpusOf(one, accelerated, interval_s),
    ...accelerated.length === 0 ? [] : [neuronSource()],
  ];
}

/** The load is over: nobody should wait long for what it left. */
const hurried = { attempts: 2, timeout_ms: 10_000 };

function gpusOf(all: readonly Endpoint[], accelerated: readonly Endpoint[], interval_s: number): Source[] {
  const told = all.flatMap(({ observed }) => observed?.gpus ?? []);
  const unsaid = accelerated.some(({ observed }) => observed?.gpus === undefined);
  if (told.length === 0 && !unsaid) return [];
  const gpus = unsaid ? null : [...new Set(told)].sort((a, b) => a - b);
  return [gpuSource({ gpus, interval_ms: interval_s * 1000, expected: told.length > 0 })];
}

/** Whether an endpoint answers on this machine. */
export function isHere({ url }: Pick<Endpoint, "url">): boolean {
  const host = URL.parse(url)?.hostname ?? "";
  return host === "localhost" || host === "[::1]" || /^127\./.test(host);
}
