/** Removing containers: those with the nonce of a ledger's entry, in whatever state they are, and no others. */

import { systemClock, UserError } from "../../../core/mod.ts";
import type { OrphanScope, Removal, RemovalContext, Resource, TaggedResource } from "../../deployer.ts";
import { labelKeys } from "../../ownership.ts";
import { type Engine, environmentOf, isUsable, openEngine, openEngines } from "./engine.ts";
import { kind, whereaboutsOf } from "./entry.ts";
import { failed, inspect, type Inspected, labelled, nonceLabel } from "./inspection.ts";

/** How removing goes about. */
export interface RemovalSettings {
  /** Seconds that a server has to end by itself. */
  readonly grace_s: number;
  /** How long the engine may take to have forgotten it. */
  readonly limit_ms: number;
  readonly pause_ms: number;
}

/**
 * Removes the container of an entry, with its anonymous volumes; its image stays.
 *
 * @throws {UserError} if it is still there, if its engine can't be asked, or if what is there is not ours
 */
export async function removeContainer(
  resource: Resource,
  { env, log, clock = systemClock }: RemovalContext,
  { grace_s, limit_ms, pause_ms }: RemovalSettings,
): Promise<Removal> {
  const engine = await engineOf(resource, env);
  const nonce = whereaboutsOf(resource)?.nonce ?? "";
  const found = await labelled(engine, `${nonceLabel}=${nonce}`);
  if (found.length === 0) {
    await expectNoOther(engine, resource);
    return "already gone";
  }
  for (const id of found) {
    const state = await inspect(engine, id);
    if (state === null) continue;
    if (state.labels[nonceLabel] !== nonce) throw foreign(resource, state);
    log(`stops the container ${state.name}`);
    await stop(engine, state, grace_s);
    await erase(engine, id);
  }
  const deadline = clock.now() + limit_ms;
  while ((await labelled(engine, `${nonceLabel}=${nonce}`)).length > 0) {
    if (clock.now() >= deadline) {
      throw new UserError({
        action: "remove the container",
        thing: resource.name,
        found: `${engine.name} still has it`,
        remedy: `Look at it: ${engine.name} ps --all --filter label=${nonceLabel}=${nonce}`,
      });
    }
    await clock.sleepUntil(clock.now() + pause_ms);
  }
  return "removed";
}

/**
 * What carries our labels, in every engine of this machine that runs.
 *
 * @throws {UserError} if there are engines, and none lets itself be asked
 */
export async function findContainers(
  { env, log }: Pick<OrphanScope, "env" | "log">,
): Promise<TaggedResource[]> {
  const engines = await openEngines(env);
  const usable = engines.filter(isUsable);
  for (const engine of engines) {
    if (isUsable(engine) || engine.reason !== "refused") continue;
    const { name, said } = engine;
    if (usable.length === 0) {
      throw new UserError({ action: "look for containers with", thing: name, found: said });
    }
    log(`${name} can't be searched for containers: ${said}`);
  }
  return (await Promise.all(usable.map(tagged))).flat();
}

async function tagged(engine: Engine): Promise<TaggedResource[]> {
  const found: TaggedResource[] = [];
  for (const id of await labelled(engine, labelKeys.run_id)) {
    const state = await inspect(engine, id);
    const { [labelKeys.run_id]: run_id, [labelKeys.owner]: owner, [labelKeys.expires_at]: expires_at } =
      state?.labels ?? {};
    if (state === null || run_id === undefined || owner === undefined || expires_at === undefined) continue;
    if (state.labels[nonceLabel] === undefined) continue;
    const { name: engine_name, store, host } = engine;
    found.push({
      kind,
      name: state.name,
      id: state.id,
      tags: { ...state.labels, engine: engine_name, store, ...host === null ? {} : { host } },
      ownership: { run_id, owner, expires_at },
      description: `container ${state.name} of ${engine_name} on this machine (${state.status})`,
    });
  }
  return found;
}

async function engineOf(resource: Resource, env: RemovalContext["env"]): Promise<Engine> {
  const where = whereaboutsOf(resource);
  if (where === null) {
    throw new UserError({
      action: "remove the container",
      thing: resource.name,
      found: "its entry does not say by what it is recognised, so it was left alone",
    });
  }
  const engine = await openEngine(where.engine, environmentOf(where.engine, where.host, env));
  if (!isUsable(engine)) {
    throw new UserError({
      action: "remove the container",
      thing: resource.name,
      found: `${where.engine}, which has it, can't be asked: ${engine.said}`,
      remedy: "Start it and run the same command again.",
    });
  }
  if (where.store !== null && engine.store !== where.store) {
    throw new UserError({
      action: "remove the container",
      thing: resource.name,
      found: `it was started at "${where.store}", and ${where.engine} is at "${engine.store}"`,
      remedy: "Run the command on the machine, and as the user, that started it.",
    });
  }
  return engine;
}

/** Something of that id or name that is not ours is told, never touched. */
async function expectNoOther(engine: Engine, resource: Resource): Promise<void> {
  const state = resource.id === null ? null : await inspect(engine, resource.id);
  if (state !== null) throw foreign(resource, state);
}

function foreign({ name }: Resource, state: Inspected): UserError {
  return new UserError({
    action: "remove the container",
    thing: name,
    found: `${state.id.slice(0, 12)} does not carry this run's ${nonceLabel}, so it was left alone`,
  });
}

/** A server that is asked to end may finish its answers; what does not run needs no asking. */
async function stop(engine: Engine, { id, status }: Inspected, grace_s: number): Promise<void> {
  if (status === "paused") await engine.run(["unpause", id]);
  if (!["running", "paused", "restarting", "stopping"].includes(status)) return;
  // Whether it has ended is seen when it is removed: that needs no success here.
  await engine.run(["stop", "-t", String(grace_s), id]);
}

async function erase(engine: Engine, id: string): Promise<void> {
  const { code, stderr } = await engine.run(["rm", "--force", "--volumes", id]);
  const gone = /no such container|no container with|already in progress/i.test(stderr);
  if (code !== 0 && !gone) throw failed(engine, `remove the container ${id.slice(0, 12)} with`, stderr, code);
}
