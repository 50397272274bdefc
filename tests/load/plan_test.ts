import assert from "node:assert/strict";
import { type Plan, requestId } from "../../lib/core/mod.ts";
import { type LevelSpec, planLoad } from "../../lib/load/mod.ts";
import { endpoint, planOf, spec } from "./made_up.ts";

const three = (name: string) =>
  [1, 2, 4].map((concurrency) =>
    spec({ endpoint: endpoint({ experiment_name: name }), concurrency, warmup_requests: 2, requests: 6 })
  );

Deno.test("the same options give the same plan, another seed another one", () => {
  const levels = [...three("a"), ...three("b")];
  assert.deepEqual(planOf(levels), planOf(levels));
  assert.notDeepEqual(planOf(levels, 10, 2).requests, planOf(levels).requests);
});

Deno.test("levels are numbered in the order of sending and alternate between experiments", () => {
  const { levels } = planOf([...three("a"), ...three("b")]).header;
  assert.deepEqual(levels.map(({ level }) => level), [0, 1, 2, 3, 4, 5]);
  for (const round of [0, 2, 4]) {
    const names = levels.slice(round, round + 2).map(({ endpoint }) => endpoint.experiment_name);
    assert.deepEqual(names.sort(), ["a", "b"]);
  }
  const loads = levels.filter(({ endpoint }) => endpoint.experiment_name === "a").map(({ concurrency }) =>
    concurrency
  );
  assert.deepEqual(loads.sort((x, y) => x! - y!), [1, 2, 4]);
});

Deno.test("warm-up requests come first and are counted apart from the measured ones", () => {
  const { requests } = planOf([spec({ warmup_requests: 2, requests: 3 })]);
  assert.deepEqual(requests.map(({ index, phase, slot, due_ms }) => [index, phase, slot, due_ms]), [
    [0, "warmup", 0, null],
    [1, "warmup", 1, null],
    [2, "measure", 0, null],
    [3, "measure", 1, null],
    [4, "measure", 0, null],
  ]);
});

Deno.test("a prompt is used again only after all were used once, and in another order", () => {
  const { requests } = planOf([spec({ requests: 25 })], 10);
  const turns = [0, 10, 20].map((from) =>
    requests.slice(from, from + 10).map(({ payload_id }) => payload_id)
  );
  assert.equal(new Set(turns[0]).size, 10);
  assert.equal(new Set(turns[1]).size, 10);
  assert.equal(new Set(turns[2]).size, 5);
  assert.notDeepEqual(turns[0], turns[1]);
  assert.deepEqual(requests.map(({ prompt_use }) => prompt_use), [
    ...Array(10).fill(1),
    ...Array(10).fill(2),
    ...Array(5).fill(3),
  ]);
});

Deno.test("experiments get the same prompts in the same order, loads another one", () => {
  const { header, requests } = planOf([...three("a"), ...three("b")]);
  const promptsOf = (name: string, concurrency: number) => {
    const found = header.levels.find((level) =>
      level.endpoint.experiment_name === name && level.concurrency === concurrency
    )!;
    return requests.filter(({ level }) => level === found.level).map(({ payload_id }) => payload_id);
  };
  assert.deepEqual(promptsOf("a", 2), promptsOf("b", 2));
  assert.notDeepEqual(promptsOf("a", 2), promptsOf("a", 4));
});

Deno.test("a request's id is the hash of what makes it that request", () => {
  const { requests } = planOf([spec({ requests: 2 })]);
  const of = { seed: 1, experiment_name: "exp-a", payload_file: "p.jsonl", load: "closed:2" };
  assert.deepEqual(requests.map(({ request_id }) => request_id), [
    requestId({ ...of, index: 0 }),
    requestId({ ...of, index: 1 }),
  ]);
  const all = planOf([...three("a"), ...three("b")]).requests;
  assert.equal(new Set(all.map(({ request_id }) => request_id)).size, all.length);
});

Deno.test("a level planned twice and a file without prompts are refused", () => {
  assert.throws(() => planOf([spec(), spec()]), /it is planned twice\. Give the experiments different names/);
  assert.throws(() => planOf([spec()], 0), /its payload file holds no prompt/);
});

const open = (changes: Partial<LevelSpec> = {}) =>
  spec({
    arrival: "poisson",
    concurrency: null,
    rates_rps: [5],
    requests: 200,
    warmup_requests: 3,
    ...changes,
  });

Deno.test("in open loop every request has its due time", () => {
  const plan = planOf([open()]);
  const [level] = plan.header.levels;
  assert.deepEqual([level!.concurrency, level!.request_rate_rps, level!.arrival], [null, 5, "poisson"]);
  assert.deepEqual(plan.requests.slice(0, 5).map(({ index, slot, phase }) => [index, slot, phase]), [
    [0, 0, "warmup"],
    [1, 1, "warmup"],
    [2, 2, "warmup"],
    [3, 3, "measure"],
    [4, 4, "measure"],
  ]);
  const due = plan.requests.map(({ due_ms }) => due_ms!);
  assert.deepEqual(due, due.toSorted((a, b) => a - b));
});

Deno.test("experiments get the same due times at the same load, loads others; the seed decides", () => {
  const dueOf = (plan: Plan, level: number) =>
    plan.requests.filter((request) => request.level === level).map(({ due_ms }) => due_ms);
  const plan = planOf([open(), open({ endpoint: endpoint({ experiment_name: "b" }) })]);
  assert.deepEqual(dueOf(plan, 0), dueOf(plan, 1));
  assert.notDeepEqual(dueOf(planOf([open()], 10, 2), 0), dueOf(plan, 0));
  assert.notDeepEqual(dueOf(planOf([open({ arrival: "gamma", burstiness: 0.5 })]), 0), dueOf(plan, 0));
});

Deno.test("a request's id names its arrival process and rate", () => {
  const of = { seed: 1, experiment_name: "exp-a", payload_file: "p.jsonl", index: 0 };
  const first = (changes: Partial<LevelSpec>) => planOf([open(changes)]).requests[0]!.request_id;
  assert.equal(first({}), requestId({ ...of, load: "poisson:5" }));
  assert.equal(first({ arrival: "gamma", burstiness: 0.5 }), requestId({ ...of, load: "gamma(0.5):5" }));
  assert.equal(
    first({ arrival: "ramp", rates_rps: [1, 9], duration_ms: 4000, requests: null }),
    requestId({ ...of, load: "ramp:1-9" }),
  );
});

Deno.test("a replayed trace chooses prompts by length and caps answers; its rate is that of its times", () => {
  const trace = [[0, 40, 7], [100, 10, 0], [400, 22, 9]].map(([at_ms, prompt_tokens, completion_tokens]) => ({
    at_ms: at_ms!,
    prompt_tokens: prompt_tokens!,
    completion_tokens: completion_tokens!,
  }));
  const plan = planLoad({
    seed: 1,
    config_hash: "c",
    version: "0",
    levels: [open({ arrival: "trace", rates_rps: [], trace, requests: null, warmup_requests: 0 })],
    payloads: () => [10, 20, 30, 40].map((tokens) => ({ payload_id: `p${tokens}`, prompt_tokens: tokens })),
  });
  assert.equal(plan.header.levels[0]!.request_rate_rps, 5); // 2 gaps in 0.4 s
  assert.deepEqual(
    plan.requests.map(({ due_ms, payload_id, max_tokens }) => [due_ms, payload_id, max_tokens]),
    [
      [0, "p40", 7],
      [100, "p10", undefined],
      [400, "p20", 9],
    ],
  );
});

Deno.test("schedules that make no sense are refused", () => {
  const refused = (changes: Partial<LevelSpec>, message: RegExp) =>
    assert.throws(() => planOf([open(changes)]), message);
  refused({ rates_rps: [] }, /rates: none; expected one rate of more than 0 a second/);
  refused({ rates_rps: [1, 2] }, /rates: 1, 2; expected one rate/);
  refused({ rates_rps: [0] }, /rates: 0/);
  refused({ arrival: "ramp", rates_rps: [1], duration_ms: 10 }, /at least 2 rates/);
  refused({ arrival: "step", rates_rps: [1, 2] }, /no duration; expected how long the rates change/);
  refused({ requests: null }, /no duration; expected a duration or a number of requests/);
  refused({ arrival: "trace", rates_rps: [] }, /no trace; expected a trace to replay/);
  refused({ max_in_flight: 0 }, /requests in flight at most: 0/);
});
