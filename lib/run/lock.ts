/** One step at a time in a run directory. */

import process from "node:process";
import { UserError } from "../core/mod.ts";

interface Holder {
  readonly pid: number;
  readonly step: string;
  readonly since: string;
}

/** Whether a process of this machine is alive. One that has ended and was not waited for (a zombie) is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
  return !stateOf(pid).startsWith("Z");
}

/** The process's state as `ps` tells it (`/proc` may be read with all permissions only); empty where there is no `ps`. */
function stateOf(pid: number): string {
  try {
    const { stdout } = new Deno.Command("ps", { args: ["-o", "stat=", "-p", String(pid)] }).outputSync();
    return new TextDecoder().decode(stdout).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

async function holderOf(path: string): Promise<Holder | null> {
  try {
    return JSON.parse(await Deno.readTextFile(path)) as Holder;
  } catch {
    return null;
  }
}

/**
 * Takes the lock of a run directory for this process. A lock whose process has died is taken over; this process may take
 * it again for another step.
 *
 * @returns a function that gives it back
 * @throws {UserError} if a living process holds it
 */
export async function takeLock(path: string, step: string): Promise<() => Promise<void>> {
  const holder = await holderOf(path);
  if (holder && holder.pid !== Deno.pid && isAlive(holder.pid)) {
    throw new UserError({
      action: "start the step",
      thing: step,
      found: `step ${holder.step} is running in this run since ${holder.since} (process ${holder.pid})`,
      expected: "one step at a time",
      remedy: "Wait for it, or stop it.",
    });
  }
  await Deno.remove(path).catch(() => {});
  const mine: Holder = { pid: Deno.pid, step, since: new Date().toISOString() };
  await Deno.writeTextFile(path, JSON.stringify(mine) + "\n", { createNew: true });
  return async () => {
    if ((await holderOf(path))?.pid === Deno.pid) await Deno.remove(path).catch(() => {});
  };
}

/** The living process that runs a step in this run directory, if there is one. */
export async function lockHolder(path: string): Promise<{ pid: number; step: string } | null> {
  const holder = await holderOf(path);
  return holder && isAlive(holder.pid) ? holder : null;
}
