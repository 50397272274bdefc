import assert from "node:assert/strict";
import { columnNames } from "../../lib/core/mod.ts";
import { attempt, type AttemptOptions, prepare } from "../../lib/load/mod.ts";
import { AnswerDraft, type Exchange, openaiChat, type Predictor } from "../../lib/predict/mod.ts";
import type { SendResult, Transport, TransportFailure } from "../../lib/transport/mod.ts";
import { level, payload, planOf, spec } from "./made_up.ts";

const event = (delta: unknown, rest: object = {}) =>
  `data: ${JSON.stringify({ id: "c1", model: "served", choices: [{ delta }], ...rest })}\n\n`;
const usage = (prompt_tokens: number, completion_tokens: number) =>
  `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens, completion_tokens } })}\n\n`;
const done = "data: [DONE]\n\n";

/** A transport that hands over reads with the stamps given. */
function scripted(
  reads: readonly [number, string][],
  ends: Partial<SendResult> = {},
  status = 200,
  type = "text/event-stream",
): Transport {
  return {
    clock: "user",
    now: () => 0,
    close() {},
    prepare() {},
    connectAhead: () => Promise.resolve(),
    send(_request, sink) {
      if (ends.status !== null) {
        sink.onHead({ status, reason: "", headers: new Map([["content-type", type]]) }, 105);
        for (const [at_ms, text] of reads) sink.onData(new TextEncoder().encode(text), at_ms);
      }
      return Promise.resolve({
        dns_ms: null,
        connect_ms: 0.25,
        tls_ms: null,
        reused: false,
        ahead: false,
        sent_ms: 100,
        body_sent_ms: 100.5,
        headers_ms: 105,
        ended_ms: 200,
        status,
        failure: null,
        ...ends,
      });
    },
  };
}

async function tried(transport: Transport, changes: Partial<AttemptOptions> = {}) {
  const one = level();
  const result = await attempt({
    planned: planOf([spec()]).requests[0]!,
    level: one,
    payload: payload("p3"),
    predictor: openaiChat({ endpoint: one.endpoint, stream: one.stream }),
    ...changes,
  }, {
    transport,
    segment: "s1",
    worker: "w0",
    origin_at_ms: Date.UTC(2026, 10, 22, 5, 0, 0),
    signal: new AbortController().signal,
  });
  return { ...result, record: result.record() };
}

Deno.test("a streamed answer fills its record with times worked out from the stamps", async () => {
  const { status, service_ms, record } = await tried(scripted([
    [110, event({ role: "assistant", content: "" })],
    [120, event({ reasoning_content: "hm" })],
    [130, event({ content: "a" })],
    [150, event({ content: "b" }) + event({ content: "c" })],
    [160.0004, event({ content: "d" }, { choices: [{ delta: { content: "d" }, finish_reason: "stop" }] })],
    [170, usage(9, 6) + done],
  ]));
  assert.equal(status, "ok");
  assert.equal(service_ms, 100);
  const { request_id: _id, payload_id: _payload, ...rest } = record;
  const known = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
  assert.deepEqual(known, {
    attempt: 1,
    segment: "s1",
    experiment_name: "exp-a",
    model_id: "m",
    instance_type: "sim",
    endpoint_name: "ep-a",
    payload_file: "p.jsonl",
    prompt_use: 1,
    concurrency: 2,
    arrival: "closed",
    phase: "measure",
    worker: "w0",
    sent_ms: 100,
    body_sent_ms: 100.5,
    headers_ms: 105,
    first_token_ms: 120,
    first_visible_token_ms: 130,
    last_token_ms: 160,
    ended_ms: 200,
    sent_at: "2026-11-22T05:00:00.100Z",
    connect_ms: 0.25,
    ttft_ms: 20, // 120 - 100
    ttft_visible_ms: 30, // 130 - 100
    e2e_ms: 100, // 200 - 100
    response_ms: 100,
    service_ms: 100,
    tpot_ms: 8, // (160 - 120) / (6 - 1)
    output_tokens_per_s: 125, // 5 tokens in 40 ms
    itl_us: [10_000, 20_000, 0, 10_000], // stamps 120, 130, 150, 150, 160
    itl_p50_ms: 10, // of 0, 10, 10, 20
    itl_max_ms: 20,
    chunks: 5,
    coalesced_chunks: 1,
    clock: "user",
    prompt_tokens: 9,
    completion_tokens: 6,
    max_tokens: 10,
    token_source: "server",
    server_request_id: "c1",
    status: "ok",
    http_status: 200,
    stop_reason: "stop",
    served_model: "served",
    connection_reused: false,
    connection_ahead: false,
    completion: "abcd",
    ground_truth: '["because"]',
    question: "why?",
  });
  assert.deepEqual(Object.keys(record), [...columnNames]);
});

Deno.test("one token has no pace, and all tokens in one read have none either", async () => {
  const one = await tried(scripted([[120, event({ content: "a" }) + usage(9, 1) + done]]));
  assert.deepEqual([one.record.tpot_ms, one.record.output_tokens_per_s, one.record.itl_us], [null, null, []]);
  const lump = await tried(
    scripted([[120, event({ content: "a" }) + event({ content: "b" }) + usage(9, 2) + done]]),
  );
  assert.deepEqual([lump.record.tpot_ms, lump.record.output_tokens_per_s], [null, null]);
  assert.deepEqual([lump.record.itl_us, lump.record.coalesced_chunks], [[0], 1]);
});

Deno.test("without usage tokens stay unknown and so does the pace", async () => {
  const { record } = await tried(
    scripted([[120, event({ content: "a" })], [130, event({ content: "b" }) + done]]),
  );
  assert.deepEqual([record.completion_tokens, record.token_source, record.tpot_ms], [null, null, null]);
  assert.equal(record.ttft_ms, 20);
});

Deno.test("the 99th percentile of the gaps needs a hundred of them", async () => {
  // 101 chunks, 1 ms apart but for the last, which comes 51 ms after: gaps 99 x 1 ms and 1 x 51 ms.
  // Position 0.99 x 99 = 98.01 of the sorted gaps: 1 + 0.01 x (51 - 1) = 1.5 ms.
  const reads = Array.from({ length: 101 }, (_, i): [number, string] => [
    i < 100 ? 200 + i : 350,
    event({ content: "x" }),
  ]);
  const { record } = await tried(scripted([...reads, [400, done]]));
  assert.deepEqual([record.itl_p50_ms, record.itl_p99_ms, record.itl_max_ms], [1, 1.5, 51]);
  assert.equal((await tried(scripted([...reads.slice(1), [400, done]]))).record.itl_p99_ms, null);
});

Deno.test("an answer that is not streamed has an end but no token times", async () => {
  const body = JSON.stringify({ choices: [{ message: { content: "x" } }], usage: { completion_tokens: 1 } });
  const plain = level({ stream: false });
  const { status, record } = await tried(scripted([[150, body]], {}, 200, "application/json"), {
    level: plain,
    predictor: openaiChat({ endpoint: plain.endpoint, stream: false }),
  });
  assert.equal(status, "ok");
  assert.deepEqual([record.e2e_ms, record.ttft_ms, record.itl_us, record.chunks], [100, null, null, 0]);
});

const failed: readonly [string, Transport, Record<string, unknown>][] = [
  [
    "a throttled request",
    scripted([[110, '{"error":{"message":"slow down"}}']], {}, 429, "application/json"),
    { error_kind: "throttled", http_status: 429, error_message: "HTTP 429: slow down", ended_ms: 200 },
  ],
  [
    "a reset in the middle",
    scripted([[120, event({ content: "a" })], [130, event({ content: "b" })]], {
      failure: { kind: "network", message: "reset" },
    }),
    { error_kind: "network", first_token_ms: 120, last_token_ms: 130, completion: "ab", http_status: 200 },
  ],
  [
    "a stream that just ends",
    scripted([[120, event({ content: "a" })]]),
    { error_kind: "stream", completion: "a", chunks: 1 },
  ],
  [
    "a connection that never came about",
    scripted([], {
      status: null,
      sent_ms: null,
      body_sent_ms: null,
      headers_ms: null,
      connect_ms: null,
      failure: { kind: "network", message: "refused" },
    }),
    {
      error_kind: "network",
      sent_ms: null,
      sent_at: null,
      http_status: null,
      completion: null,
      ended_ms: 200,
    },
  ],
];
for (const [name, transport, expected] of failed) {
  Deno.test(`${name} is an error that keeps its times and enters no latency`, async () => {
    const { status, record } = await tried(transport);
    assert.equal(status, "error");
    assert.deepEqual({ ...record, ...expected }, record);
    for (
      const column of [
        "e2e_ms",
        "ttft_ms",
        "ttft_visible_ms",
        "tpot_ms",
        "response_ms",
        "service_ms",
      ] as const
    ) {
      assert.equal(record[column], null, column);
    }
  });
}

Deno.test("a cancelled request is neither ok nor an error", async () => {
  const failure: TransportFailure = { kind: "cancelled", message: "cancelled" };
  const { status, record } = await tried(scripted([[120, event({ content: "a" })]], { failure }));
  assert.deepEqual([status, record.status, record.error_kind, record.error_message, record.e2e_ms], [
    "cancelled",
    "cancelled",
    null,
    null,
    null,
  ]);
});

Deno.test("a connection that fails after [DONE] makes the answer neither bad nor late", async () => {
  const failure: TransportFailure = { kind: "timeout", message: "no further byte" };
  const { status, service_ms, record } = await tried(
    scripted([[120, event({ content: "a" })], [130, done]], { failure }),
  );
  assert.deepEqual([status, service_ms, record.ended_ms, record.e2e_ms], ["ok", 30, 130, 30]);
});

Deno.test("in open loop the response counts from the due time: queue and service add up to it", async () => {
  const { record } = await tried(scripted([[120, event({ content: "a" }) + done]]), {
    level: level({ concurrency: null, request_rate_rps: 7, arrival: "poisson" }),
    scheduled_ms: 62.5,
  });
  assert.deepEqual([record.arrival, record.concurrency, record.request_rate_rps], ["poisson", null, 7]);
  // Due at 62.5, sent at 100, ended at 200.
  assert.deepEqual(
    [record.scheduled_ms, record.send_lag_ms, record.service_ms, record.response_ms],
    [62.5, 37.5, 100, 137.5],
  );
  assert.equal(record.e2e_ms, 100);
});

Deno.test("a retry is an attempt of its own whose response counts from the first one", async () => {
  const { record } = await tried(scripted([[120, event({ content: "a" }) + done]]), {
    attempt: 3,
    first_sent_ms: 10,
  });
  assert.deepEqual([record.attempt, record.service_ms, record.response_ms], [3, 100, 190]);
  const resumed = { ...planOf([spec()]).requests[0]!, attempts_before: 2 };
  assert.equal((await tried(scripted([]), { planned: resumed, attempt: 2 })).record.attempt, 4);
});

Deno.test("a throttled attempt tells the pause that the server asks for", async () => {
  const transport = scripted([], {}, 429);
  const pausing: Transport = {
    ...transport,
    send(request, sink, options) {
      sink.onHead({ status: 429, reason: "", headers: new Map([["retry-after", "3"]]) }, 105);
      return transport.send(request, { onHead() {}, onData: sink.onData }, options);
    },
  };
  const { error_kind, retry_after_ms } = await tried(pausing);
  assert.deepEqual([error_kind, retry_after_ms], ["throttled", 3000]);
});

Deno.test("a cap that a trace gives takes the place of the level's, and the prompt is sent as it is given", async () => {
  const bodies: string[] = [];
  const transport = scripted([[120, event({ content: "a" }) + done]]);
  const noting: Transport = {
    ...transport,
    send(request, sink, options) {
      bodies.push(String(request.body));
      return transport.send(request, sink, options);
    },
  };
  const { record } = await tried(noting, {
    planned: { ...planOf([spec()]).requests[0]!, max_tokens: 77 },
    level: level({ parameters: { max_tokens: 5, temperature: 0 } }),
    prompt: "before: why?",
  });
  const { max_tokens, temperature, messages } = JSON.parse(bodies[0]!);
  assert.deepEqual([max_tokens, temperature, messages[0].content, record.max_tokens], [
    77,
    0,
    "before: why?",
    77,
  ]);
});

/** A predictor whose requests are signed: each has its number as the URL, and ends when it is told. */
function signing(expires: readonly number[]) {
  const sentUrls: string[] = [];
  let made = 0;
  const plain = openaiChat({ endpoint: level().endpoint, stream: true });
  const predictor: Predictor = {
    name: "signing",
    signs: true,
    maxTokens: () => null,
    async begin(prompt, parameters) {
      const exchange = await plain.begin(prompt, parameters) as Exchange;
      const url = `http://h/${made}`;
      return { ...exchange, request: { ...exchange.request, url }, expires_at_ms: expires[made++]! };
    },
  };
  const answering = scripted([[110, event({ content: "a" })], [120, usage(1, 1) + done]]);
  const transport: Transport = {
    ...answering,
    send(request, sink, options) {
      sentUrls.push(request.url);
      return answering.send(request, sink, options);
    },
  };
  const options: AttemptOptions = {
    planned: planOf([spec()]).requests[0]!,
    level: level(),
    payload: payload("p3"),
    predictor,
  };
  return { options, transport, sentUrls };
}

Deno.test("a request whose signature has ended while it waited is signed anew, one that has not is sent as it is", async () => {
  const hour = 3_600_000;
  const stale = signing([Date.now() - 1, Date.now() + hour]);
  const first = await tried(stale.transport, {
    ...stale.options,
    prepared: prepare(stale.options, stale.transport),
  });
  assert.equal(first.status, "ok");
  assert.deepEqual(stale.sentUrls, ["http://h/1"]);

  const fresh = signing([Date.now() + hour]);
  await tried(fresh.transport, { ...fresh.options, prepared: prepare(fresh.options, fresh.transport) });
  assert.deepEqual(fresh.sentUrls, ["http://h/0"]);
});

Deno.test("what can't be made, or signed, is a record of kind validation that was never sent", async () => {
  const failing = (begin: Predictor["begin"]): Predictor => ({ name: "f", maxTokens: () => null, begin });
  const transport = scripted([]);
  for (
    const predictor of [
      failing(() => {
        throw new Error("the prompt is too long for a URL");
      }),
      failing(() => Promise.reject(new Error("the prompt is too long for a URL"))),
    ]
  ) {
    const options: AttemptOptions = {
      planned: planOf([spec()]).requests[0]!,
      level: level(),
      payload: payload("p3"),
      predictor,
    };
    for (const prepared of [{}, { prepared: prepare(options, transport) }]) {
      const { status, service_ms, record } = await tried(transport, { ...options, ...prepared });
      assert.equal(status, "error");
      assert.equal(service_ms, null);
      assert.equal(record.error_kind, "validation");
      assert.equal(record.error_message, "the prompt is too long for a URL");
      assert.equal(record.sent_ms, null);
      assert.equal(record.e2e_ms, null);
    }
  }
});

Deno.test("a call that a user's code makes by itself fills the record with the times that it measured", async () => {
  const draft = new AnswerDraft();
  draft.text = "own";
  draft.chunk(140, true);
  const never = { dns_ms: null, connect_ms: null, tls_ms: null, body_sent_ms: null, headers_ms: null };
  const result = {
    ...never,
    reused: false,
    ahead: false,
    sent_ms: 100,
    ended_ms: 160,
    status: null,
    failure: null,
  };
  const predictor: Predictor = {
    name: "own",
    maxTokens: () => 7,
    begin: () => ({ call: () => Promise.resolve({ result, answer: draft.answer() }) }),
  };
  const { status, record } = await tried(scripted([]), { predictor });
  assert.equal(status, "ok");
  assert.equal(record.ttft_ms, 40); // 140 - 100
  assert.equal(record.e2e_ms, 60); // 160 - 100
  assert.equal(record.completion, "own");
  assert.equal(record.max_tokens, 7);
});

Deno.test("what was asked of AWS stands beside what was served", async () => {
  const asking = level();
  const options = { latency_mode: "optimized", service_tier: "priority" } as const;
  const { record } = await tried(scripted([[110, event({ content: "a" })], [120, usage(1, 1) + done]]), {
    level: { ...asking, endpoint: { ...asking.endpoint, options } },
  });
  assert.equal(record.asked_latency_mode, "optimized");
  assert.equal(record.asked_service_tier, "priority");
  assert.equal(record.served_latency_mode, null);
});
