/** A worker as the parent holds it: a child process with a line of messages each way. */

import { isSigned, type Level, messagesOf, urlsOf } from "../core/mod.ts";
import { endpointVariables, givenVariables, moduleRights, netRight, projectConfig } from "../predict/mod.ts";
import { type ClockChoice, proxyVariables, wantsKernelClock } from "../transport/mod.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

export interface WorkerProcess {
  readonly name: string;
  /** The user's module that runs in it; null: only this program's own code does. */
  readonly module: string | null;
  readonly messages: AsyncGenerator<FromWorker>;
  /** Says something; silently nothing when the worker is gone. */
  tell(message: ToWorker): void;
  /** Ends it at once. */
  kill(): void;
  /**
   * Resolves when the process has ended, to its exit code and the end of what it wrote to standard error. `lost`: it was on another
   * machine, and nothing more of it counts.
   */
  readonly ended: Promise<{ code: number; complaint: string; lost?: true }>;
}

/** What AWS's SDK looks for on its way, although nothing is left for it to find: keys and addresses are given to it. */
const sdkVariables = ["AWS_*", "_X_AMZN_TRACE_ID"];

/**
 * V8 for a program that sends on time. What the garbage collector copies and what the optimising compiler does in a thread
 * beside it hold up the thread that sends, wherever it has but one core. In a small nursery there is never much to copy, a
 * large old space puts off the first full collection, and the fast compiler (Maglev) alone costs 5 to 10 % more CPU time. At
 * 4,000 requests a second the 99th percentile of the send lag falls from 5 ms to 0.5 ms.
 */
export const steadyV8 = [
  "--v8-flags=--min-semi-space-size=1",
  "--max-semi-space-size=1",
  "--initial-old-space-size=256",
  "--single-threaded-gc",
  "--no-turbofan",
].join();

export interface SpawnOptions {
  readonly name: string;
  readonly run_dir: string;
  /** What it sends in: their endpoints are what it may reach. */
  readonly levels: readonly Level[];
  /** The user's module that runs in it; null: only this program's own code does. @default null */
  readonly module?: string | null;
  /** Entries of `--allow-net`, from `reachableHosts`. */
  readonly hosts: readonly string[];
  /** Who stamps arrivals. @default "auto" */
  readonly clock?: ClockChoice;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Starts the worker program with the rights it needs and no others.
 *
 * @throws {UserError} if the user's module lies where no right can name it
 */
export function spawnWorker(options: SpawnOptions): WorkerProcess {
  const { name, run_dir, levels, module = null, hosts, env } = options;
  const keys = new Set(levels.flatMap(({ endpoint }) => endpointVariables(endpoint)));
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      steadyV8,
      ...(module === null ? ownRights(options, keys) : moduleRights(module, hosts, ["."])),
      "--allow-write=requests,vitals",
      // A study lasts for days: it tells a machine that slept from a clock that was set.
      ...(levels.some(({ arrival }) => arrival === "study") ? ["--allow-sys=osUptime"] : []),
      new URL("./worker.ts", import.meta.url).href,
    ],
    cwd: run_dir,
    clearEnv: true,
    env: givenVariables(env, keys),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const complaint = lastText(child.stderr);
  return {
    name,
    module,
    kill() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
    },
    messages: messagesOf<FromWorker>(child.stdout),
    tell(message) {
      writer.write(new TextEncoder().encode(JSON.stringify(message) + "\n")).catch(() => {});
    },
    ended: (async () => {
      const { code } = await child.status;
      await writer.close().catch(() => {});
      return { code, complaint: await complaint };
    })(),
  };
}

/** Where this program's own code runs alone. */
function ownRights({ levels, hosts, clock = "auto" }: SpawnOptions, keys: Iterable<string>): string[] {
  const signed = levels.some(({ endpoint }) => isSigned(endpoint.predictor));
  return [
    "--no-prompt",
    projectConfig,
    ...netRight(hosts),
    // Relative to its working folder: a comma in a path can't be written in a permission list.
    "--allow-read=.",
    `--allow-env=${[...proxyVariables, ...keys, ...(signed ? sdkVariables : [])].join(",")}`,
    // The kernel clock calls libc. That is no sandbox any more.
    ...(wantsKernelClock(clock, levels.flatMap(({ endpoint }) => urlsOf(endpoint))) ? ["--allow-ffi"] : []),
  ];
}

async function lastText(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) text = (text + part).slice(-4000);
  return text.trim();
}
