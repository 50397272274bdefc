/**
 * Processes that a run started, known again by a nonce in their arguments. A process id alone proves nothing: the system
 * gives it to somebody else once its owner is gone.
 */

import { UserError } from "../core/mod.ts";

/**
 * Whether the process of that id carries the nonce; null where the system does not tell (no `/proc`, or not allowed to
 * read it).
 */
export async function carries(pid: number, nonce: string): Promise<boolean | null> {
  if (!await hasProcessFiles()) return null;
  return (await argumentsOf(pid)).some((argument) => nonceOf(argument) === nonce);
}

/** The id of the process that carries the nonce; null when there is none; undefined where the system does not tell. */
export async function findByNonce(nonce: string): Promise<number | null | undefined> {
  if (!await hasProcessFiles()) return undefined;
  for await (const { name } of Deno.readDir("/proc")) {
    if (/^\d+$/.test(name) && await carries(Number(name), nonce)) return Number(name);
  }
  return null;
}

/** Ends a process that `stillThere` recognises: SIGTERM, `grace_ms` of patience, SIGKILL. Throws UserError if it stays. */
export async function end(
  pid: number,
  stillThere: () => Promise<boolean>,
  grace_ms = 2_000,
): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    send(pid, signal);
    const deadline = performance.now() + grace_ms;
    while (performance.now() < deadline) {
      if (!await stillThere()) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    if (!await stillThere()) return;
  }
  throw new UserError({ action: "end the process", thing: String(pid), found: "it survived SIGKILL" });
}

function send(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function hasProcessFiles(): Promise<boolean> {
  return Deno.build.os === "linux" && (await argumentsOf(Deno.pid)).length > 0;
}

/** Empty for a process that is gone, or dead and not yet collected. */
async function argumentsOf(pid: number): Promise<string[]> {
  try {
    return (await Deno.readTextFile(`/proc/${pid}/cmdline`)).split("\0");
  } catch {
    return [];
  }
}

/** The whole argument must be options that hold the nonce: a search for it in a terminal carries it too. */
function nonceOf(argument: string): unknown {
  if (!argument.startsWith("{")) return null;
  try {
    return (JSON.parse(argument) as Record<string, unknown>)["nonce"];
  } catch {
    return null;
  }
}
