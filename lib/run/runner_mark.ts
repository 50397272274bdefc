/**
 * Which process drives a run. The lock of a run says which step is being worked on; between two steps nobody holds it, and the run
 * is alive all the same.
 */

import { hostname } from "node:os";
import { isAlive } from "./lock.ts";

/** The content of `runner.json`. */
interface RunnerMark {
  readonly pid: number;
  /** Process ids mean something on their own machine only. */
  readonly host: string;
  readonly since: string;
}

/** Marks a run as driven by this process. @returns a function that takes the mark away */
export async function markRunner(path: string): Promise<() => Promise<void>> {
  const mark: RunnerMark = { pid: Deno.pid, host: hostname(), since: new Date().toISOString() };
  await Deno.writeTextFile(path, JSON.stringify(mark) + "\n");
  return () => Deno.remove(path).catch(() => {});
}

/**
 * What became of the process that drove a run: `running`; `gone` after a crash; `elsewhere` on another machine, of which nothing
 * can be said; null where nobody drives it: it ended in good order, or was made by hand.
 */
export async function runnerState(
  path: string,
): Promise<{ state: "running" | "gone" | "elsewhere"; pid: number; host: string } | null> {
  let mark: RunnerMark;
  try {
    mark = JSON.parse(await Deno.readTextFile(path)) as RunnerMark;
  } catch {
    return null;
  }
  const { pid, host } = mark;
  if (host !== hostname()) return { state: "elsewhere", pid, host };
  return { state: isAlive(pid) ? "running" : "gone", pid, host };
}
