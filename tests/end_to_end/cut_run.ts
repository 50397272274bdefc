/** Runs the command line and kills it, as a power cut would. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { lockHolder } from "../../lib/run/mod.ts";
import { commandLine, onlyRun } from "./command.ts";

/**
 * Starts a command and kills everything it started.
 *
 * @param name the run's, below `results`
 * @param when whether the time has come; gets what the command has said so far
 * @param sparesEndpoints whether what the run deployed lives on, as it does elsewhere. @default no
 */
export async function cutRun(
  args: readonly string[],
  { results, name, when, sparesEndpoints = false }: {
    results: string;
    name: string;
    when: (said: string) => boolean | Promise<boolean>;
    sparesEndpoints?: boolean;
  },
): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...commandLine, ...args, "--verbose"],
    cwd: projectRoot,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    detached: true,
  }).spawn();
  let said = "";
  let ended = false;
  const reading = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) said += text;
  })();
  const status = child.status.finally(() => ended = true);
  while (!ended && !await when(said)) await new Promise((resolve) => setTimeout(resolve, 5));
  const killed = !ended;
  if (killed) await killAll(child.pid, results, name, sparesEndpoints);
  await status;
  await reading;
  assert.ok(killed, `the command ended before it could be cut: ${said}`);
}

async function killAll(pid: number, results: string, name: string, sparesEndpoints: boolean): Promise<void> {
  const { root } = await onlyRun(results, name);
  const holder = await lockHolder(join(root, "lock.json"));
  Deno.kill(-pid, "SIGKILL");
  await new Deno.Command("pkill", { args: ["-KILL", "-f", `nbconvert.*${root}`] }).output();
  assert.ok(holder !== null, "the step holds the lock");
  await new Deno.Command("pkill", { args: ["-KILL", "-P", String(holder.pid)] }).output();
  Deno.kill(holder.pid, "SIGKILL");
  if (sparesEndpoints) return;
  await new Deno.Command("pkill", { args: ["-KILL", "-f", `serve.ts.*${root}`] }).output();
}
