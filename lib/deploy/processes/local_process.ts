/**
 * Servers as processes of this machine: each copy in a session of its own, so that neither Ctrl-C in the terminal nor the end of a
 * notebook's kernel reaches it. Step 6 ends them, with all that they started; without that they go on.
 */

import { type Clock, type Endpoint, systemClock } from "../../core/mod.ts";
import type { Deployer, Experiment, Removal, Resource, TaggedResource } from "../deployer.ts";
import { ownershipOf } from "../ownership.ts";
import { connectError } from "../reachability.ts";
import { expectProgram, type Running, startCopies } from "./copies.ts";
import { filledIn, type LocalServer, localServer } from "./local_server.ts";
import { planOf } from "./local_plan.ts";
import { treeOf } from "./process_resource.ts";
import { endTree, markedTrees } from "./process_tree.ts";

const name = "local_process";
const kind = "local_process";

export interface LocalProcessSettings {
  /** How long a server may take to answer, where nothing says it. */
  readonly ready_timeout_ms: number;
  /** How long its processes may take to end by themselves. */
  readonly grace_ms: number;
}

const usual: LocalProcessSettings = { ready_timeout_ms: 20 * 60_000, grace_ms: 10_000 };
const connect_ms = 5_000;

/** The target `deployment_script: local_process`. */
export function localProcessTarget(settings: Partial<LocalProcessSettings> = {}): Deployer {
  const { ready_timeout_ms, grace_ms } = { ...usual, ...settings };
  return {
    name,
    kinds: [kind],
    serves: ({ deploy, deployment }) => deploy && deployment?.script === name,

    plan(experiment, context) {
      return Promise.try(() => {
        const server = localServer(experiment, context);
        return planOf(experiment, server, context, server.ready_timeout_ms ?? ready_timeout_ms);
      });
    },

    async deploy(experiment, context) {
      const server = localServer(experiment, context);
      await expectProgram(experiment, server, context);
      const clock = context.clock ?? systemClock;
      const limit_ms = server.ready_timeout_ms ?? context.ready_timeout_ms ?? ready_timeout_ms;
      const remove = (resource: Resource) => endCopy(resource, grace_ms, clock);
      const began = clock.now();
      const running = await startCopies({ experiment, server, context, clock, limit_ms, kind, remove });
      const created = running.every(({ standing }) => !standing);
      return endpointOf(experiment, server, running, created ? (clock.now() - began) / 1000 : null);
    },

    remove: (resource, { clock = systemClock }) => endCopy(resource, grace_ms, clock),

    async isAlive({ url, replicas = [url] }) {
      const problems = await Promise.all(replicas.map((copy) => connectError(new URL(copy), connect_ms)));
      return problems.every((problem) => problem === null);
    },

    /** Only where environments can be read, of the user's own processes. */
    async findTagged() {
      return (await markedTrees()).flatMap(({ mark, processes }) => taggedOf(mark, processes));
    },
  };
}

export const localProcess: Deployer = localProcessTarget();

function endpointOf(
  experiment: Experiment,
  server: LocalServer,
  running: readonly Running[],
  ready_after_s: number | null,
): Endpoint {
  const { predictor, model_id, instance_type, instance_count, region, api_key_env, options } = experiment;
  const urls = running.map(({ port }) => `http://127.0.0.1:${port}${server.base_path}`);
  const metrics = running.map((copy) => filledIn(server.metrics_url ?? "", copy));
  return {
    experiment_name: experiment.name,
    endpoint_name: experiment.ep_name,
    ...{ predictor, model_id, instance_type, instance_count, region, api_key_env },
    url: urls[0]!,
    deployed: true,
    simulated: false,
    ...options === undefined ? {} : { options },
    ...urls.length === 1 ? {} : { replicas: urls },
    deployer: name,
    observed: {
      process_ids: running.map(({ pid }) => pid),
      ...server.metrics_url === null ? {} : { metrics_urls: [...new Set(metrics)] },
    },
    ...ready_after_s === null ? {} : { ready_after_s },
  };
}

async function endCopy(resource: Resource, grace_ms: number, clock: Clock): Promise<Removal> {
  const mark = treeOf(resource, "Look for it among your processes, and end it by hand.");
  return await endTree(mark, grace_ms, clock) ? "removed" : "already gone";
}

type Trees = Awaited<ReturnType<typeof markedTrees>>[number];

function taggedOf(
  { nonce, name: resource, tags }: Trees["mark"],
  processes: Trees["processes"],
): TaggedResource[] {
  const ownership = ownershipOf(tags);
  const [first] = processes;
  if (ownership === null || first === undefined) return [];
  const { pid, started } = first;
  return [{
    kind,
    name: resource,
    id: String(pid),
    tags: { ...tags, nonce, started },
    ownership,
    description: `process ${pid} of this machine, ${resource}`,
  }];
}
