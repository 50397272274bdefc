/** The endpoints of all experiments: what runs elsewhere is deployed at the same time, what runs on this machine in turn. */

import { type Endpoint, messageOf } from "../core/mod.ts";
import type { DeployContext, Deployer, Experiment } from "./deployer.ts";
import { deployerFor } from "./registry.ts";

/** What became of one experiment's deployment. */
export interface DeploymentFailure {
  readonly experiment_name: string;
  /** Complete on its own: what failed, and what to do about it. */
  readonly message: string;
  readonly error: unknown;
}

export interface Deployments {
  /** In the order of the experiments; those that failed are not among them. */
  readonly endpoints: readonly Endpoint[];
  /** In the order of the experiments. */
  readonly failures: readonly DeploymentFailure[];
}

export interface DeploymentsOptions {
  /** Told of each endpoint as soon as it answers, with all that answer by then in the order of the experiments. One at a time. */
  readonly onEndpoint?: (endpoint: Endpoint, all: readonly Endpoint[]) => void | Promise<void>;
  /** @default the registry's */
  readonly deployerOf?: (experiment: Experiment) => Deployer;
}

/** Targets that give each deployment machines of its own, so that one takes nothing from another. */
const remote: ReadonlySet<string> = new Set(["instances", "sagemaker"]);

/**
 * Deploys every experiment. One that fails stops no other.
 *
 * @param contextOf the context of an experiment; asked for when its turn has come
 * @throws the reason of the signal when the user stops the step, and whatever `onEndpoint` throws; once all that was begun has ended
 */
export async function deployAll(
  experiments: readonly Experiment[],
  contextOf: (experiment: Experiment) => DeployContext | Promise<DeployContext>,
  { onEndpoint = () => {}, deployerOf = deployerFor }: DeploymentsOptions = {},
): Promise<Deployments> {
  const endpoints: (Endpoint | null)[] = experiments.map(() => null);
  const failures: (DeploymentFailure | null)[] = experiments.map(() => null);
  const answering = () => endpoints.filter((endpoint) => endpoint !== null);
  let told: Promise<void> = Promise.resolve();
  let stopped: AbortSignal | null = null;

  async function one(at: number): Promise<void> {
    const experiment = experiments[at]!;
    try {
      const context = await contextOf(experiment);
      if (context.signal.aborted) stopped = context.signal;
      context.signal.throwIfAborted();
      context.signal.addEventListener("abort", () => stopped = context.signal, { once: true });
      endpoints[at] = await deployerOf(experiment).deploy(experiment, context);
    } catch (error) {
      failures[at] = { experiment_name: experiment.name, message: messageOf(error), error };
      return;
    }
    const [endpoint, all] = [endpoints[at], answering()];
    await (told = told.then(() => onEndpoint(endpoint, all)));
  }
  async function inTurn(all: readonly number[]): Promise<void> {
    for (const at of all) await one(at);
  }
  function isRemote(experiment: Experiment): boolean {
    try {
      return remote.has(deployerOf(experiment).name);
    } catch {
      // No target fits it: the turn that it gets says so.
      return false;
    }
  }
  const elsewhere = experiments.keys().filter((at) => isRemote(experiments[at]!)).toArray();
  const here = experiments.keys().filter((at) => !elsewhere.includes(at)).toArray();
  const outcomes = await Promise.allSettled([...elsewhere.map(one), inTurn(here)]);
  (stopped as AbortSignal | null)?.throwIfAborted();
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  return { endpoints: answering(), failures: failures.filter((failure) => failure !== null) };
}
