/** Work on a table of requests in a process of its own: its memory is given back as a whole, and it shares no lock with the notebook. */

import { deserialize, serialize } from "node:v8";
import { StepError } from "../core/mod.ts";

export interface OwnProcess {
  /** What it does, for the message should it fail. */
  readonly action: string;
  /** The run that it reads. */
  readonly source_dir: string;
  /** The folder that it may write to. @default none */
  readonly writes?: string;
}

/**
 * Runs a program of this area, which takes its task from `ownTask()` and gives its answer to `answer()`.
 *
 * @param program the URL of its module
 * @throws {StepError} if it fails
 */
export async function inOwnProcess<Task, Answer>(
  program: URL,
  task: Task,
  { action, source_dir, writes }: OwnProcess,
): Promise<Answer> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-check"],
      ...["--allow-read", "--allow-env", "--allow-sys", "--allow-ffi"],
      ...writes === undefined ? [] : [`--allow-write=${writes}`],
      program.href,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // That it ended before it had read everything is told by its exit code.
  const told = new Blob([new Uint8Array(serialize(task))]).stream().pipeTo(child.stdin).catch(() => {});
  const { success, stdout, stderr } = await child.output();
  await told;
  if (success) return deserialize(stdout);
  throw new StepError({ action, thing: source_dir, found: new TextDecoder().decode(stderr).trim() });
}

/** What the program that calls it is to do. */
export async function ownTask<Task>(): Promise<Task> {
  return deserialize(await new Response(Deno.stdin.readable).bytes());
}

/** Tells what the program has found, once. */
export async function answer(found: unknown): Promise<void> {
  await new Blob([new Uint8Array(serialize(found))]).stream().pipeTo(Deno.stdout.writable);
}
