/** A study sent by a worker process to a server of this machine. */

import assert from "node:assert/strict";
import type { ProgressEvent, StudyGap } from "../../../lib/core/mod.ts";
import { readLevelEnds, readMarks, remainingPlan, runLoad } from "../../../lib/load/mod.ts";
import { readJournal, writeJsonLines } from "../../../lib/storage/mod.ts";
import { chunk, type ScriptedServer, scriptedServer, streamHead } from "../../transport/scripted_server.ts";
import { endpoint, payload } from "../made_up.ts";
import { schedule, studyPlan, variant } from "./made_up.ts";

const event = (text: string, more = "") =>
  chunk(`data: {"choices":[{"delta":{"content":"${text}"},"finish_reason":null}]${more}}\n\n`);
const beginning = streamHead + event("a");
const end = event("b") +
  chunk(
    'data: {"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":4,"completion_tokens":2}}\n\n',
  ) +
  chunk("data: [DONE]\n\n") + chunk("");

async function withRun(
  body: (run_dir: string, server: ScriptedServer) => Promise<void>,
): Promise<void> {
  const run_dir = await Deno.makeTempDir();
  using server = scriptedServer(async ({ send, pause }) => {
    await send(beginning);
    await pause(2);
    await send(end);
  });
  try {
    await writeJsonLines(`${run_dir}/data/prompts/p.jsonl`, ["p", "q", "r"].map((id) => payload(id)));
    await body(run_dir, server);
  } finally {
    await Deno.remove(run_dir, { recursive: true });
  }
}

const variants = (server: ScriptedServer) =>
  ["a", "b"].map((name) =>
    variant(name, {
      endpoint: endpoint({ experiment_name: name, endpoint_name: name, url: `${server.url}/v1` }),
    })
  );

Deno.test("all variants of a study are sent together by one worker: each call once, in order, with its place on record", () =>
  withRun(async (run_dir, server) => {
    const plan = studyPlan({ levels: variants(server), schedule: schedule({ pause_ms: 20 }) });
    const events: ProgressEvent[] = [];
    const outcome = await runLoad({
      plan,
      run_dir,
      segment: "s1",
      workers: 3,
      onProgress: (event) => events.push(event),
    });
    // 5 lines, 2 invocations, 2 rounds.
    assert.equal(outcome.planned, 20);
    assert.equal(outcome.ok, 20);
    const { records } = await readJournal(`${run_dir}/requests/s1-w0.jsonl`);
    assert.deepEqual(
      records.toSorted((a, b) => a.sent_ms! - b.sent_ms!).map(({ request_id }) => request_id),
      plan.requests.map(({ request_id }) => request_id),
    );
    const byId = new Map(plan.requests.map((request) => [request.request_id, request]));
    for (const record of records) {
      const { call } = byId.get(record.request_id!)!;
      assert.deepEqual(
        { scenario_id: record.scenario_id, round: record.round, block: record.block },
        { scenario_id: call!.scenario_id, round: call!.round, block: call!.block },
      );
      assert.ok(record.connection_reused || record.connection_ahead, "no call waited for its connection");
      assert.ok(Math.abs(Date.parse(record.sent_at!) - Date.now()) < 60_000);
    }
    const last = events.at(-1)!;
    assert.deepEqual([last.label, last.done, last.total, last.eta_s], ["study", 20, 20, 0]);
    assert.match(last.last!, /^[ab]: TTFT [\d.]+ s, [\d,.]+ tokens\/s$/);
    assert.deepEqual([...await readLevelEnds(run_dir)], [[0, "requests"], [1, "requests"]]);
    assert.deepEqual(remainingPlan(plan, await readMarks(`${run_dir}/requests`)).requests, []);
  }));

Deno.test("a study that has what it needs begins nothing more, and what it left is not missing", () =>
  withRun(async (run_dir, server) => {
    const plan = studyPlan({ levels: variants(server), schedule: schedule({ pause_ms: 100 }), rounds: 50 });
    const enough = new AbortController();
    const outcome = await runLoad({
      plan,
      run_dir,
      segment: "s1",
      enough: enough.signal,
      onProgress({ done }) {
        if (done > 0) enough.abort();
      },
    });
    assert.deepEqual(outcome.levels.map(({ ended_by }) => ended_by), ["precision", "precision"]);
    assert.ok(outcome.ok > 0 && outcome.planned === outcome.ok);
    const ends = await readLevelEnds(run_dir);
    assert.deepEqual(remainingPlan(plan, await readMarks(`${run_dir}/requests`), ends).requests, []);
  }));

Deno.test("a study that was stopped goes on where it was, and says for how long it stood still", () =>
  withRun(async (run_dir, server) => {
    const plan = studyPlan({ levels: variants(server), schedule: schedule({ pause_ms: 150 }), rounds: 4 });
    const stop = new AbortController();
    const first = await runLoad({
      plan,
      run_dir,
      segment: "s1",
      signal: stop.signal,
      onProgress({ done }) {
        if (done > 0) stop.abort();
      },
    });
    assert.ok(first.ok > 0 && first.pending > 0);
    const gaps: StudyGap[] = [];
    const rest = remainingPlan(plan, await readMarks(`${run_dir}/requests`), await readLevelEnds(run_dir));
    assert.equal(rest.requests.length, 40 - first.ok);
    await runLoad({ plan: rest, run_dir, segment: "s2", onGap: (gap) => gaps.push(gap) });
    assert.deepEqual(gaps.map(({ kind }) => kind), ["restart"]);
    const marks = await readMarks(`${run_dir}/requests`);
    assert.equal(marks.filter(({ status }) => status === "ok").length, 40);
    assert.equal(
      new Set(marks.map(({ request_id, attempt }) => `${request_id} ${attempt}`)).size,
      marks.length,
    );
  }));
