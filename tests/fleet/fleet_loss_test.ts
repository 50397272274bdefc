import assert from "node:assert/strict";
import { owed, removeAll } from "../../lib/deploy/mod.ts";
import { readFleetLog } from "../../lib/fleet/fleet_log.ts";
import { fleetJobRemover } from "../../lib/fleet/job_resource.ts";
import { eachJsonLine, localFolder } from "../../lib/storage/mod.ts";
import { type ScriptedServer, scriptedServer } from "../transport/scripted_server.ts";
import { answering, journalsOf, prepareRun, sendByFleet, wholeOutcome } from "./fleet_load.ts";
import { type ProcessEngine, processEngine, signalGroup } from "./process_engine.ts";

/** 8 s: longer than it takes until a worker is given up. */
const count = 400;
const level = { concurrency: null, arrival: "constant", rates_rps: [50], requests: count } as const;

async function withRun(
  body: (run: { run_dir: string; engine: ProcessEngine; server: ScriptedServer }) => Promise<void>,
): Promise<void> {
  using server = scriptedServer(answering(20));
  const { run_dir } = await prepareRun(server.url, [level]);
  const engine = processEngine(`${run_dir}/engine`);
  try {
    await body({ run_dir, engine, server });
  } finally {
    for (const { pid } of engine.groups()) signalGroup(pid, "SIGKILL");
    await Deno.remove(run_dir, { recursive: true });
  }
}

async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 30_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`it did not come about within 30 s: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Every attempt that the server saw, by the salt that names it. */
const salts = (server: ScriptedServer) =>
  server.requests.map(({ body }) => /\[([^\]]+)\]/.exec(body)?.[1] ?? "");

/** Each planned request has one outcome, and no attempt of one is in two lines. */
async function assertComplete(run_dir: string): Promise<void> {
  // Throws when an attempt is there twice.
  const { ok, planned, pending, cancelled } = await wholeOutcome(run_dir);
  assert.deepEqual({ ok, planned, pending, cancelled }, {
    ok: count,
    planned: count,
    pending: 0,
    cancelled: 0,
  });
}

Deno.test("a worker that is killed in mid-level leaves its requests pending, the level goes on, and a resume sends exactly those", () =>
  withRun(async ({ run_dir, engine, server }) => {
    const notices: string[] = [];
    const sending = sendByFleet({ run_dir, segment: "s1", engine, onNotice: (text) => notices.push(text) });
    await until(() => server.requests.length > 60);
    signalGroup(engine.groups()[1]!.pid, "SIGKILL");
    const first = await sending;
    assert.ok(first.pending > 20 && first.ok > count / 2, JSON.stringify([first.pending, first.ok]));
    assert.equal(first.ok + first.pending, count);
    assert.match(
      notices.join("\n"),
      /^Worker w1 on \S+ was lost at \S+: nothing was heard of it for \d+ s\. (\d+) of its requests/m,
    );
    const loss = (await readFleetLog(run_dir)).find((line) => line.event === "lost");
    assert.ok(loss?.event === "lost");
    assert.deepEqual([loss.worker, loss.level, loss.unfinished], ["w1", 0, first.pending]);
    const sentBefore = server.requests.length;
    await sendByFleet({ run_dir, segment: "s2", engine });
    assert.equal(server.requests.length - sentBefore, first.pending);
    await assertComplete(run_dir);
  }));

Deno.test("a worker that is stopped beyond the limits and goes on sends nothing and counts for nothing afterwards", () =>
  withRun(async ({ run_dir, engine, server }) => {
    const sending = sendByFleet({ run_dir, segment: "s1", engine });
    await until(() => server.requests.length > 60);
    const stopped = engine.groups()[0]!.pid;
    signalGroup(stopped, "SIGSTOP");
    await until(() => Deno.readTextFileSync(`${run_dir}/fleet.jsonl`).includes('"lost"'));
    const rows = () => Deno.readTextFileSync(`${run_dir}/requests/s1-w0.jsonl`).split("\n").slice(1);
    const [before, seen] = [rows(), salts(server).length];
    const share = await Array.fromAsync(
      eachJsonLine<{ request_id?: string }>(`${run_dir}/shards/s1-w0.jsonl`),
    );
    signalGroup(stopped, "SIGCONT");
    await until(() => engine.groups().every(({ pid }) => pid !== stopped));
    const first = await sending;
    const late = salts(server).slice(seen);
    const own = share.flatMap(({ request_id }) => request_id ?? []).filter((id) =>
      late.some((salt) => salt.includes(id))
    );
    assert.deepEqual(own, []);
    assert.ok(
      late.length > 0 && first.pending > 0,
      `${late.length} sent by the other, ${first.pending} pending`,
    );
    assert.deepEqual(rows(), before);
    await sendByFleet({ run_dir, segment: "s2", engine });
    await assertComplete(run_dir);
  }));

Deno.test("a process whose way to the controller stands still sends nothing once its time is over", () =>
  withRun(async ({ run_dir, engine, server }) => {
    const sending = sendByFleet({ run_dir, segment: "s1", engine });
    await until(() => server.requests.length > 60);
    // The relay alone: the process that sends, and its connection to the server, go on.
    Deno.kill(engine.groups()[0]!.pid, "SIGSTOP");
    await until(() => Deno.readTextFileSync(`${run_dir}/fleet.jsonl`).includes('"lost"'));
    const before = salts(server).length;
    const { pending } = await sending;
    const share = await Array.fromAsync(
      eachJsonLine<{ request_id?: string }>(`${run_dir}/shards/s1-w0.jsonl`),
    );
    const late = salts(server).slice(before);
    const own = share.flatMap(({ request_id }) => request_id ?? []).filter((id) =>
      late.some((salt) => salt.includes(id))
    );
    assert.deepEqual(own, []);
    assert.ok(late.length > 0 && pending > 0, `${late.length}, ${pending}`);
    await sendByFleet({ run_dir, segment: "s2", engine });
    await assertComplete(run_dir);
  }));

Deno.test("what a machine was writing when it died changes nothing: a part that nobody announced is not brought home", () =>
  withRun(async ({ run_dir, engine, server }) => {
    const sending = sendByFleet({ run_dir, segment: "s1", engine });
    await until(() => server.requests.length > 100);
    signalGroup(engine.groups()[1]!.pid, "SIGKILL");
    const first = await sending;
    const storage = localFolder(`${run_dir}/shared`);
    const parts = (await storage.list("fleet/s1/w1")).filter((path) => path.includes("requests-"));
    const next = String(parts.length + 1).padStart(6, "0");
    const known = Deno.readTextFileSync(`${run_dir}/requests/s1-w0.jsonl`).split("\n")[1] ?? "";
    await storage.write(`fleet/s1/w1/requests-${next}.jsonl`, known + "\n" + known.slice(0, 40));
    const journal = Deno.readTextFileSync(`${run_dir}/requests/s1-w1.jsonl`);
    const sentBefore = server.requests.length;
    await sendByFleet({ run_dir, segment: "s2", engine });
    assert.equal(Deno.readTextFileSync(`${run_dir}/requests/s1-w1.jsonl`), journal);
    assert.equal(server.requests.length - sentBefore, first.pending);
    await assertComplete(run_dir);
  }));

/** A controller in a process of its own, which can be killed. */
function startController(run_dir: string): Deno.ChildProcess {
  const program = new URL("./fleet_program.ts", import.meta.url).pathname;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", program, run_dir, "s1", `${run_dir}/engine`],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

Deno.test("a controller that is killed leaves a job that cleanup ends, and a resume completes what is missing", () =>
  withRun(async ({ run_dir, engine, server }) => {
    const controller = startController(run_dir);
    await until(() => server.requests.length > 100);
    controller.kill("SIGKILL");
    await controller.status;
    assert.equal(owed(run_dir).length, 1);
    const removers = [fleetJobRemover(null, () => engine)];
    const removed = await removeAll(run_dir, { removers });
    assert.deepEqual(removed.map(({ kind, outcome }) => [kind, outcome]), [["fleet_job", "removed"]]);
    assert.deepEqual([engine.groups(), owed(run_dir)], [[], []]);
    const before = server.requests.length;
    const journals = await journalsOf(run_dir);
    const atHome = [...journals.values()].flat().length;
    await sendByFleet({ run_dir, segment: "s2", engine });
    await assertComplete(run_dir);
    const sentTwice = server.requests.length - count;
    // Lost: what was under way, not yet on the disk (250 ms) or not yet shipped (1 s), at 50/s.
    assert.ok(sentTwice <= 70, `${sentTwice} were sent again; ${atHome} at home, ${before} sent`);
  }));

Deno.test("workers of a controller that was killed end by themselves", () =>
  withRun(async ({ run_dir, engine, server }) => {
    const controller = startController(run_dir);
    await until(() => server.requests.length > 20);
    controller.kill("SIGKILL");
    const killed = performance.now();
    await controller.status;
    await until(() => engine.groups().length === 0);
    assert.ok(performance.now() - killed < 6000, `${performance.now() - killed} ms`);
  }));

Deno.test("a stop reaches every worker within two seconds, and leaves none", () =>
  withRun(async ({ run_dir, engine, server }) => {
    const stop = new AbortController();
    const sending = sendByFleet({ run_dir, segment: "s1", engine, signal: stop.signal });
    await until(() => server.requests.length > 50);
    stop.abort();
    const stopped = performance.now();
    const { pending } = await sending;
    const sent = server.requests.length;
    assert.ok(pending > 50);
    assert.ok(performance.now() - stopped < 3000, `${performance.now() - stopped} ms until all was over`);
    assert.ok(sent < 80, `${sent} sent`);
    assert.deepEqual([engine.groups(), owed(run_dir)], [[], []]);
    await sendByFleet({ run_dir, segment: "s2", engine });
    await assertComplete(run_dir);
  }));
