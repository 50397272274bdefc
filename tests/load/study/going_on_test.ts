/** What is left of a study, and how it is shared out. */

import assert from "node:assert/strict";
import type { RequestRecord } from "../../../lib/core/mod.ts";
import { outcomeOf, remainingPlan } from "../../../lib/load/mod.ts";
import { HopelessVariants } from "../../../lib/load/study/hopeless_variants.ts";
import { restartGaps } from "../../../lib/load/study/restart.ts";
import { sharedStudy } from "../../../lib/load/study/sharing.ts";
import { record } from "../made_up.ts";
import { schedule, studyPlan } from "./made_up.ts";

const minute = 60_000;
const due = schedule({ calls_per_minute: 1, duration_ms: 20 * minute });

Deno.test("what is left is due at once, as far apart as planned, within what is left of the duration", () => {
  const plan = studyPlan({ schedule: due });
  const done = plan.requests.slice(0, 8).map(({ request_id }) => record({ request_id }));
  const rest = remainingPlan(plan, done);
  assert.deepEqual(
    rest.requests.map(({ request_id }) => request_id),
    plan.requests.slice(8).map(({ request_id }) => request_id),
  );
  assert.deepEqual(
    rest.requests.map(({ due_ms }) => due_ms),
    Array.from({ length: 12 }, (_, k) => k * minute),
  );
  assert.equal(rest.header.study!.duration_ms, 12 * minute);
  const gap = remainingPlan(plan, done.slice(0, 3).concat(done.slice(4)));
  assert.deepEqual(
    gap.requests.slice(0, 3).map(({ due_ms }) => due_ms),
    [0, minute, 2 * minute],
    "no hole, no burst",
  );
});

Deno.test("without due times the duration is less by what the study has run, its gaps not counted", () => {
  const plan = studyPlan({ schedule: schedule({ duration_ms: 60 * minute }) });
  const at = (i: number, segment: string, ended_ms: number) =>
    record({ request_id: plan.requests[i]!.request_id, segment, sent_ms: ended_ms - 1, ended_ms });
  const gaps = [
    { kind: "network", ms: 4 * minute },
    { kind: "sleep", ms: 500 * minute },
    { kind: "restart", ms: 900 * minute },
  ] as const;
  const told = gaps.map((gap) => ({ ...gap, from_at: "", until_at: null, detail: "" }));
  const rest = remainingPlan(
    plan,
    [at(0, "s1", minute), at(1, "s1", 14 * minute), at(2, "s2", 5 * minute)],
    new Map(),
    told,
  );
  assert.equal(rest.header.study!.duration_ms, 45 * minute);
  assert.equal(rest.requests.length, 17);
});

Deno.test("calls that an outage or ended keys took are sent again after a restart; what failed for itself is not", () => {
  const plan = studyPlan();
  const row = (i: number, changes: Partial<RequestRecord>) =>
    record({
      request_id: plan.requests[i]!.request_id,
      segment: "s1",
      sent_ms: i * 1000,
      ended_ms: i * 1000 + 500,
      ...changes,
    });
  const network = { status: "error", error_kind: "network", error_message: "refused" } as const;
  const records = [
    row(0, network),
    row(1, { status: "ok" }),
    row(2, { status: "error", error_kind: "http", http_status: 500 }),
    row(3, {
      status: "error",
      error_kind: "http",
      http_status: 403,
      error_message: "HTTP 403 ExpiredTokenException: over",
    }),
    row(4, network),
    row(5, { ...network, attempt: 3 }),
    row(6, { status: "cancelled" }),
  ];
  const rest = remainingPlan(plan, records).requests;
  assert.deepEqual(rest.slice(0, 4).map(({ request_id, attempts_before }) => [request_id, attempts_before]), [
    [plan.requests[3]!.request_id, 1],
    [plan.requests[4]!.request_id, 1],
    [plan.requests[5]!.request_id, 3],
    [plan.requests[6]!.request_id, 1],
  ]);
  assert.equal(rest.length, 17);
});

Deno.test("what a study left unsent when it had what it needs is not missing", () => {
  const plan = studyPlan();
  const records = [record({ request_id: plan.requests[0]!.request_id })];
  const ends = new Map([[0, "precision"], [1, "precision"]] as const);
  assert.deepEqual(remainingPlan(plan, records, ends).requests, []);
  const { planned, ok, pending } = outcomeOf(plan, records, ends);
  assert.deepEqual([planned, ok, pending], [1, 1, 0]);
});

Deno.test("squads share lanes by their calls, and quotas evenly, each at least one", () => {
  const quota = { levels: [0, 1], requests_per_minute: 101, tokens_per_minute: null };
  const plan = studyPlan({ schedule: schedule({ parallel_calls: 10, quotas: [quota] }) });
  const plans = [0, 1].map((level) => ({
    ...plan,
    requests: plan.requests.filter((request) => request.level === level),
  }));
  // 12 calls and 8.
  assert.deepEqual(
    sharedStudy(plans).map(({ header: { study } }) => [study!.parallel_calls, study!.quotas]),
    [
      [6, [{ levels: [0], requests_per_minute: 50, tokens_per_minute: null }]],
      [4, [{ levels: [1], requests_per_minute: 50, tokens_per_minute: null }]],
    ],
  );
  assert.equal(sharedStudy([plan])[0], plan);
});

Deno.test("a variant is left out when its last 20 calls were all refused for themselves and too many failed", () => {
  const refused = { status: "error", error_kind: "validation", http_status: 400 } as const;
  const ok = { status: "ok", error_kind: null, http_status: 200 } as const;
  const left = (
    ends: readonly Parameters<HopelessVariants["joinedBy"]>[1][],
    stop_error_rate: number | null = 0.3,
  ) => {
    const hopeless = new HopelessVariants([{ stop_error_rate }, { stop_error_rate }]);
    const at = ends.findIndex((end) => hopeless.joinedBy(1, end));
    assert.equal(hopeless.has(0), false);
    return hopeless.has(1) ? at : null;
  };
  const times = <T>(count: number, end: T) => Array.from({ length: count }, () => end);
  assert.equal(left(times(20, refused)), 19);
  assert.equal(left(times(20, refused), null), null);
  assert.equal(left([...times(19, refused), ok, ...times(19, refused)]), null);
  assert.equal(left([...times(100, ok), ...times(42, refused)]), null, "42 of 142 are not more than 30 %");
  assert.equal(left([...times(100, ok), ...times(43, refused)]), 142);
  for (
    const passing of [
      { status: "error", error_kind: "throttled", http_status: 429 },
      { status: "error", error_kind: "http", http_status: 503 },
      { status: "error", error_kind: "http", http_status: 429 },
      { status: "error", error_kind: "network", http_status: null },
      { status: "error", error_kind: "timeout", http_status: null },
    ] as const
  ) assert.equal(left(times(100, passing)), null);
  assert.equal(left(times(20, { status: "error", error_kind: "http", http_status: 403 })), 19);
});

Deno.test("a resumed study tells how long it stood still, and of the outage in which it was interrupted", async () => {
  const run_dir = await Deno.makeTempDir();
  try {
    assert.deepEqual(await restartGaps(run_dir), []);
    await Deno.mkdir(`${run_dir}/requests`);
    const begun = Date.UTC(2026, 10, 22);
    const at = (ms: number) => new Date(begun + ms).toISOString();
    const row = (sent_ms: number, changes: Partial<RequestRecord>) =>
      record({ sent_ms, ended_ms: sent_ms + 500, sent_at: at(sent_ms), ...changes });
    const lost = { status: "error", error_kind: "network", error_message: "no route" } as const;
    const write = (...rows: RequestRecord[]) =>
      Deno.writeTextFile(
        `${run_dir}/requests/s1-w0.jsonl`,
        [{ schema: "fmbench.journal/1" }, ...rows].map((line) => JSON.stringify(line) + "\n").join(""),
      );
    const gaps = async () =>
      (await restartGaps(run_dir, begun + 60_000)).map((
        { kind, from_at, until_at, ms },
      ) => [kind, from_at, until_at, ms]);
    await write(row(0, lost), row(1000, {}), row(2000, lost));
    assert.deepEqual(await gaps(), [["restart", at(2500), at(60_000), 57_500]]);
    await write(row(0, {}), row(1000, lost), row(2000, lost), row(8000, lost));
    assert.deepEqual(await gaps(), [
      ["network", at(1000), at(8500), 7500],
      ["restart", at(8500), at(60_000), 51_500],
    ]);
  } finally {
    await Deno.remove(run_dir, { recursive: true });
  }
});
