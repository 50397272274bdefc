/** Starting one program that outlives this one. */

import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { messageOf, UserError } from "../../core/mod.ts";
import { startOf } from "./process_tree.ts";

/** Where a program is; null: nowhere in the path that it would be started with. */
export async function findProgram(program: string, path: string): Promise<string | null> {
  const places = program.includes("/")
    ? [program]
    : path.split(delimiter).map((folder) => join(folder, program));
  for (const place of places) {
    const found = await Deno.stat(place).catch(() => null);
    if (found?.isFile === true && ((found.mode ?? 0o111) & 0o111) !== 0) return place;
  }
  return null;
}

/** A process under way. */
export interface Launched {
  readonly pid: number;
  readonly started: string;
  /** How it ended, as the end of a sentence; null: it runs, as far as is known. */
  ending(): string | null;
}

/**
 * Starts a program in a session of its own, its output in a file: neither Ctrl-C in the terminal nor the end of this process reaches
 * it.
 *
 * @throws {UserError} if the system does not start it
 */
export async function launch(
  command: readonly string[],
  { cwd, env, log_path }: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly log_path: string;
  },
): Promise<Launched> {
  const [program, ...args] = command;
  mkdirSync(dirname(log_path), { recursive: true });
  const log = openSync(log_path, "w", 0o600);
  let ending: string | null = null;
  try {
    const child = spawn(program!, args, { cwd, env, detached: true, stdio: ["ignore", log, log] });
    child.on(
      "exit",
      (code, signal) => ending = signal === null ? `it ended with ${code}` : `${signal} ended it`,
    );
    await new Promise<void>((resolve, reject) => child.once("spawn", resolve).once("error", reject));
    child.unref();
    const pid = child.pid!;
    // One that has ended by now began, in any case, after all that runs.
    return { pid, started: await startOf(pid) ?? "", ending: () => ending };
  } catch (error) {
    throw new UserError({
      action: "start the program",
      thing: program!,
      found: messageOf(error),
    });
  } finally {
    closeSync(log);
  }
}
