/** A load that is killed and resumed again and again, against a server that keeps its own account. */

import {
  machineNanoseconds,
  type Plan,
  type Random,
  type RequestRecord,
  seededRandom,
} from "../../lib/core/mod.ts";
import { type LevelSpec, writePlan } from "../../lib/load/mod.ts";
import { type JournalHeader, readJournal, writeJsonLines } from "../../lib/storage/mod.ts";
import {
  chunk,
  type Script,
  type ScriptedServer,
  scriptedServer,
  streamHead,
} from "../transport/scripted_server.ts";
import { endpoint, payload, planOf, spec } from "./made_up.ts";

const program = new URL("./resume_program.ts", import.meta.url).pathname;
const prompts = 50;

/** The least that an answer takes. */
export const service_ms = 30;

const event = (value: unknown) => chunk(`data: ${JSON.stringify(value)}\n\n`);

const answering: Script = async ({ send, pause }) => {
  await pause(service_ms);
  await send(
    streamHead + event({ choices: [{ delta: { content: "a" }, finish_reason: "stop" }] }) +
      event({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 1 } }) +
      chunk("data: [DONE]\n\n") + chunk(""),
  );
};

/** What is killed at once: the whole process group, as by a power cut, or one process of it. */
export type Victim = "group" | "parent" | "worker";

export interface Cut {
  readonly segment: string;
  readonly victim: Victim;
  /** On the machine's clock: when the program was started, when it was killed, and when none of its processes was left. */
  readonly started_ns: bigint;
  readonly killed_ns: bigint;
  readonly gone_ns: bigint;
}

export interface Journalled {
  readonly headers: readonly JournalHeader[];
  readonly records: readonly RequestRecord[];
  /** Journals whose last line was cut off. */
  readonly torn: number;
}

export interface CutRun extends Journalled {
  readonly plan: Plan;
  readonly cuts: readonly Cut[];
  /** The start that nobody cut. */
  readonly last: Pick<Cut, "segment" | "started_ns"> & { readonly gone_ns: null };
  readonly server: ScriptedServer;
  /** The longest that this process had to wait for its processor: by so much others may have been late. */
  readonly lag_ms: number;
}

export interface CutOptions {
  readonly levels: readonly Partial<LevelSpec>[];
  readonly workers: number;
  readonly cuts: number;
  readonly victims: readonly Victim[];
  readonly seed: number;
}

/**
 * Starts the program, kills it at a random moment, and again, so many times; then lets it come to its end. One cut in five is
 * counted from the start of the process, so that it also strikes before anything is sent; the others from the first request.
 */
export async function cutRun(options: CutOptions, body: (run: CutRun) => Promise<void>): Promise<void> {
  const { levels, workers, cuts: count, victims, seed } = options;
  const random = seededRandom(seed, "cuts");
  const run_dir = await Deno.makeTempDir();
  using server = scriptedServer(answering);
  const lag = watchLag();
  try {
    const plan = await prepare(run_dir, levels, server.url);
    const cuts: Cut[] = [];
    for (let i = 1; i <= count; i++) {
      const victim = victims[random.below(victims.length)]!;
      cuts.push(
        await cut({ run_dir, segment: `s${i}`, workers, victim, early: i % 5 === 0, random, server }),
      );
    }
    const last = { segment: `s${count + 1}`, started_ns: machineNanoseconds(), gone_ns: null };
    const { code, stderr } = await start(run_dir, last.segment, workers).output();
    if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
    const lag_ms = lag.stop();
    await body({ plan, cuts, last, server, lag_ms, ...await journalled(run_dir) });
  } finally {
    lag.stop();
    await Deno.remove(run_dir, { recursive: true });
  }
}

/** The same load sent by a single start. */
export async function uncutRun(
  { levels, workers }: Pick<CutOptions, "levels" | "workers">,
): Promise<Journalled> {
  const run_dir = await Deno.makeTempDir();
  using server = scriptedServer(answering);
  try {
    await prepare(run_dir, levels, server.url);
    const { code, stderr } = await start(run_dir, "s1", workers).output();
    if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
    return await journalled(run_dir);
  } finally {
    await Deno.remove(run_dir, { recursive: true });
  }
}

async function prepare(run_dir: string, levels: CutOptions["levels"], url: string): Promise<Plan> {
  const rows = Array.from({ length: prompts }, (_, i) => payload(`p${i}`));
  await writeJsonLines(`${run_dir}/data/prompts/p.jsonl`, rows);
  await Deno.mkdir(`${run_dir}/requests`);
  // The salt names the attempt to the server.
  const asked = levels.map((level) =>
    spec({ ...level, cache_busting: true, endpoint: endpoint({ url: `${url}/v1` }) })
  );
  const plan = planOf(asked, prompts);
  await writePlan(`${run_dir}/plan.jsonl`, plan);
  return plan;
}

function start(run_dir: string, segment: string, workers: number): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", program, run_dir, segment, String(workers)],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    detached: true,
  });
}

async function cut(
  { run_dir, segment, workers, victim, early, random, server }: {
    run_dir: string;
    segment: string;
    workers: number;
    victim: Victim;
    early: boolean;
    random: Random;
    server: ScriptedServer;
  },
): Promise<Cut> {
  const before = server.requests.length;
  const started_ns = machineNanoseconds();
  const parent = start(run_dir, segment, workers).spawn();
  const complaint = new Response(parent.stderr).text();
  let over = false;
  parent.status.then(() => over = true);
  if (!early) await until(() => over || server.requests.length > before);
  await sleep(random.next() * (early ? 400 : 500));
  if (over) throw new Error(`${segment} ended before it could be cut: ${await complaint}`);
  const pids = victim === "group"
    ? [-parent.pid]
    : victim === "parent"
    ? [parent.pid]
    : await workersOf(parent.pid);
  // Before its workers are there, a parent is all that can be killed.
  Deno.kill(pids[random.below(Math.max(1, pids.length))] ?? -parent.pid, "SIGKILL");
  const killed_ns = machineNanoseconds();
  await parent.status;
  await complaint;
  await until(async () => !await anyAlive(parent.pid));
  const gone_ns = machineNanoseconds();
  return { segment, victim: pids.length === 0 ? "group" : victim, started_ns, killed_ns, gone_ns };
}

async function journalled(run_dir: string): Promise<Journalled> {
  const headers: JournalHeader[] = [];
  const records: RequestRecord[] = [];
  let torn = 0;
  for await (const { name } of Deno.readDir(`${run_dir}/requests`)) {
    const journal = await readJournal(`${run_dir}/requests/${name}`);
    if (journal.header !== null) headers.push(journal.header);
    records.push(...journal.records);
    if (journal.torn_bytes > 0) torn++;
  }
  return { headers, records, torn };
}

function watchLag(): { stop(): number } {
  const every_ms = 10;
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - every_ms);
    last = now;
  }, every_ms);
  return {
    stop() {
      clearInterval(timer);
      return longest;
    },
  };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error("it did not come about within 20 s");
    await sleep(5);
  }
}

async function workersOf(parent: number): Promise<number[]> {
  return (await ps("-o", "pid=", "--ppid", String(parent))).map(Number);
}

/** An orphan that nobody has waited for yet (a zombie) is gone all the same. */
async function anyAlive(group: number): Promise<boolean> {
  return (await ps("-o", "stat=", "-g", String(group))).some((state) => !state.startsWith("Z"));
}

async function ps(...args: string[]): Promise<string[]> {
  const { stdout } = await new Deno.Command("ps", { args }).output();
  return new TextDecoder().decode(stdout).split("\n").map((line) => line.trim()).filter((line) =>
    line !== ""
  );
}
