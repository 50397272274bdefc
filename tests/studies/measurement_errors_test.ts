/** Each of the twenty measurement errors that the first tool for such studies had, shown to be absent from this one. */

import assert from "node:assert/strict";
import { JSDOM } from "jsdom";
import { type RequestRecord, simulatedCredentials, type StudyFigures } from "../../lib/core/mod.ts";
import { openRequests, requestsFrame, studyFigures } from "../../lib/analyze/mod.ts";
import { studyBoxes } from "../../lib/chart/mod.ts";
import { derivedExperiment } from "../../lib/config/study_experiment.ts";
import { readScenarios } from "../../lib/config/scenario_file.ts";
import { runLoad } from "../../lib/load/mod.ts";
import { planStudy } from "../../lib/load/study/plan.ts";
import { RunningTime } from "../../lib/load/study/running_time.ts";
import { studyLoop } from "../../lib/load/study/study_loop.ts";
import { clusteredPercentile, estimatePercentile, sorted } from "../../lib/metrics/mod.ts";
import { readJournal, writeJsonLines } from "../../lib/storage/mod.ts";
import { userTransport } from "../../lib/transport/mod.ts";
import { failure, inRun, journal, record } from "../analyze/generated_run.ts";
import { FakeClock } from "../load/fake_clock.ts";
import { payload, planOf, spec } from "../load/made_up.ts";
import { response, type Script, type ScriptedServer, scriptedServer } from "../transport/scripted_server.ts";
import {
  begins,
  call,
  chunkOf,
  converseHead,
  ends,
  lastChunk,
  says,
  stamped,
  thinks,
  variant,
} from "./scripted_bedrock.ts";

/** What a variant is called in these tests. */
const name = "model us-east-2 optimized";
const asked = {
  experiment_name: name,
  model_id: "model",
  region: "us-east-2",
  profile: "optimized",
  service_tier: null,
} as const;

/** The figures of calls by one variant. */
function figuresOf(records: readonly RequestRecord[]): StudyFigures {
  const requests = requestsFrame(records.map((each) => ({ ...each, experiment_name: name })));
  return studyFigures(requests, { experiments: [asked], gaps: [], precision: null });
}

/** So many calls with a prompt each, a second apart, warm, served as asked unless told otherwise. */
function calls(count: number, more: (i: number) => Partial<RequestRecord> = () => ({})): RequestRecord[] {
  return Array.from({ length: count }, (_, i) =>
    record({
      ...{ payload_id: `p${i}`, region: "us-east-2", connection_reused: true, connection_ahead: null },
      ...{ asked_latency_mode: "optimized", served_latency_mode: "optimized" },
      ...{ sent_ms: i * 1000, ended_ms: i * 1000 + 900 },
      sent_at: new Date(Date.UTC(2026, 0, 1) + i * 1000).toISOString(),
      ...more(i),
    }));
}

/** An answer of two tokens over a socket, each after a pause. */
const twoTokens = (wait_ms: number): Script => async ({ send, pause }) => {
  await pause(wait_ms);
  await send(converseHead);
  await send(chunkOf(begins, says("a")));
  await pause(wait_ms);
  await send(chunkOf(says("b"), ends("end_turn")));
  await send(lastChunk);
};

/** Runs a test against a server over a socket. */
async function against(script: Script, test: (server: ScriptedServer) => Promise<void>): Promise<void> {
  using server = scriptedServer(script);
  await test(server);
}

const throttledAnswer = response(
  '{"message":"Too many requests"}',
  "429 Too Many Requests",
  "application/json",
);

Deno.test("error 1 is absent: the speed of an answer does not hold the wait for its first token", async () => {
  // 50 tokens, the first after `ttft_ms`, the last a second later: 49 tokens in that second.
  const answer = (ttft_ms: number) =>
    stamped([
      [ttft_ms, begins, says("t")],
      ...Array.from({ length: 49 }, (_, i) => [ttft_ms + (i + 1) * 1000 / 49, says("t")] as const),
      [ttft_ms + 1000, ends("end_turn", { output: 50 })],
    ]);
  const slow = await call({ transport: answer(2000) });
  assert.deepEqual([slow.ttft_ms, slow.e2e_ms, slow.completion_tokens], [2000, 3000, 50]);
  assert.equal(slow.output_tokens_per_s, 49);
  // 50 tokens / 3 s = 16.67 is what the original said, and 45.45 had the first token come after 0.1 s.
  const soon = await call({ transport: answer(100) });
  assert.equal(soon.output_tokens_per_s, slow.output_tokens_per_s);
});

Deno.test("error 2 is absent: of the speed it is the slow tail that is given, and not the fast one alone", () => {
  // Speeds 1 to 100: the 10th percentile lies at 1 + 0.1 x 99 = 10.9.
  const { variants: [found] } = figuresOf(calls(100, (i) => ({ output_tokens_per_s: i + 1 })));
  const { p10, p90 } = found!.output_tokens_per_s;
  assert.ok(
    Math.abs(p10.value! - 10.9) < 1e-9 && Math.abs(p90.value! - 90.1) < 1e-9,
    `${p10.value} ${p90.value}`,
  );
});

Deno.test("error 3 is absent: a refusal is one request and one row, and what is sent again has a row and times of its own", async () => {
  await against(({ send }) => send(throttledAnswer), async (server) => {
    const row = await call({ url: server.url });
    assert.equal(server.requests.length, 1);
    assert.deepEqual([row.status, row.error_kind, row.http_status, row.ttft_ms], [
      "error",
      "throttled",
      429,
      null,
    ]);
  });
  let n = 0;
  const once: Script = (on) => n++ === 0 ? on.send(throttledAnswer) : twoTokens(20)(on);
  await load(
    once,
    { requests: 1, retry: { attempts: 2, backoff_ms: 300, on: ["throttled"] } },
    ({ server, rows }) => {
      assert.equal(server.requests.length, 2);
      assert.deepEqual(rows.map(({ attempt, status }) => [attempt, status]), [[1, "error"], [2, "ok"]]);
      const [first, second] = rows;
      // The refusal, and the wait after it, are in the response time alone.
      assert.ok(second!.sent_ms! > first!.ended_ms!);
      assert.ok(second!.ttft_ms! >= 19 && second!.ttft_ms! <= second!.ended_ms! - second!.sent_ms!);
      const apart = (a: number | null, b: number) => Math.abs(a! - b);
      assert.ok(apart(second!.e2e_ms, second!.ended_ms! - second!.sent_ms!) < 0.002);
      assert.ok(apart(second!.response_ms, second!.ended_ms! - first!.sent_ms!) < 0.002);
    },
  );
});

Deno.test("error 4 is absent: the sampling settings that a scenario gives are those in the plan and in the body, and no others", async () => {
  const bodyOf = async (line: object) => {
    const text = JSON.stringify({
      text_prompt: "Why?",
      model_id: "us.vendor.model-v1:0",
      region: "us-east-2",
      ...line,
    });
    const { variants: [found], scenarios: [scenario] } = readScenarios(text, {
      ...{ path: "/study/s.jsonl", shown: "s.jsonl", simulated: false },
    });
    const { inference_spec } = derivedExperiment(found!, {}, "p.jsonl") as {
      inference_spec: { parameters?: Record<string, unknown> };
    };
    const { parameters = {} } = inference_spec;
    const transport = stamped([[10, begins, says("a")], [20, ends("end_turn")]]);
    const { max_tokens } = scenario!.prompt;
    const row = await call({ transport, level: { parameters }, max_tokens });
    return { parameters, row, body: JSON.parse(transport.bodies[0]!) };
  };
  const given = await bodyOf({ expected_output_tokens: 50, temperature: 0.3, top_p: 0.9 });
  assert.deepEqual(given.parameters, { temperature: 0.3, top_p: 0.9 });
  assert.deepEqual(given.body.inferenceConfig, { maxTokens: 50, temperature: 0.3, topP: 0.9 });
  assert.equal(given.row.max_tokens, 50);
  const bare = await bodyOf({ expected_output_tokens: 7 });
  assert.deepEqual([bare.parameters, bare.body.inferenceConfig, bare.row.max_tokens], [
    {},
    { maxTokens: 7 },
    7,
  ]);
});

Deno.test("error 5 is absent: what was served is kept beside what was asked for, and standard ones are in no optimized figure", async () => {
  const answer = (served: "standard" | "optimized") =>
    stamped([[10, begins, says("a")], [20, says("b"), ends("end_turn", { served })]]);
  const rows = [];
  for (const served of ["optimized", "standard"] as const) {
    const row = await call({ transport: answer(served), profile: "optimized" });
    rows.push([row.asked_latency_mode, row.served_latency_mode]);
  }
  assert.deepEqual(rows, [["optimized", "optimized"], ["optimized", "standard"]]);
  // 15 of 100 were served as standard, in 500 ms in place of 100.
  const { variants: [found] } = figuresOf(
    calls(100, (i) => i % 20 < 3 ? { served_latency_mode: "standard", ttft_ms: 500 } : { ttft_ms: 100 }),
  );
  assert.deepEqual([found!.served_as_asked, found!.served_otherwise, found!.calls], [85, 15, 100]);
  const { p50, p90 } = found!.ttft_ms;
  assert.deepEqual([p50.n, p50.value, p90.value], [85, 100, 100]);
});

Deno.test("error 6 is absent: the service's own time is kept, and the network is told apart from it", async () => {
  const row = await call({
    transport: stamped([[300, begins, says("a")], [400, ends("end_turn", { latency_ms: 321 })]]),
  });
  assert.deepEqual([row.server_latency_ms, row.e2e_ms], [321, 400]);
  const { variants: [found] } = figuresOf(calls(10, () => ({ e2e_ms: 1000, server_latency_ms: 900 })));
  assert.deepEqual([found!.server_ms.p50.value, found!.network_ms.p50.value], [900, 100]);
});

Deno.test("error 7 is absent: timeouts, resets and streams without an answer are rows, and count", async () => {
  const scripts: Readonly<Record<string, Script>> = {
    silent: () => {},
    closed: ({ close }) => close(),
    cut: async ({ send, close }) => {
      await send(converseHead);
      await send(chunkOf(begins, says("a")));
      close();
    },
    empty: async ({ send }) => {
      await send(converseHead);
      await send(lastChunk);
    },
  };
  const kinds: Record<string, string | null> = {};
  for (const [what, script] of Object.entries(scripts)) {
    await against(script, async (server) => {
      const row = await call({ url: server.url, level: { timeout_ms: what === "silent" ? 300 : 10_000 } });
      kinds[what] = row.error_kind;
      assert.deepEqual([row.status, row.ttft_ms, row.e2e_ms], ["error", null, null], what);
      assert.ok(row.sent_at !== null && row.error_message !== null, what);
    });
  }
  assert.deepEqual(kinds, { silent: "timeout", closed: "network", cut: "stream", empty: "stream" });
  const { variants: [found] } = figuresOf([
    ...calls(6),
    ...["timeout", "network", "stream", "http"].map((error_kind) =>
      failure({ error_kind: error_kind as "timeout", sent_at: "2026-01-01T00:01:00.000Z" })
    ),
  ]);
  assert.deepEqual([found!.calls, found!.ok, found!.error_rate.value], [10, 6, 0.4]);
  // Calls that fail at once, with a pause of a second between two: it is kept.
  const { sent } = await sentTimes({
    ...{ parallel_calls: 1, calls_per_minute: null, pause_ms: 1000, takes_ms: 0 },
    ...{ variants: ["a"], prompts: ["p0"], invocations: 5, rounds: 1 },
  });
  assert.deepEqual(sent, [0, 1000, 2000, 3000, 4000]);
});

Deno.test("error 8 is absent: a reasoning delta first is told apart from the first visible text", async () => {
  const row = await call({
    transport: stamped([[50, begins, thinks("hm")], [550, says("a")], [
      600,
      says("b"),
      ends("end_turn", { output: 3 }),
    ]]),
  });
  assert.deepEqual([row.ttft_ms, row.ttft_visible_ms, row.completion], [50, 550, "ab"]);
});

Deno.test("error 9 is absent: the stop reason is kept, and answers that the cap cut off are counted", async () => {
  const row = await call({ transport: stamped([[10, begins, says("a")], [20, ends("max_tokens")]]) });
  assert.deepEqual([row.status, row.stop_reason], ["ok", "max_tokens"]);
  const { variants: [found] } = figuresOf(
    calls(10, (i) => ({ stop_reason: i < 4 ? "max_tokens" : "end_turn" })),
  );
  assert.equal(found!.cut, 4);
});

Deno.test("error 10 is absent: a step of the wall clock moves no latency, and times are kept to the microsecond", async () => {
  const wall = Date.now;
  try {
    await against(async (on) => {
      await on.send(converseHead);
      await on.pause(30);
      await on.send(chunkOf(begins, says("a")));
      Date.now = () => wall() - 3_600_000;
      await on.pause(30);
      await on.send(chunkOf(says("b"), ends("end_turn")));
      await on.send(lastChunk);
    }, async (server) => {
      const row = await call({ url: server.url });
      assert.ok(row.ttft_ms! >= 29 && row.e2e_ms! >= 59 && row.e2e_ms! < 5000, String(row.e2e_ms));
      assert.ok(row.output_tokens_per_s! > 0, String(row.output_tokens_per_s));
    });
  } finally {
    Date.now = wall;
  }
  const row = await call({
    transport: stamped([[100.1234, begins, says("a")], [101.3571, says("b")], [103.2226, ends("end_turn")]]),
  });
  assert.deepEqual([row.ttft_ms, row.e2e_ms], [100.123, 103.223]);
  // One token in 101.357 - 100.123 = 1.234 ms.
  assert.ok(Math.abs(row.output_tokens_per_s! - 1000 / 1.234) < 0.01, String(row.output_tokens_per_s));
});

Deno.test("error 11 is absent: calls are made at the rate that is asked for, up to the last one, whatever answers take", async () => {
  // 240 a minute is one every 250 ms; answers take 700 ms, so that two or three are in flight: at 0, 250 and 500 ms, from 700 on.
  const { sent, most } = await sentTimes({
    ...{ parallel_calls: 4, calls_per_minute: 240, takes_ms: 700 },
    ...{ variants: ["a", "b", "c"], prompts: ["p0", "p1"], invocations: 2, rounds: 2 },
  });
  // Lines x invocations x rounds: 6 x 2 x 2.
  assert.deepEqual(sent, Array.from({ length: 24 }, (_, i) => i * 250));
  assert.equal(most, 3);
});

/** When the calls of a study are made, in milliseconds, and how many were in flight at most; no clock runs. */
async function sentTimes(study: {
  readonly parallel_calls: number;
  readonly calls_per_minute: number | null;
  /** @default 0 */
  readonly pause_ms?: number;
  readonly takes_ms: number;
  readonly variants: readonly string[];
  readonly prompts: readonly string[];
  readonly invocations: number;
  readonly rounds: number;
}): Promise<{ sent: number[]; most: number }> {
  const { parallel_calls, calls_per_minute, pause_ms = 0, takes_ms, variants, prompts } = study;
  const schedule = {
    ...{ parallel_calls, pause_ms, jitter: 0, calls_per_minute, duration_ms: null },
    ...{ idle_connection_ms: 55_000, quotas: [] },
  };
  const level = { ...variant({}), arrival: "study", concurrency: null } as const;
  const { requests } = planStudy({
    ...{ seed: 1, config_hash: "c", version: "0", schedule },
    ...{ invocations_per_scenario: study.invocations, rounds: study.rounds },
    levels: variants.map((experiment_name) =>
      spec({ ...level, endpoint: { ...level.endpoint, experiment_name } })
    ),
    scenarios: variants.flatMap((experiment_name) =>
      prompts.map((payload_id) => ({
        ...{ scenario_id: `${experiment_name}-${payload_id}`, experiment_name, payload_id, max_tokens: 50 },
      }))
    ),
  });
  const clock = new FakeClock();
  const sent: number[] = [];
  let [inFlight, most] = [0, 0];
  await clock.run(studyLoop({
    ...{ seed: 1, schedule, requests, time: new RunningTime(clock) },
    wanted: () => true,
    again: () => undefined,
    ahead: () => Promise.resolve(),
    signal: new AbortController().signal,
    async send() {
      sent.push(clock.now());
      most = Math.max(most, ++inFlight);
      if (takes_ms > 0) await clock.sleepUntil(clock.now() + takes_ms);
      inFlight--;
    },
  }));
  return { sent, most };
}

Deno.test("error 12 is absent: cold calls are marked, and in no figure of latency", async () => {
  await against(twoTokens(1), async (server) => {
    const transport = userTransport();
    try {
      const rows = [await call({ url: server.url, transport }), await call({ url: server.url, transport })];
      assert.deepEqual(rows.map(({ connection_reused }) => connection_reused), [false, true]);
      assert.deepEqual(rows.map(({ connect_ms }) => connect_ms === null), [false, true]);
      assert.deepEqual(rows.map(({ connection_ahead }) => connection_ahead), [false, null]);
      assert.equal(server.connections, 1);
    } finally {
      transport.close();
    }
    const renewing = userTransport();
    try {
      const request = { method: "POST", url: server.url, headers: {}, body: null } as const;
      await renewing.connectAhead(request, { older_than_ms: 55_000 });
      const row = await call({ url: server.url, transport: renewing });
      assert.deepEqual([row.status, row.connection_reused, row.connection_ahead], ["ok", false, true]);
      assert.notEqual(row.connect_ms, null);
    } finally {
      renewing.close();
    }
  });
  // Two of ten had to wait for a connection; one found a new one that was opened ahead of it.
  const { variants: [found] } = figuresOf(calls(10, (i) => {
    if (i < 2) return { connection_reused: false, connection_ahead: false, ttft_ms: 500, e2e_ms: 2000 };
    return { connection_reused: i > 2, connection_ahead: i > 2 ? null : true, ttft_ms: 100, e2e_ms: 1000 };
  }));
  assert.deepEqual([found!.cold, found!.cold_ttft_ms.value, found!.cold_ttft_ms.n], [2, 500, 2]);
  assert.deepEqual([found!.ttft_ms.p50.value, found!.ttft_ms.p50.n, found!.e2e_ms.p90.value], [100, 8, null]);
  assert.deepEqual([found!.calls, found!.error_rate.n], [10, 10]);
});

Deno.test("error 13 is absent: repeats of one prompt count as what they are, and no percentile is given of too few calls", () => {
  // 12 prompts, each 30 times with the same value: 100, 110, ... 210. They tell as much as 12 values do, whose median's interval goes
  // from the 3rd to the 10th (2 x P(X <= 2 of 12) = 0.039): 120 to 190, or beyond. As 360 values: ranks 162 to 199, 150 to 160.
  const values = Float64Array.from({ length: 360 }, (_, i) => 100 + 10 * (i % 12));
  const clusters = Int32Array.from({ length: 360 }, (_, i) => i % 12);
  const naive = estimatePercentile(sorted(values), 500);
  const { value, low, high } = clusteredPercentile(values, clusters, 500);
  assert.deepEqual([naive.low, naive.high, value], [150, 160, 155]);
  assert.ok((low ?? -Infinity) <= 120 && (high ?? Infinity) >= 190, `${low} to ${high}`);
  const { variants: [found] } = figuresOf(calls(99));
  const { p50, p99 } = found!.ttft_ms;
  assert.deepEqual([p50.value, p99.value, p99.n], [100, null, 99]);
  assert.equal(found!.prompts, 99);
});

Deno.test("error 14 is absent: an analysis reads one study, and a variant without a region is in it", async () => {
  const variants = [{ ...asked, experiment_name: "a", region: null }, { ...asked, experiment_name: "b" }];
  const of = (experiment_name: string, count: number) =>
    calls(count).map((each) => ({
      ...each,
      experiment_name,
      region: experiment_name === "a" ? null : each.region,
    }));
  await inRun({ "1-1.jsonl": journal([...of("a", 3), ...of("b", 4)]) }, async (run_dir) => {
    await inRun({ "1-1.jsonl": journal(of("a", 50)) }, async () => {
      const figures = studyFigures(await openRequests(run_dir), {
        experiments: variants,
        gaps: [],
        precision: null,
      });
      assert.deepEqual(
        figures.variants.map(({ experiment_name, region, ok }) => [experiment_name, region, ok]),
        [
          ["a", null, 3],
          ["b", "us-east-2", 4],
        ],
      );
    });
  });
});

Deno.test("error 15 is absent: error rate and throttle rate have the same base, all calls", () => {
  const { variants: [found] } = figuresOf([
    ...calls(6),
    ...[429, 429, 500, 500].map((http_status) =>
      failure({
        ...{ http_status, error_kind: http_status === 429 ? "throttled" : "http" },
        sent_at: "2026-01-01T00:01:00.000Z",
      })
    ),
  ]);
  const { error_rate, throttle_rate } = found!;
  assert.deepEqual([error_rate.value, error_rate.n, throttle_rate.value, throttle_rate.n], [
    0.4,
    10,
    0.2,
    10,
  ]);
});

Deno.test("error 16 is absent: the slowest call of the slowest model is in the picture", () => {
  const slow = { ...asked, experiment_name: "slow" };
  const requests = requestsFrame([
    ...calls(200, (i) => ({ experiment_name: name, ttft_ms: 100 + i / 10 })),
    ...calls(200, (i) => ({ experiment_name: "slow", ttft_ms: i === 7 ? 60_000 : 3000 + i })),
  ]);
  const figures = studyFigures(requests, { experiments: [asked, slow], gaps: [], precision: null });
  const chart = studyBoxes(figures, "ttft_ms")!;
  const { document } = new JSDOM(chart.svg, { contentType: "image/svg+xml" }).window;
  const width = Number(document.documentElement.getAttribute("viewBox")!.split(" ")[2]);
  assert.match(document.documentElement.textContent!, /Time to first token \(s\)/);
  // 60 s lies at the tick of 60, or right of the last one before it; so must a mark, and within the picture.
  const ticks = [...document.querySelectorAll("text")]
    .filter(({ textContent }) => /^[\d.]+$/.test(textContent!) && Number(textContent) <= 60);
  const marks = [...document.querySelectorAll("circle, path:not([transform])")];
  const [tick, mark] = [ticks, marks].map((all) => Math.max(...all.map(rightOf)));
  assert.ok(ticks.length > 1 && mark! >= tick! - 0.5 && mark! <= width, `${mark} from ${tick} to ${width}`);
  assert.match(document.documentElement.textContent!, /slowest 60 s/);
});

interface Drawn {
  getAttribute(name: string): string | null;
  readonly parentElement: Drawn | null;
}

/** How far to the right a mark, a tick's text or a dot goes. */
function rightOf(element: Drawn): number {
  const drawn = (element.getAttribute("d") ?? "").matchAll(/[ML](-?[\d.]+),/g);
  let right = Math.max(Number(element.getAttribute("cx") ?? 0), ...drawn.map((found) => Number(found[1])));
  for (let each: Drawn | null = element; each !== null; each = each.parentElement) {
    right += Number(/translate\(([-\d.]+)/.exec(each.getAttribute("transform") ?? "")?.[1] ?? 0);
  }
  return right;
}

Deno.test("error 17 is absent: what was answered is on the disk while the study goes on, and the count says how many there are", async () => {
  const held = Promise.withResolvers<void>();
  let done = 0;
  const script: Script = async (on) => {
    if (done++ === 3) await held.promise;
    await twoTokens(1)(on);
  };
  let kept: readonly RequestRecord[] = [];
  await load(script, { requests: 4 }, ({ rows, totals }) => {
    assert.equal(kept.length, 3);
    assert.equal(rows.length, 4);
    assert.deepEqual(new Set(totals), new Set([4]));
  }, async (run_dir) => {
    // The fourth waits for this: its answer, the end of the round, is still to come.
    const giveUp = performance.now() + 20_000;
    while (kept.length < 3 && performance.now() < giveUp) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      kept = await recordsIn(run_dir);
    }
    held.resolve();
  });
});

Deno.test("error 18 is absent: two variants side by side share nothing: each is signed for its own region", async () => {
  await against(twoTokens(5), async (server) => {
    const regions = ["us-east-2", "us-west-2", "eu-central-1"];
    const rows = await Promise.all(regions.map((region) => call({ url: server.url, region })));
    assert.deepEqual(
      rows.map(({ region, status }) => [region, status]),
      regions.map((region) => [region, "ok"]),
    );
    const scopes = server.requests.map(({ head }) =>
      /\/(\S+?)\/bedrock\/aws4_request/.exec(head)?.[1]?.split("/").at(-1)
    );
    assert.deepEqual(scopes.toSorted(), regions.toSorted());
  });
});

Deno.test("error 19 is absent: blank lines and comments are read over, and the documented example is a scenario", () => {
  const { scenarios, faults } = readScenarios(
    `
// an example as a description shows it, with a word on each field:
{
    "text_prompt": "What the tide does to a harbour",
    "expected_output_tokens": 50,  // the most that is written
    "task_type": "Text-Generation",  // no other kind is known
    "model_id": "us.vendor.model-v1:0",  // or that of a profile
    "region": "us-west-2", // where it is asked
    "inference_profile": "optimized"  // or standard
}

# a line of the sample file, and one that is blank

{"text_prompt": "See http://a.b // c", "expected_output_tokens": 70, "model_id": "m", "region": "us-east-2"}
`,
    { path: "/study/s.jsonl", shown: "s.jsonl", simulated: false },
  );
  assert.deepEqual(faults, []);
  assert.deepEqual(scenarios.map(({ line, prompt }) => [line, prompt.prompt, prompt.max_tokens]), [
    [3, "What the tide does to a harbour", 50],
    [14, "See http://a.b // c", 70],
  ]);
  // A profile that is not there is the standard one, never the optimized one.
  assert.match(scenarios[0]!.experiment_name, /us-west-2 optimized$/);
  assert.match(scenarios[1]!.experiment_name, /us-east-2 standard$/);
});

Deno.test("error 20 is absent: cached tokens are recorded and counted, and caching is asked for only by who wants it", async () => {
  const transport = stamped([[10, begins, says("a")], [
    20,
    ends("end_turn", { input: 10, cache_read: 90, cache_write: 4 }),
  ]]);
  const row = await call({ transport });
  // 10 that were read anew, 90 from the cache, 4 written to it.
  assert.deepEqual([row.prompt_tokens, row.cached_prompt_tokens, row.cache_write_tokens], [104, 90, 4]);
  assert.ok(!transport.bodies[0]!.includes("cachePoint"));
  const { variants: [found] } = figuresOf(calls(4, (i) => ({ cached_prompt_tokens: i < 2 ? 90 : 0 })));
  assert.equal(found!.cached_prompt_tokens_mean, 45);
});

/** Runs one variant in a worker's process against a server, and hands over the rows of its journal. */
async function load(
  script: Script,
  changes: Partial<Parameters<typeof spec>[0]>,
  test: (run: { server: ScriptedServer; rows: RequestRecord[]; totals: number[] }) => void,
  meanwhile: (run_dir: string) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const run_dir = await Deno.makeTempDir();
  using server = scriptedServer(script);
  try {
    await writeJsonLines(`${run_dir}/data/prompts/p.jsonl`, [payload("p0")]);
    const { endpoint, parameters } = variant({ url: server.url });
    const plan = planOf([spec({ endpoint, parameters, concurrency: 1, ...changes })], 1);
    const totals: number[] = [];
    const running = runLoad({
      ...{ plan, run_dir, segment: "s1", env: Deno.env.toObject() },
      credentials: () => Promise.resolve(simulatedCredentials),
      onProgress: ({ total }) => totals.push(total),
    });
    await meanwhile(run_dir);
    await running;
    test({ server, rows: await recordsIn(run_dir), totals });
  } finally {
    await Deno.remove(run_dir, { recursive: true });
  }
}

/** What is in the journal by now. */
async function recordsIn(run_dir: string): Promise<RequestRecord[]> {
  try {
    return [...(await readJournal(`${run_dir}/requests/s1-w0.jsonl`)).records];
  } catch {
    return [];
  }
}
