/** What the tests of this area deploy, and where. */

import type { Endpoint } from "../../lib/core/mod.ts";
import type { DeployContext, Experiment } from "../../lib/deploy/mod.ts";

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
};

/** A run directory of its own, and what was logged. */
export async function scene(): Promise<{ run: string; context: DeployContext; logged: string[] }> {
  const run = await Deno.makeTempDir();
  const logged: string[] = [];
  return { run, logged, context: { run_dir: run, log: (message) => logged.push(message) } };
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
