/** A load that is killed twenty times, and resumed each time, comes to what an uncut one does. */

import assert from "node:assert/strict";
import { outcomeOf, remainingPlan } from "../../lib/load/mod.ts";
import { finalAttempts, measuredWindows, successesIn } from "../../lib/metrics/mod.ts";
import type { Seen } from "../transport/scripted_server.ts";
import { type CutOptions, type CutRun, cutRun, type Journalled, service_ms, uncutRun } from "./cut_run.ts";

/** What the journal states as its loss, and the write itself. */
const statedLoss_ms = 250 + 100;

const idsOf = (records: readonly { request_id: string | null }[]) =>
  records.map(({ request_id }) => request_id!).sort();

/** Receipts of the server by what names the attempt: the salt before its prompt. The last one of each is the one on record. */
function receiptsOf({ server }: CutRun): Map<string, Seen[]> {
  return Map.groupBy(server.requests, ({ body }) => /\[([0-9a-f]{16}-\d+)\]/.exec(body)![1]!);
}

/** The start that sent it. What a process sent last is still received when it is gone. */
const cutOf = ({ cuts }: CutRun, { received_ns }: Seen) =>
  cuts.findLast(({ started_ns }) => started_ns < received_ns)!;

function checkOutcomes({ plan, records }: CutRun, uncut: Journalled): void {
  const finals = finalAttempts(records);
  assert.deepEqual(idsOf(finals), idsOf(plan.requests));
  assert.deepEqual(idsOf(finals), idsOf(uncut.records));
  assert.ok(finals.every(({ status }) => status === "ok"));
  const { levels: _, ...counts } = outcomeOf(plan, records);
  const planned = plan.requests.length;
  assert.deepEqual(counts, { planned, ok: planned, errors: 0, cancelled: 0, pending: 0 });
  assert.equal(records.filter(({ status }) => status === "ok").length, planned, "none has ended well twice");
  assert.deepEqual(remainingPlan(plan, records).requests, []);
}

/** Returns how long before the kill the oldest answer came that was lost, in milliseconds. */
function checkLoss(run: CutRun): number {
  const receipts = receiptsOf(run);
  const named = new Set(run.records.map(({ request_id, attempt }) => `${request_id}-${attempt}`));
  assert.equal(named.size, run.records.length, "no attempt is on record twice");
  for (const name of receipts.keys()) assert.ok(named.has(name), `${name} was sent and is on record`);
  for (const { request_id, attempt, status } of run.records) {
    if (status === "ok") assert.ok(receipts.has(`${request_id}-${attempt}`));
  }
  let oldest = 0;
  for (const sent of receipts.values()) {
    for (const seen of sent.slice(0, -1)) {
      const { killed_ns, victim, segment } = cutOf(run, seen);
      assert.notEqual(victim, "parent", `${segment}: workers whose parent was killed lose nothing`);
      if (seen.last_send_ns === null) continue;
      oldest = Math.max(oldest, Number(killed_ns - seen.last_send_ns) / 1e6);
    }
  }
  return oldest;
}

/** Rates are those of the segments: each window lies in the life of its own, and counts what the server sent in it. */
function checkRates(run: CutRun): void {
  const { cuts, last, headers, records } = run;
  const lives = new Map([...cuts, last].map((one) => [one.segment, one]));
  const origins = new Map(headers.map(({ segment, origin_mono_ns }) => [segment, BigInt(origin_mono_ns)]));
  const answers = [...receiptsOf(run)].map(([name, sent]) => [name, sent.at(-1)!.last_send_ns!] as const);
  for (const [load, own] of Map.groupBy(records, (record) => record.concurrency)) {
    const windows = measuredWindows(own, load);
    assert.equal(new Set(windows.map(({ segment }) => segment)).size, windows.length, "one window a segment");
    const names = new Set(own.map(({ request_id, attempt }) => `${request_id}-${attempt}`));
    let sent = 0;
    let length_ms = 0;
    for (const { segment, start_ms, end_ms } of windows) {
      const at = (ms: number) => origins.get(segment!)! + BigInt(Math.round(ms * 1e6));
      const { started_ns, gone_ns } = lives.get(segment!)!;
      assert.ok(started_ns < at(start_ms), segment!);
      // In open loop a window lies later than its sends by the median service.
      const lastSend_ms = load === null ? end_ms - 2 * service_ms : end_ms;
      assert.ok(gone_ns === null || at(lastSend_ms) < gone_ns, segment!);
      sent += answers.filter(([name, ns]) => names.has(name) && at(start_ms) < ns && ns <= at(end_ms)).length;
      length_ms += end_ms - start_ms;
    }
    const ends = windows.map((window) => ({ ...window, counts: "ends" as const }));
    const counted = [...successesIn(ends, own)].length;
    assert.ok(Math.abs(counted - sent) <= windows.length, `${counted} counted, ${sent} sent by the server`);
    // Nobody is answered faster than the server does it.
    if (load !== null) assert.ok(counted / length_ms <= load / service_ms, `${counted} in ${length_ms} ms`);
  }
}

async function check(options: Omit<CutOptions, "cuts">): Promise<void> {
  const whole = uncutRun(options);
  await cutRun({ ...options, cuts: 20 }, async (run) => {
    const uncut = await whole;
    const bySegment = Map.groupBy(run.records, ({ segment }) => segment);
    const oldest = checkLoss(run);
    assert.ok(bySegment.size >= 3, "the load was resumed in its middle");
    checkOutcomes(run, uncut);
    assert.ok(
      oldest < statedLoss_ms + run.lag_ms,
      `an answer that came ${oldest} ms before the kill was lost`,
    );
    checkRates(run);
  });
}

const ignore = Deno.build.os !== "linux";

Deno.test(
  "two closed levels, killed with all their processes twenty times, end as if uncut",
  { ignore },
  () =>
    check({
      levels: [{ concurrency: 2, requests: 200 }, { concurrency: 4, requests: 260 }],
      workers: 1,
      victims: ["group"],
      seed: 1,
    }),
);

Deno.test(
  "an open loop of two workers ends as if uncut, whichever of its processes is killed",
  { ignore },
  () =>
    check({
      levels: [{ arrival: "poisson", concurrency: null, rates_rps: [60], requests: 360 }],
      workers: 2,
      victims: ["group", "group", "parent", "worker"],
      seed: 2,
    }),
);
