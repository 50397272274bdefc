/** What the rest of the program is told of containers that answer. */

import type { Endpoint } from "../../../core/mod.ts";
import type { Experiment } from "../../deployer.ts";
import { connectError } from "../../reachability.ts";
import type { ContainersPlan, Machine } from "../containers_plan.ts";
import { isUsable, openEngine } from "./engine.ts";
import { inspect } from "./inspection.ts";
import { allOf, type Carrying } from "./running.ts";

/**
 * Where the containers of an experiment answer, and where they can be watched.
 *
 * @param ready_after_s null: they ran already
 */
export function endpointOf(
  experiment: Experiment,
  { plan, engine }: Carrying,
  machine: Machine,
  ready_after_s: number | null,
): Endpoint {
  const { name, ep_name, predictor, model_id, instance_type, instance_count, region } = experiment;
  const { api_key_env, options, deployment } = experiment;
  const { urls, balancer, base_path, host_port } = plan;
  const metrics_urls = deployment?.metrics_url ? [deployment.metrics_url] : metricsOf(plan);
  const gpus = gpusOf(plan, machine);
  return {
    experiment_name: name,
    endpoint_name: ep_name,
    predictor,
    url: balancer === null ? urls[0] ?? "" : `http://127.0.0.1:${host_port}${base_path}`,
    model_id,
    instance_type,
    instance_count,
    region,
    deployed: true,
    simulated: false,
    api_key_env,
    ...options === undefined ? {} : { options },
    ...balancer === null && urls.length > 1 ? { replicas: urls } : {},
    deployer: "containers",
    observed: {
      containers: { engine: engine.name, names: allOf(plan).map((run) => run.name) },
      ...metrics_urls.length === 0 ? {} : { metrics_urls },
      ...gpus.length === 0 ? {} : { gpus },
    },
    ...ready_after_s === null ? {} : { ready_after_s },
  };
}

function metricsOf({ copies, urls }: ContainersPlan): string[] {
  return copies.flatMap(({ metrics_path, metrics_port }, index) => {
    if (metrics_path === null) return [];
    const url = new URL(metrics_path, urls[index]);
    if (metrics_port !== null) url.port = String(metrics_port);
    return [url.href];
  });
}

function gpusOf({ copies }: ContainersPlan, { accelerators }: Machine): number[] {
  const all = copies.flatMap(({ gpus }) => gpus === "all" ? [...Array(accelerators).keys()] : gpus ?? []);
  return [...new Set(all)].sort((a, b) => a - b);
}

/** Whether every container runs, where its engine can be asked, and every address can be connected to. Never throws. */
export async function isAlive({ url, replicas, observed }: Endpoint): Promise<boolean> {
  try {
    for (const address of replicas ?? [url]) {
      if (await connectError(new URL(address), 5_000) !== null) return false;
    }
    if (observed?.containers === undefined) return true;
    const engine = await openEngine(observed.containers.engine, Deno.env.toObject());
    if (!isUsable(engine)) return true;
    for (const name of observed.containers.names) {
      if ((await inspect(engine, name))?.status !== "running") return false;
    }
    return true;
  } catch {
    return false;
  }
}
