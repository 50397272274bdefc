/**
 * How far the client's times are from the truth, and what an event costs, on this machine: a server in C keeps absolute
 * deadlines on one core and notes its sends, the client has the other core. Both clocks, and beside them a C client with
 * the same loop, `fetch` and `node:http`.
 *
 *     deno run -A tests/bench/arrival_error.ts [--streams 200,500,1000] [--seconds 5] [--runs 1]
 *         [--clients kernel,user,c,fetch,node:http] [--tls] [--hog]
 *
 * With `--tls` the server speaks TLS by OpenSSL, with certificates of its own; there is no client in C for that. With
 * `--hog` another process keeps the client's core busy. What begins in the first two seconds is warm-up.
 * 50 events a second and stream, 50 events a request, TTFT 200 ms. Every figure is the median of the runs whose truth was
 * on time (send deadline error p99 < 1 ms); the others are void and shown as such.
 */

import { parseArgs } from "node:util";
import { quantile, sorted } from "../../lib/metrics/mod.ts";
import { steadyV8 } from "../../lib/load/worker_process.ts";
import { certificates } from "../transport/certificates.ts";

const { values: options } = parseArgs({
  options: {
    streams: { type: "string", default: "200,500,1000" },
    seconds: { type: "string", default: "5" },
    runs: { type: "string", default: "1" },
    clients: { type: "string", default: "c,kernel,user,fetch,node:http" },
    tls: { type: "boolean", default: false },
    hog: { type: "boolean", default: false },
  },
});
const seconds = Number(options.seconds);
const warmup_s = 2;
const latest_ms = 1;
const native = new URL("./native/", import.meta.url).pathname;

interface Exchange {
  readonly start_ns: bigint;
  readonly at_ns: readonly bigint[];
}

interface Run {
  readonly late_p99_ms: number;
  readonly requests: number;
  readonly ttft: readonly [p50: number, p99: number, mean: number];
  readonly itl: readonly [p50: number, p99: number];
  readonly cpu_us: number;
  readonly requests_per_s: number;
}

async function compiled(folder: string): Promise<boolean> {
  for (const name of ["paced_sse", "client"]) {
    try {
      const tls = options.tls && name === "paced_sse" ? ["-DTLS", "-lssl", "-lcrypto"] : [];
      const args = ["-O2", "-o", `${folder}/${name}`, `${native}${name}.c`, ...tls];
      const { success, stderr } = await new Deno.Command("cc", { args }).output();
      if (success) continue;
      console.log(new TextDecoder().decode(stderr));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return false;
  }
  return true;
}

async function works(command: string, args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args, stdout: "null", stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}

/** A program on one core, in real time where that is wanted and allowed. */
const pinned = await works("taskset", ["-c", "0,1", "true"]);
const realTime = await works("chrt", ["-f", "20", "true"]);
function on(core: number, urgent: boolean, command: string[]): Deno.Command {
  const words = [
    ...(urgent && realTime ? ["chrt", "-f", "20"] : []),
    ...(pinned ? ["taskset", "-c", String(core)] : []),
    ...command,
  ];
  return new Deno.Command(words[0]!, { args: words.slice(1), stdin: "piped", stdout: "piped" });
}

async function exchanges(path: string): Promise<Map<number, Exchange>> {
  const view = new DataView((await Deno.readFile(path)).buffer);
  const found = new Map<number, Exchange>();
  for (let at = 0; at < view.byteLength;) {
    const count = view.getUint32(at + 4, true);
    const times = Array.from({ length: count + 1 }, (_, i) => view.getBigInt64(at + 8 + 8 * i, true));
    found.set(view.getUint32(at, true), { start_ns: times[0]!, at_ns: times.slice(1) });
    at += 16 + 8 * count;
  }
  return found;
}

const ms = (ns: bigint) => Number(ns) / 1e6;

async function measure(folder: string, client: string, streams: number, instant = false): Promise<Run> {
  const [truthPath, ownPath] = [`${folder}/truth.bin`, `${folder}/own.bin`];
  const server = on(1, true, [
    `${folder}/paced_sse`,
    truthPath,
    ...(instant ? ["0", "0", "5"] : ["200", "20", "50"]),
    ...(options.tls ? [`${folder}/own.pem`, `${folder}/own.key`] : []),
  ]).spawn();
  const said = server.stdout.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  const port = String((await said.next()).value).trim();
  const program = client === "c" ? [`${folder}/client`] : [
    Deno.execPath(),
    "run",
    "-A",
    "--quiet",
    ...(client === "kernel" || client === "user" ? [steadyV8] : []),
    new URL("./arrival_client.ts", import.meta.url).pathname,
    client,
  ];
  const hog = options.hog ? on(0, false, ["sh", "-c", "while :; do :; done"]).spawn() : null;
  const own = await on(0, false, [
    ...program,
    ownPath,
    port,
    ...[streams, seconds, warmup_s].map(String),
    ...(options.tls ? [`${folder}/ca.pem`] : []),
  ]).spawn().output();
  hog?.kill("SIGKILL");
  await server.stdin.close();
  let last = "";
  for (let part = await said.next(); !part.done; part = await said.next()) last += part.value;
  await server.status;
  const [events = 0, requests = 0, cpu_us = 0] = new TextDecoder().decode(own.stdout).split(" ").map(Number);
  const requests_per_s = requests / (seconds - warmup_s);
  const late_p99_ms = Number(last.trim().split(" ")[1] ?? 0);
  const nothing = [NaN, NaN, NaN] as const;
  if (instant) return { late_p99_ms, requests, ttft: nothing, itl: [NaN, NaN], cpu_us: NaN, requests_per_s };
  const truths = await exchanges(truthPath);
  const ttft: number[] = [];
  const itl: number[] = [];
  const journal = await exchanges(ownPath);
  const begun = journal.values().reduce(
    (least, { start_ns }) => start_ns < least ? start_ns : least,
    2n ** 63n,
  );
  for (const [id, { start_ns, at_ns }] of journal) {
    const truth = truths.get(id);
    if (truth === undefined || ms(start_ns - begun) < warmup_s * 1000) continue;
    ttft.push(ms(at_ns[0]! - start_ns) - ms(truth.at_ns[0]! - truth.start_ns));
    for (let i = 1; i < at_ns.length; i++) {
      itl.push(Math.abs(ms(at_ns[i]! - at_ns[i - 1]!) - ms(truth.at_ns[i]! - truth.at_ns[i - 1]!)));
    }
  }
  const [first, gaps] = [sorted(ttft), sorted(itl)];
  const mean = ttft.reduce((sum, value) => sum + value, 0) / ttft.length;
  return {
    late_p99_ms,
    requests: ttft.length,
    ttft: [at(first, 500), at(first, 990), mean],
    itl: [at(gaps, 500), at(gaps, 990)],
    cpu_us: cpu_us / events,
    requests_per_s,
  };
}

function at(samples: ReturnType<typeof sorted>, perMille: number): number {
  return quantile(samples, perMille) ?? NaN;
}

const median = (values: readonly number[]) => at(sorted(values.filter(Number.isFinite)), 500);

const folder = await Deno.makeTempDir();
if (!(await compiled(folder))) {
  console.log(
    `SKIPPED: no working C compiler \`cc\`${
      options.tls ? " with OpenSSL's headers" : ""
    }, and without the server in C ` +
      "there is no truth to compare with",
  );
  Deno.exit(0);
}
if (options.tls) {
  const made = await certificates();
  if (made === null) {
    console.log("SKIPPED: openssl is missing or refuses, and without a certificate there is no TLS");
    Deno.exit(0);
  }
  await Deno.writeTextFile(`${folder}/ca.pem`, made.ca);
  await Deno.writeTextFile(`${folder}/own.pem`, made.own.cert);
  await Deno.writeTextFile(`${folder}/own.key`, made.own.key);
}
if (!pinned) console.log("taskset is missing: client and server share their cores");
if (!realTime) console.log("no real-time priority: the truth may be late");
const row = (...cells: string[]) => console.log(`| ${cells.join(" | ")} |`);
const wanted = options.clients.split(",").filter((client) => !options.tls || client !== "c");
if (options.tls) console.log("over TLS\n");
row(
  "streams",
  "client",
  "requests",
  "truth late p99",
  "TTFT error p50 / p99 / mean",
  "ITL error p50 / p99",
  "CPU us/event",
  "of C",
);
row(...new Array(8).fill("---"));
for (const streams of options.streams.split(",").map(Number)) {
  let floor = NaN;
  for (const client of wanted) {
    const runs: Run[] = [];
    for (let i = 0; i < Number(options.runs); i++) runs.push(await measure(folder, client, streams));
    const valid = runs.filter(({ late_p99_ms }) => late_p99_ms < latest_ms);
    const late = runs.map(({ late_p99_ms }) => late_p99_ms.toFixed(2)).join(", ");
    if (valid.length === 0) {
      row(String(streams), client, "", `${late} ms`, "VOID", "VOID", "", "");
      continue;
    }
    const of = (value: (run: Run) => number) => median(valid.map(value));
    const cpu = of((run) => run.cpu_us);
    if (client === "c") floor = cpu;
    const voids = runs.length - valid.length;
    row(
      String(streams),
      client,
      String(of((run) => run.requests)),
      `${late} ms${voids > 0 ? ` (${voids} void)` : ""}`,
      `${[0, 1, 2].map((i) => of((run) => run.ttft[i]!).toFixed(3)).join(" / ")} ms`,
      `${[0, 1].map((i) => of((run) => run.itl[i]!).toFixed(3)).join(" / ")} ms`,
      cpu.toFixed(1),
      Number.isNaN(floor) ? "" : (cpu / floor).toFixed(2),
    );
  }
}
console.log("\nRequests a second with an instant answer of 5 events in one write, 32 in flight:");
for (const client of wanted) {
  console.log(`${client} ${Math.round((await measure(folder, client, 32, true)).requests_per_s)}`);
}
await Deno.remove(folder, { recursive: true });
