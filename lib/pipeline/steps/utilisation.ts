/** What machines and servers do while step 3 sends load, and what it means for the report. */

import type { MachineUseInput } from "../../analyze/mod.ts";
import type { Endpoint, Observed, RunUse } from "../../core/mod.ts";
import { isHere, Observer, readUtilisation, sourcesOf } from "../../observe/mod.ts";
import type { StepContext } from "../context.ts";

/** Begins to sample, unless the config says no; null: nothing is sampled. Never throws. */
export function beginUtilisation(
  step: StepContext,
  endpoints: readonly Endpoint[],
  segment: string,
): Promise<Observer | null> {
  const { enabled, interval_seconds } = step.config.utilisation;
  if (!enabled) return Promise.resolve(null);
  return Observer.begin({
    run_dir: step.run.paths.root,
    segment,
    sources: sourcesOf(endpoints.map((endpoint) => observable(step, endpoint)), interval_seconds),
    interval_s: interval_seconds,
    onNotice: (text) => step.log("notice", text),
  });
}

/** With what the config says of an endpoint that was brought: its counters, its variant in SageMaker. */
export function observable({ config }: Pick<StepContext, "config">, endpoint: Endpoint): Endpoint {
  const experiment = config.experiments.find(({ name }) => name === endpoint.experiment_name);
  if (experiment === undefined || endpoint.deployed) return endpoint;
  const { metrics_url, production_variant_name } = experiment;
  const { region, endpoint_name, predictor, simulated } = endpoint;
  const observed: Observed = {
    ...metrics_url === undefined ? {} : { metrics_urls: [metrics_url] },
    ...predictor !== "sagemaker" || simulated || region === null ? {} : {
      cloudwatch: {
        region,
        endpoint_name: endpoint_name.replace(/^.*:endpoint\//, ""),
        variant_name: production_variant_name ?? "AllTraffic",
      },
    },
    ...endpoint.observed,
  };
  return Object.keys(observed).length === 0 ? endpoint : { ...endpoint, observed };
}

/**
 * What was sampled in a run, by load level and over time.
 *
 * @throws {UserError} if a journal of it is damaged
 */
export async function machineUseOf(
  step: Pick<StepContext, "config">,
  run_dir: string,
  { timeline, cells, endpoints }: Pick<MachineUseInput, "timeline" | "cells"> & {
    readonly endpoints: readonly Endpoint[];
  },
): Promise<RunUse> {
  // Polars is native code, loaded only when a table is made.
  const { machineUse } = await import("../../analyze/mod.ts");
  const watched = endpoints.map((endpoint) => ({ ...observable(step, endpoint), here: isHere(endpoint) }));
  return machineUse({ timeline, journals: await readUtilisation(run_dir), cells, endpoints: watched });
}
