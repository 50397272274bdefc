/** The embedded endpoint in a process of its own, for as long as a certification takes. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../core/mod.ts";
import type { SimulateOptions } from "../simulate/mod.ts";

export interface EndpointProcess {
  readonly url: string;
  readonly pid: number;
  /** Whether it goes before everything else on this machine. */
  readonly realtime: boolean;
  /** Ends it; its log is whole when this resolves. */
  stop(): Promise<void>;
}

const simulateDir = fileURLToPath(new URL("../simulate/", import.meta.url));
const projectConfig = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** `chrt` of util-linux: first in, first out at priority 20. */
const first = ["-f", "20"] as const;

/**
 * Starts the endpoint with the rights it has when it is deployed, and at real-time priority where the system allows it: it
 * is the truth that the client is judged by, so nothing else may make it late. Left alone it ends by itself after a minute.
 *
 * @param folder where `log_path` and `prompts_dir` lie
 * @param alone whether it is the only one on this machine: several that all go first leave nothing to whom they serve
 * @throws {UserError} if it doesn't come to answer
 */
export async function startEndpoint(
  folder: string,
  options: Partial<SimulateOptions>,
  alone = true,
): Promise<EndpointProcess> {
  const realtime = alone && await mayGoFirst();
  const child = new Deno.Command(realtime ? "chrt" : Deno.execPath(), {
    args: [
      ...realtime ? [...first, Deno.execPath()] : [],
      "run",
      "--quiet",
      "--no-prompt",
      `--config=${projectConfig}`,
      "--allow-net=127.0.0.1",
      // Relative to its working folder: a comma in a path can't be written in a permission list.
      `--allow-read=.,${join(simulateDir, "deadline_thread.ts")}`,
      "--allow-write=.",
      join(simulateDir, "serve.ts"),
      JSON.stringify({ ...options, idle_minutes: 1 }),
    ],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const complaint = new Response(child.stderr).text();
  const end = async (signal: Deno.Signal) => {
    try {
      child.kill(signal);
    } catch (error) {
      // It has ended by itself.
      if (!(error instanceof TypeError)) throw error;
    }
    await child.status;
  };
  const url = await readyUrl(child.stdout);
  if (url === null) {
    await end("SIGKILL");
    throw new UserError({
      action: "start the simulated endpoint for",
      thing: "certify",
      found: (await complaint).trim() || "it said nothing",
    });
  }
  return {
    url,
    pid: child.pid,
    realtime,
    stop: () => end("SIGTERM"),
  };
}

async function mayGoFirst(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("chrt", {
      args: [...first, "true"],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}

/** The URL in its first line; null when it ends without one. */
async function readyUrl(output: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string | null> {
  const reader = output.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += part.value;
    const end = text.indexOf("\n");
    if (end < 0) continue;
    await reader.cancel();
    return (JSON.parse(text.slice(0, end)) as { url: string }).url;
  }
  return null;
}
