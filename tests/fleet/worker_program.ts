/**
 * The worker program with short limits, and with a clock as wrong as FMBENCH_TEST_CLOCKS says: for each worker how many milliseconds it is
 * ahead, and how many millionths too fast.
 */

import { machineNanoseconds } from "../../lib/core/mod.ts";
import { serveController } from "../../lib/fleet/remote_worker.ts";
import { type SpawnOptions, spawnWorker, type ToWorker } from "../../lib/load/mod.ts";

const worker = Number(Deno.env.get("FMBENCH_WORKER"));
const clocks = JSON.parse(Deno.env.get("FMBENCH_TEST_CLOCKS") ?? "[]") as { ahead_ms: number; ppm: number }[];
const { ahead_ms, ppm } = clocks[worker] ?? { ahead_ms: 0, ppm: 0 };

const begun_ns = machineNanoseconds();
/** What this worker's machine believes the time to be. */
const wrong = (ns: bigint) =>
  ns + BigInt(Math.round(ahead_ms * 1e6)) + BigInt(Math.round(Number(ns - begun_ns) * ppm / 1e6));
/** When that is in truth. */
const right = (ns: bigint) =>
  begun_ns + BigInt(Math.round((Number(ns - begun_ns) - ahead_ms * 1e6) / (1 + ppm / 1e6)));

/** The program that sends has the true clock, as all of this machine: orders to it are put in its terms. */
function spawn(options: SpawnOptions) {
  const process = spawnWorker(options);
  let zero_ns = 0n;
  const tell = (message: ToWorker) => {
    if ("init" in message) {
      zero_ns = BigInt(message.origin_mono_ns);
      return process.tell({ ...message, origin_mono_ns: String(right(zero_ns)) });
    }
    const shifted = (ms: number) => {
      const at = zero_ns + BigInt(Math.round(ms * 1e6));
      return Number(right(at) - right(zero_ns)) / 1e6;
    };
    if ("start" in message) process.tell({ ...message, at_ms: shifted(message.at_ms) });
    // Believed alive for a second at least: a wrong clock is not to end what this is about.
    else if (!("until_ms" in message) || ahead_ms === 0) process.tell(message);
  };
  return { ...process, tell };
}

Deno.exit(
  await serveController({
    limits: { silence_ms: 2500, beat_ms: 100, retry_ms: 100 },
    ...ahead_ms === 0 && ppm === 0 ? {} : { clock: () => wrong(machineNanoseconds()), spawn },
  }),
);
