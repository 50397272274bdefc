/**
 * How punctual the embedded endpoint is: by how much it misses the deadlines of its own timing model at 50 events a second
 * a stream, with the endpoint on one core and its clients on another (`taskset`, where there is one).
 *
 *     deno run -A tests/bench/endpoint_punctuality.ts [--realtime] [streams ...]
 *
 * `--realtime` puts the endpoint under SCHED_FIFO once it is up (`chrt`; needs the right to). Not before: while it starts, its
 * threads wait for each other in a way that does not end there. A run that had to wait for its core says so.
 */

import { showNumber } from "../../lib/core/mod.ts";
import { quantile, sorted } from "../../lib/metrics/mod.ts";
import type { Truth } from "../../lib/simulate/mod.ts";
import { readJsonLines, writeJsonLines } from "../../lib/storage/mod.ts";

const tokens = 400;
const step_ms = 20;
const spread_ms = 1000;
/** As `deploy/simulated.ts` starts it. */
const v8Flags = ["--v8-flags=--max-semi-space-size=1,--min-semi-space-size=1,--initial-old-space-size=64"];
const serve = new URL("../../lib/simulate/serve.ts", import.meta.url).pathname;

const linux = Deno.build.os === "linux" && navigator.hardwareConcurrency > 1;

/** The runtime with these arguments, on a core of its own where that can be had. */
function pinned(core: number, args: string[]): [string, string[]] {
  return linux ? ["taskset", ["-c", String(core), Deno.execPath(), ...args]] : [Deno.execPath(), args];
}

function request(stream: number): Uint8Array {
  const messages = [{ role: "user", content: "Count." }];
  const body = JSON.stringify({ model: "m", messages, stream: true, max_tokens: tokens });
  const head =
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-request-id: s${stream}\r\n`;
  return new TextEncoder().encode(`${head}content-length: ${body.length}\r\n\r\n${body}`);
}

/** The client: reads as fast as it comes, and looks at nothing. */
async function read(port: number, streams: number): Promise<void> {
  await Promise.all(Array.from({ length: streams }, async (_, i) => {
    await new Promise((resolve) => setTimeout(resolve, spread_ms * i / streams));
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(request(i));
    const buffer = new Uint8Array(16_384);
    while (await connection.read(buffer) !== null);
    connection.close();
  }));
}

/** What a process's first thread, which does the work, has run, and waited for a core when it could have run: milliseconds. */
async function schedule(pid: number): Promise<{ run: number; waited: number }> {
  const text = await Deno.readTextFile(`/proc/${pid}/schedstat`).catch(() => "");
  const [run = NaN, waited = NaN] = text.split(" ").map((ns) => Number(ns) / 1e6);
  return { run, waited };
}

/** Real-time priority for all threads of a process, more of it for the first, which must not wait for those that compile. */
async function favour(pid: number): Promise<void> {
  for (const args of [["-a", "-f", "-p", "5"], ["-f", "-p", "10"]]) {
    await new Deno.Command("chrt", { args: [...args, String(pid)] }).spawn().status;
  }
}

async function measure(streams: number, realtime: boolean): Promise<void> {
  const folder = await Deno.makeTempDir();
  const words = Array.from({ length: tokens }, (_, i) => `w${i}`).join(" ");
  await writeJsonLines(`${folder}/prompts/p.jsonl`, [{
    prompt: "Count.",
    prompt_tokens: 5,
    ground_truth: [words],
  }]);
  const profile = {
    ...{ base_ms: 50, prefill_tokens_per_s: 1e9, decode_ms: step_ms, decode_ms_per_sequence: 0 },
    ...{ slots: streams, jitter: 0.02 },
  };
  const log_path = `${folder}/truth.jsonl`;
  const options = {
    profile,
    model_id: "m",
    accuracy: 1,
    prompts_dir: `${folder}/prompts`,
    log_path,
    log_tokens: true,
  };
  const [command, args] = pinned(0, ["run", "-A", ...v8Flags, serve, JSON.stringify(options)]);
  const server = new Deno.Command(command, { args, stdout: "piped" }).spawn();
  const { value } = await server.stdout.getReader().read();
  const { port, pid } = JSON.parse(new TextDecoder().decode(value));
  const before = await schedule(pid);
  if (realtime) await favour(pid);
  const limit = setTimeout(() => server.kill("SIGKILL"), 20_000);
  const [client, clientArgs] = pinned(1, [
    ...["run", "-A", import.meta.filename!, "client", String(port), String(streams)],
  ]);
  await new Deno.Command(client, { args: clientArgs }).spawn().status;
  const after = await schedule(pid);
  clearTimeout(limit);
  server.kill("SIGTERM");
  await server.status;
  const truths = await readJsonLines<Truth>(log_path);
  await Deno.remove(folder, { recursive: true });
  const late = sorted(truths.flatMap(({ late_us }) => (late_us ?? []).map((us) => us / 1000)));
  const [p50, p99, p999] = [500, 990, 999].map((perMille) => showNumber(quantile(late, perMille)));
  console.log(
    `${streams} streams, ${late.length} events${
      realtime ? ", real-time" : ""
    }: late p50 ${p50}, p99 ${p99}, ` +
      `p99.9 ${p999}, most ${showNumber(late.at(-1) ?? null)} ms; CPU ${
        showNumber((after.run - before.run) * 1000 / late.length)
      } us an event, waited ${showNumber(after.waited - before.waited)} ms for its core`,
  );
}

const [first, ...rest] = Deno.args;
if (first === "client") await read(Number(rest[0]), Number(rest[1]));
else {
  const realtime = Deno.args.includes("--realtime");
  const wanted = Deno.args.filter((argument) => /^\d+$/.test(argument)).map(Number);
  for (const streams of wanted.length > 0 ? wanted : [200, 500]) await measure(streams, realtime);
}
