import assert from "node:assert/strict";
import type { Level, Payload, RequestRecord } from "../../lib/core/mod.ts";
import { seededRandom, systemClock, urlsOf } from "../../lib/core/mod.ts";
import { Balancer } from "../../lib/load/balancer.ts";
import { InFlight } from "../../lib/load/in_flight.ts";
import { LevelRun } from "../../lib/load/level_run.ts";
import type { LevelSpec } from "../../lib/load/mod.ts";
import { openPredictors } from "../../lib/load/predictors.ts";
import { openTransports } from "../../lib/transport/mod.ts";
import { type Script, scriptedServer } from "../transport/scripted_server.ts";
import { response } from "../transport/scripted_server.ts";
import { endpoint, payload, planOf, spec } from "./made_up.ts";

const ok = { status: "ok", error_kind: null, http_status: 200, stale: false } as const;
const refused = { status: "error", error_kind: "network", http_status: null, stale: false } as const;

/** A balancer whose turns begin with the first copy, on a clock that the test sets. */
function balancer(count: number) {
  const clock = { now: 0 };
  return { clock, shares: new Balancer(count, { below: () => 0 }, () => clock.now) };
}

Deno.test("a request goes to the copy with the least in flight; of several they take turns", () => {
  const { shares } = balancer(3);
  assert.deepEqual([shares.take(), shares.take(), shares.take(), shares.take()], [0, 1, 2, 0]);
  shares.ended(2, ok);
  // In flight now: 2, 1, 0.
  assert.deepEqual([shares.take(), shares.take(), shares.take()], [2, 1, 2]);
});

Deno.test("where turns begin is drawn from the seed, so that workers begin with different copies", () => {
  const first = (worker: string) => new Balancer(4, seededRandom(1, ["copy", worker, 0]), () => 0).take();
  assert.equal(first("w0"), first("w0"));
  assert.ok(new Set(["w0", "w1", "w2", "w3", "w4", "w5"].map(first)).size > 1);
});

Deno.test("what failed goes to another copy, if there is one that does not rest", () => {
  const { shares } = balancer(2);
  shares.take(1);
  // 1 in flight at the first copy, 0 at the second, which failed it before.
  assert.equal(shares.take(1), 0);
  assert.equal(new Balancer(1, { below: () => 0 }, () => 0).take(0), 0);
});

Deno.test("a copy that can't be reached rests, twice as long after each failure; the other gets everything meanwhile", () => {
  const { clock, shares } = balancer(2);
  shares.ended(shares.take(), refused);
  assert.deepEqual([shares.take(), shares.take(), shares.take(0)], [1, 1, 1]);
  clock.now = 999;
  assert.equal(shares.take(), 1);
  clock.now = 1000;
  assert.equal(shares.take(), 0);
  shares.ended(0, refused);
  clock.now = 2999;
  assert.equal(shares.take(), 1);
  clock.now = 3000;
  assert.equal(shares.take(), 0);
  shares.ended(0, ok);
  assert.equal(shares.take(), 0);
  shares.ended(0, refused);
  // An answer in between: it begins with a second again.
  clock.now = 4000;
  assert.equal(shares.take(), 0);
});

Deno.test("a refusal of one request, a full queue or a stale connection is no reason to rest; a fault inside is one", () => {
  const after = (failure: Partial<typeof refused> | Record<string, unknown>) => {
    const { shares } = balancer(2);
    shares.ended(shares.take(), { ...refused, ...failure } as Parameters<Balancer["ended"]>[1]);
    shares.take();
    return shares.take() === 0;
  };
  assert.equal(after({ error_kind: "http", http_status: 400 }), true);
  assert.equal(after({ error_kind: "throttled", http_status: 429 }), true);
  assert.equal(after({ stale: true }), true);
  assert.equal(after({ status: "cancelled", error_kind: null }), true);
  assert.equal(after({ error_kind: "http", http_status: 503 }), false);
});

Deno.test("what was made ahead goes where it was meant to, unless another copy has less by then", () => {
  const { shares } = balancer(2);
  const ahead = shares.take();
  assert.equal(shares.stillFits(ahead), true);
  shares.take(1);
  // Another one went to the first copy as well: with both it has 2, the second none.
  assert.equal(shares.stillFits(ahead), false);
  shares.release(ahead);
  assert.equal(shares.take(), 1);
});

interface Run {
  readonly records: readonly RequestRecord[];
  readonly counts: readonly number[];
}

/** A level against servers, as a worker sends it. */
async function sendTo(urls: readonly string[], changes: Partial<LevelSpec>): Promise<Run> {
  const target = endpoint({ url: urls[0]!, replicas: urls });
  const { header, requests } = planOf([spec({ endpoint: target, stream: false, ...changes })], 5);
  const level: Level = header.levels[0]!;
  const transports = openTransports("user");
  const records: RequestRecord[] = [];
  const stop = new AbortController();
  const predictors = await openPredictors([level], requests, {
    transports,
    credentials: () => null,
    env: () => undefined,
  });
  const rows: Payload[] = Array.from({ length: 5 }, (_, i) => payload(`p${i}`));
  try {
    const transport = transports.for(level.endpoint.url);
    const run = new LevelRun(level, requests, {
      seed: 1,
      predictors: predictors.get(level.level)!,
      attempts: { transport, segment: "s1", worker: "w0", origin_at_ms: Date.now(), signal: stop.signal },
      inFlight: new InFlight(stop.signal),
      journal: {
        append: (record) => void records.push(typeof record === "function" ? record() : record),
        flush: () => Promise.resolve(),
        close: () => Promise.resolve(),
      },
      payloads: new Map([["p.jsonl", new Map(rows.map((row) => [row.payload_id, row]))]]),
      clock: { ...systemClock, now: () => transport.now() },
      expected: new Map(),
    });
    await run.run(transport.now(), stop.signal);
  } finally {
    transports.close();
  }
  const sums = urls.map((_, copy) => records.filter(({ replica }) => replica === copy).length);
  return { records, counts: sums };
}

const body = JSON.stringify({ choices: [{ message: { content: "a" }, finish_reason: "stop" }] });
const answering = (service_ms: number): Script => async ({ send, pause }) => {
  await pause(service_ms);
  await send(response(body, "200 OK", "application/json"));
};

Deno.test("closed loop: of two like copies each gets half, and the column says which", async () => {
  using first = scriptedServer(answering(4));
  using second = scriptedServer(answering(4));
  const { records, counts } = await sendTo([first.url, second.url], { requests: 200, concurrency: 8 });
  assert.equal(records.every(({ status }) => status === "ok"), true);
  assert.deepEqual(counts, [first.requests.length, second.requests.length]);
  // 10 % of a half.
  assert.ok(Math.abs(counts[0]! - 100) <= 10, String(counts));
});

Deno.test("a copy that takes five times as long gets fewer requests, and no request waits for a turn", async () => {
  using slow = scriptedServer(answering(50));
  using quick = scriptedServer(answering(10));
  const { counts } = await sendTo([slow.url, quick.url], { requests: 120, concurrency: 4 });
  assert.equal(counts[0]! + counts[1]!, 120);
  // With two in flight at each, rates are as 1 to 5; turns in order would give 60.
  assert.ok(counts[0]! < 40, String(counts));
});

Deno.test("open loop too: the slow copy gets fewer", async () => {
  using slow = scriptedServer(answering(60));
  using quick = scriptedServer(answering(5));
  const { counts } = await sendTo([slow.url, quick.url], {
    ...{ arrival: "constant", concurrency: null, rates_rps: [200], requests: 100 },
  });
  assert.equal(counts[0]! + counts[1]!, 100);
  assert.ok(counts[0]! < 40, String(counts));
});

Deno.test("a dead copy: its failures are rows, the others go on, and a request that is tried again goes elsewhere", async () => {
  using alive = scriptedServer(answering(5));
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const dead = `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}/v1`;
  listener.close();
  const plain = await sendTo([dead, alive.url], { requests: 100, concurrency: 4 });
  const failed = plain.records.filter(({ status }) => status === "error");
  assert.ok(failed.length >= 1 && failed.length <= 8, `${failed.length} failed`);
  assert.ok(failed.every(({ replica, error_kind }) => replica === 0 && error_kind === "network"));
  assert.equal(plain.counts[1], 100 - failed.length);
  const retried = await sendTo([dead, alive.url], {
    ...{ requests: 100, concurrency: 4, retry: { attempts: 2, backoff_ms: 1, on: ["network"] } },
  });
  const last = Map.groupBy(retried.records, ({ request_id }) => request_id);
  assert.equal(last.size, 100);
  for (const attempts of last.values()) {
    assert.deepEqual(attempts.at(-1)!.status, "ok");
    assert.equal(attempts.at(-1)!.replica, 1);
  }
});

Deno.test("one copy is not balanced: no column, and endpoints reached by a name never are", async () => {
  using only = scriptedServer(answering(1));
  const { records } = await sendTo([only.url], { requests: 4 });
  assert.deepEqual([...new Set(records.map(({ replica }) => replica))], [null]);
  const copies = { url: "http://a", replicas: ["http://a", "http://b"] };
  assert.deepEqual(urlsOf({ ...copies, predictor: "openai_chat" }), ["http://a", "http://b"]);
  assert.deepEqual(urlsOf({ ...copies, predictor: "sagemaker" }), ["http://a"]);
});
