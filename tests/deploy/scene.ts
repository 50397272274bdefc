/** What the tests of this area deploy, and where. */

import type { DeploymentSpec, Endpoint } from "../../lib/core/mod.ts";
import { type DeployContext, type Experiment, ownershipFor, type PlanContext } from "../../lib/deploy/mod.ts";

export const experiment: Experiment = {
  name: "small, first",
  model_id: "m",
  ep_name: "small",
  instance_type: "sim-small",
  instance_count: 1,
  deploy: true,
  region: null,
  simulate: { profile: "sim-small", accuracy: 0.9, seed: 1, faults: null },
  predictor: "openai_chat",
  api_key_env: null,
  deployment: null,
};

/** A deployment of which the config says nothing but how. */
export const nothingSaid: Omit<DeploymentSpec, "script"> = {
  own: false,
  image_uri: null,
  model_version: "*",
  env: {},
  serving_properties: null,
  accept_eula: false,
  bucket: null,
  prefix: null,
  role_arn: null,
  production_variant_name: "AllTraffic",
  model_data: null,
  model_s3_path: null,
  download_from_hf_place_in_s3: false,
  ready_timeout_seconds: null,
  container: {
    type: null,
    model_copies: 1,
    tp_degree: null,
    batch_size: null,
    shm_size: null,
    backend: null,
    container_params: {},
    cli_params: null,
    balancer: "client",
  },
  ec2: {
    privileged_mode: false,
    any_machine: false,
    container_engine: null,
    launch: null,
    batch_size: null,
    num_neuron_cores: null,
    neuron_version: null,
  },
  eks: {
    cluster_name: null,
    namespace: null,
    manifest_dir: null,
    manifest_file: null,
    kubeconfig: null,
    context: null,
    service_url: null,
  },
  process: null,
  metrics_url: null,
};

/** What is known of a run before it creates anything. */
export const planned: PlanContext = {
  run_id: "20261122T100000Z-1a2b3c",
  ownership: ownershipFor("20261122T100000Z-1a2b3c", "ada", new Date("2026-11-22T10:00:00Z"), 24),
  config_dir: Deno.cwd(),
  billing: (instance_type, instance_count) => ({
    instance_type,
    instance_count,
    per_hour: 1.5 * instance_count,
    currency: "USD",
  }),
  env: {},
  has_hub_token: false,
};

/** A run directory of its own, and what was logged. */
export async function scene(): Promise<{ run: string; context: DeployContext; logged: string[] }> {
  const run = await Deno.makeTempDir();
  const logged: string[] = [];
  const context: DeployContext = {
    ...planned,
    run_dir: run,
    log: (message) => logged.push(message),
    signal: new AbortController().signal,
    hubToken: () => Promise.resolve(null),
  };
  return { run, logged, context };
}

/** Waits for something that another process does. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("It did not come true within 6 s");
}

/** A listener that accepts and says nothing. */
export function silentListener(): { url: string; close(): void } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  (async () => {
    for await (const connection of listener) connection.close();
  })();
  return { url: `http://127.0.0.1:${listener.addr.port}/v1`, close: () => listener.close() };
}

export function broughtEndpoint(url: string): Endpoint {
  const { name, ep_name, model_id, predictor, instance_type } = experiment;
  return {
    experiment_name: name,
    endpoint_name: ep_name,
    predictor,
    url,
    model_id,
    instance_type,
    instance_count: 1,
    region: null,
    deployed: false,
    simulated: false,
    api_key_env: null,
  };
}
