import assert from "node:assert/strict";
import { UserError } from "../../../lib/core/mod.ts";
import { mostCalls, planStudy } from "../../../lib/load/mod.ts";
import { lines, schedule, studyOptions, studyPlan, variant } from "./made_up.ts";

const minute = 60_000;

Deno.test("a study makes lines x invocations x rounds calls: each line as often in each round", () => {
  const { header, requests } = studyPlan();
  // 5 lines, 2 invocations, 2 rounds.
  assert.equal(requests.length, 20);
  for (const round of [1, 2]) {
    const own = requests.filter(({ call }) => call!.round === round).map(({ call }) => call!.scenario_id);
    assert.deepEqual(
      own.sort(),
      [...lines("a:p", "a:q", "a:r", "b:p", "b:q")].flatMap(({ scenario_id }) => [
        scenario_id,
        scenario_id,
      ]),
    );
  }
  assert.deepEqual(
    header.levels.map((
      { level, arrival, concurrency, request_rate_rps },
    ) => [level, arrival, concurrency, request_rate_rps]),
    [
      [0, "study", null, null],
      [1, "study", null, null],
    ],
  );
  assert.deepEqual(header.study, schedule());
});

Deno.test("calls of a block have one prompt on each of its variants, right after each other; blocks of a unit are one prompt in one round", () => {
  const { requests } = studyPlan();
  const level = new Map([["a", 0], ["b", 1]]);
  for (const own of Map.groupBy(requests, ({ call }) => call!.block).values()) {
    const [first] = own;
    assert.equal(new Set(own.map(({ payload_id }) => payload_id)).size, 1);
    assert.deepEqual(own.map(({ level }) => level).sort(), first!.payload_id === "r" ? [0] : [0, 1]);
    const at = requests.indexOf(first!);
    assert.deepEqual(requests.slice(at, at + own.length), own);
    for (const { call, payload_id, level: number } of own) {
      const [name = "", prompt] = call!.scenario_id.split(":");
      assert.deepEqual([level.get(name), prompt], [number, payload_id]);
    }
  }
  const blocks = requests.map(({ call }) => call!.block);
  assert.deepEqual(blocks, blocks.toSorted((a, b) => a - b));
  assert.deepEqual([...new Set(blocks)], Array.from({ length: 12 }, (_, i) => i));
  for (const own of Map.groupBy(requests, ({ call }) => call!.unit).values()) {
    assert.equal(new Set(own.map(({ payload_id, call }) => `${payload_id} ${call!.round}`)).size, 1);
    assert.equal(new Set(own.map(({ call }) => call!.block)).size, 2);
  }
});

Deno.test("ids are unique, indices count within the level, uses of a prompt from 1, the cap is the line's", () => {
  const { requests } = studyPlan();
  assert.equal(new Set(requests.map(({ request_id }) => request_id)).size, 20);
  for (const own of Map.groupBy(requests, ({ level }) => level).values()) {
    assert.deepEqual(own.map(({ index }) => index), own.map((_, i) => i));
    for (const same of Map.groupBy(own, ({ payload_id }) => payload_id).values()) {
      assert.deepEqual(same.map(({ prompt_use }) => prompt_use), [1, 2, 3, 4]);
    }
  }
  assert.ok(
    requests.every(({ phase, max_tokens, due_ms }) =>
      phase === "measure" && max_tokens === 50 && due_ms === null
    ),
  );
});

Deno.test("the same options give the same plan; another seed gives another order of groups and of variants", () => {
  const order = (seed: number) =>
    studyPlan({ seed, rounds: 10 }).requests.map(({ call }) => call!.scenario_id);
  assert.deepEqual(studyPlan(), studyPlan());
  assert.notDeepEqual(order(1), order(2));
  const firsts = Map.groupBy(studyPlan({ rounds: 20 }).requests, ({ call }) => call!.block).values()
    .filter((own) => own.length === 2).map(([first]) => first!.level);
  // 80 blocks with both variants: each begins about half of them. 22 to 58 holds all but 1 seed in 10,000.
  const begun = [...firsts].filter((level) => level === 0).length;
  assert.ok(begun >= 22 && begun <= 58, `${begun} of 80`);
});

Deno.test("with calls a minute a call is due at every gap, later by a part of the jitter, and blocks of all units are mixed", () => {
  const even = studyPlan({ schedule: schedule({ calls_per_minute: 10 }) });
  assert.deepEqual(even.requests.map(({ due_ms }) => due_ms), Array.from({ length: 20 }, (_, k) => k * 6000));
  // 10 a minute are a sixth a second: 3 of 5 lines are a's.
  assert.deepEqual(even.header.levels.map(({ request_rate_rps }) => request_rate_rps), [0.1, 0.06667]);
  const drawn = studyPlan({ schedule: schedule({ calls_per_minute: 10, jitter: 0.5 }), rounds: 50 }).requests;
  const late = drawn.map(({ due_ms }, k) => due_ms! - k * 6000);
  assert.ok(late.every((ms) => ms >= 0 && ms <= 3000) && Math.max(...late) > 2500 && Math.min(...late) < 500);
  const order = even.requests.filter(({ call }) => call!.round === 1).map(({ payload_id }) => payload_id);
  assert.deepEqual(order.toSorted(), ["p", "p", "p", "p", "q", "q", "q", "q", "r", "r"]);
  assert.ok(
    Array.from({ length: 10 }, (_, seed) => studyPlan({ seed, schedule: schedule({ calls_per_minute: 10 }) }))
      .some(({ requests }) => requests[0]!.call!.unit !== requests[2]!.call!.unit),
  );
});

Deno.test("a duration has exactly its minutes times the calls a minute, in as many rounds as that takes", () => {
  const plan = (changes: Parameters<typeof schedule>[0], rounds: number | null = null) =>
    studyPlan({ rounds, schedule: schedule(changes) }).requests;
  const day = plan({ calls_per_minute: 10, duration_ms: 1440 * minute });
  assert.equal(day.length, 14_400);
  assert.equal(day.at(-1)!.call!.round, 1440);
  assert.equal(plan({ calls_per_minute: 1.5, duration_ms: 3 * minute }).length, 5);
  assert.equal(plan({ calls_per_minute: 10, duration_ms: 1440 * minute }, 2).length, 20, "rounds come first");
});

Deno.test("a duration without due times has as many calls as its pauses allow", () => {
  // Without jitter a unit takes one pause of a minute: two of them begin in each lane, the second one has no time for its second block.
  const { requests } = studyPlan({
    rounds: null,
    scenarios: lines("a:p", "a:q", "a:r"),
    levels: [variant("a")],
    schedule: schedule({ duration_ms: 2 * minute, parallel_calls: 2 }),
  });
  // Each lane: blocks at 0 and 1 minute, and at 1 minute the first block of the next unit; that at 2 minutes is too late.
  assert.equal(requests.length, 2 * 3);
});

Deno.test("a plan that makes no sense is refused", () => {
  const refused = (changes: Parameters<typeof studyOptions>[0], message: RegExp) =>
    assert.throws(
      () => planStudy(studyOptions(changes)),
      (error) => error instanceof UserError && message.test(error.message),
    );
  refused({ scenarios: [] }, /no scenario/);
  refused({ scenarios: lines("c:p") }, /nothing is known of its variant c/);
  refused({ levels: [variant("a"), variant("a")] }, /planned twice/);
  refused({ rounds: null }, /neither rounds nor a duration/);
  refused({ rounds: mostCalls / 10 + 1 }, /more than 2,000,000 calls/);
  refused(
    { rounds: null, schedule: schedule({ calls_per_minute: 1000, duration_ms: 2001 * minute }) },
    /more than 2,000,000/,
  );
});
