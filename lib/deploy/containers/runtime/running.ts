/** Starting the containers of a plan, and finding again those that a cut-off deployment left. */

import { redact, UserError } from "../../../core/mod.ts";
import type { DeployContext, Resource } from "../../deployer.ts";
import { probe } from "../../http_probe.ts";
import { record } from "../../ledger.ts";
import { commandOf, type ContainerRun, type ContainersPlan } from "../containers_plan.ts";
import { type Engine, lastLine } from "./engine.ts";
import { entryOf, recipeOf, whereaboutsOf } from "./entry.ts";
import { failed, inspect, nonceLabel } from "./inspection.ts";
import { modelsFolder } from "./place.ts";
import { containerValues } from "./secret_values.ts";

/** Unpacking an image of many gigabytes takes its time on a slow disk. */
const start_limit_ms = 10 * 60_000;

/** A plan on the engine that carries it out. */
export interface Carrying {
  readonly plan: ContainersPlan;
  readonly engine: Engine;
  readonly experiment: string;
  /** Where the plan's files are. */
  readonly folder: string;
}

/** The copies, then the balancer. */
export function allOf({ copies, balancer }: ContainersPlan): readonly ContainerRun[] {
  return balancer === null ? copies : [...copies, balancer];
}

/** Where a container says that it is well. */
export function healthUrl(run: ContainerRun, { copies, balancer, urls, host_port }: ContainersPlan): URL {
  const origin = run === balancer
    ? `http://127.0.0.1:${host_port}`
    : new URL(urls[copies.indexOf(run)] ?? "").origin;
  return new URL(run.health_path, origin);
}

/** Starts a container; it is in the ledger before it exists. What it may not show is in `secrets` before that. */
export async function startContainer(
  run: ContainerRun,
  { plan, engine, experiment, folder }: Carrying,
  context: DeployContext,
  secrets: string[],
): Promise<string> {
  const cache = await modelsFolder(run.cache, context.env);
  const { env, secret } = await containerValues(run, context);
  secrets.push(...secret);
  context.signal.throwIfAborted();
  const entry = entryOf(run, experiment, engine, recipeOf(run, engine.name, { folder, cache }, plan.files));
  record(context.run_dir, "intent", entry);
  const labels = { [nonceLabel]: entry.tags[nonceLabel] ?? "" };
  const [, ...args] = commandOf(run, engine.name, folder, cache, labels);
  const { code, stdout, stderr } = await engine.run(args, { env, limit_ms: start_limit_ms });
  if (code !== 0) throw notStarted(run, engine, redact(stderr, secrets), code);
  const id = lastLine(stdout) ?? "";
  record(context.run_dir, "created", { ...entry, id });
  return id;
}

/**
 * The ids of the containers that an earlier deployment of the run left, in the order of `allOf`, if all are there, run, are healthy
 * and were started in the same way; else null.
 */
export async function stillRunning(
  owed: readonly Resource[],
  { plan, engine, folder }: Carrying,
  context: DeployContext,
  probe_timeout_ms: number,
): Promise<string[] | null> {
  const runs = allOf(plan);
  if (owed.length !== runs.length) return null;
  const ids: string[] = [];
  for (const run of runs) {
    const entry = owed.find(({ name }) => name === run.name);
    const where = entry === undefined ? null : whereaboutsOf(entry);
    if (entry === undefined || entry.id === null || where === null) return null;
    if (where.engine !== engine.name || where.store !== engine.store) return null;
    const cache = await modelsFolder(run.cache, context.env);
    const recipe = recipeOf(run, engine.name, { folder, cache }, plan.files);
    if (entry.tags["recipe"] !== recipe) return null;
    const state = await inspect(engine, entry.id);
    if (state?.status !== "running" || state.labels[nonceLabel] !== where.nonce) return null;
    if (await probe(healthUrl(run, plan), probe_timeout_ms) !== 200) return null;
    ids.push(entry.id);
  }
  return ids;
}

/** Runs in a container what has to be run before requests are sent. */
export async function prepare(
  run: ContainerRun,
  id: string,
  engine: Engine,
  { signal, waiting }: Pick<DeployContext, "signal" | "waiting">,
  waited_s: () => number,
  secrets: readonly string[],
): Promise<void> {
  for (const command of run.prepare) {
    const what = `${run.name}: ${command.join(" ").trim()}`;
    waiting?.(what, waited_s());
    const { code, stderr } = await engine.run(["exec", id, ...command], {
      signal,
      onLine: () => waiting?.(what, waited_s()),
    });
    signal.throwIfAborted();
    if (code !== 0) {
      throw failed(
        engine,
        `run ${command.join(" ").trim()} in ${run.name} with`,
        redact(stderr, secrets),
        code,
      );
    }
  }
}

function notStarted(run: ContainerRun, engine: Engine, stderr: string, code: number): UserError {
  return new UserError({
    action: "start the container",
    thing: run.name,
    found: lastLine(stderr.replace(/\n*Run 'docker run --help' for more information\s*$/, "")) ??
      `${engine.name} ended with code ${code}`,
  });
}
