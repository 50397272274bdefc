/**
 * The protocols that llama.cpp speaks, on a real server with a real model, which `FMBENCH_TEST_ENGINES=yes deno task test` starts.
 * Where `FMBENCH_LLAMA_URL` names none they are skipped, and say so.
 */

import assert from "node:assert/strict";
import { type Endpoint, type Payload, type RequestRecord, systemClock } from "../../lib/core/mod.ts";
import { attempt, type AttemptContext, closedLoop } from "../../lib/load/mod.ts";
import { type Predictor, predictorFor } from "../../lib/predict/mod.ts";
import { percentiles } from "../../lib/metrics/mod.ts";
import { type Transport, userTransport } from "../../lib/transport/mod.ts";
import { level, payload, planOf, spec } from "../load/made_up.ts";
import { llamaEndpoint, llamaUrl, type ServerTimings, tapped, templated, tokensOf } from "./llama_server.ts";

const ignore = llamaUrl === undefined;

/** One request as both sides saw it. */
interface Seen {
  readonly record: RequestRecord;
  readonly payload: Payload;
  readonly timings: ServerTimings | null;
  readonly stale: boolean;
}

/** The server closed a used connection without a word: llama.cpp does so after every stream, and that can cross with a request. */
function closedUnderWay({ error_kind, connection_reused, http_status }: RequestRecord): boolean {
  return error_kind === "network" && connection_reused === true && http_status === null;
}

interface Running {
  readonly endpoint: Endpoint;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly concurrency?: number;
  readonly requests?: number;
  readonly stream?: boolean;
  readonly transport: Transport;
  readonly prompt?: (i: number) => string;
}

const subjects = "rivers ovens violins harbours glaciers bicycles orchards lanterns".split(" ");
const question = (i: number) =>
  `Tell me in a few words what number ${i} of the ${subjects[i % 8]} is good for.`;

function context(transport: Transport): AttemptContext {
  const signal = new AbortController().signal;
  return { transport, segment: "s1", worker: "w0", origin_at_ms: Date.now() - transport.now(), signal };
}

/** Sends requests in a closed loop; one whose connection was closed under way goes out once more, as it does in a run. */
async function run(
  { endpoint, parameters, concurrency = 1, requests = 1, stream = true, transport, prompt = question }:
    Running,
): Promise<Seen[]> {
  const predictor = await predictorFor({ endpoint, stream });
  const one = level({ endpoint, parameters, stream, timeout_ms: 120_000, stall_ms: 60_000, concurrency });
  const plan = planOf([spec({ endpoint, requests, concurrency })], requests);
  const seen: Seen[] = [];
  await closedLoop({
    requests: plan.requests,
    delays: Array.from({ length: concurrency }, () => 0),
    clock: systemClock,
    signal: new AbortController().signal,
    stop_error_rate: null,
    async send(planned) {
      const asked = payload(planned.payload_id, { prompt: prompt(planned.index) });
      for (let made = 1;; made++) {
        let timings: ServerTimings | null = null;
        const listening: Predictor = tapped(predictor, (taken) => timings = taken);
        const options = { planned, level: one, payload: asked, predictor: listening, attempt: made };
        const done = await attempt(options, context(transport));
        const record = done.record();
        seen.push({ record, payload: asked, timings, stale: done.stale });
        if (!closedUnderWay(record) || made > 1) return done.status;
      }
    },
  });
  return seen;
}

async function withTransport(work: (transport: Transport) => Promise<void>): Promise<void> {
  const transport = userTransport();
  try {
    await work(transport);
  } finally {
    transport.close();
  }
}

const median = (values: readonly number[]) => percentiles(values).p50?.value ?? NaN;

/** The client's figures beside the server's, as a line of the output. */
function report(name: string, seen: readonly Seen[]): void {
  const pair = (figure: string, ours: (r: RequestRecord) => number, theirs: (t: ServerTimings) => number) => {
    const server = seen.flatMap(({ timings }) => timings === null ? [] : [theirs(timings)]);
    return `${figure} ${median(seen.map(({ record }) => ours(record))).toFixed(1)} (${
      median(server).toFixed(1)
    })`;
  };
  const figures = [
    pair("TTFT", (r) => r.ttft_ms!, (t) => t.prompt_ms),
    pair("first to last token", (r) => r.last_token_ms! - r.first_token_ms!, (t) => t.predicted_ms),
    pair("whole", (r) => r.e2e_ms!, (t) => t.prompt_ms + t.predicted_ms),
    pair("tokens/s", (r) => r.output_tokens_per_s!, (t) => t.predicted_per_second),
  ];
  console.log(`${name}, medians of ${seen.length}, ms here (and by the server): ${figures.join(", ")}`);
}

/** What must hold for every streamed answer, however busy the machine is. */
async function check(
  { record, payload, timings }: Seen,
  promptOf: (text: string) => Promise<string>,
): Promise<void> {
  assert.equal(record.status, "ok", record.error_message ?? "");
  assert.ok(timings !== null);
  assert.equal(record.token_source, "server");
  assert.equal(record.prompt_tokens, await tokensOf(await promptOf(payload.prompt)), "prompt by /tokenize");
  assert.equal(record.prompt_tokens, timings.cache_n + timings.prompt_n, "prompt by timings");
  assert.equal(record.cached_prompt_tokens, timings.cache_n);
  assert.equal(record.completion_tokens, timings.predicted_n);
  assert.equal(record.max_tokens, 12);
  assert.ok(record.chunks! <= record.completion_tokens!, "an event has a token or more");
  assert.equal(record.served_model, "gemma-3-270m");
  assert.ok(
    ["length", "stop", "limit", "eos"].includes(record.stop_reason ?? ""),
    String(record.stop_reason),
  );
  // The server's clock runs in the time that the client measures: never can it see less.
  assert.ok(record.ttft_ms! >= timings.prompt_ms - 1, `TTFT ${record.ttft_ms}, prompt ${timings.prompt_ms}`);
  // Both count from the first token to the last; the slack is for a busy machine.
  const decode = record.last_token_ms! - record.first_token_ms!;
  assert.ok(Math.abs(decode - timings.predicted_ms) < 100 + 0.1 * timings.predicted_ms, `${decode} ms`);
  const latency = timings.prompt_ms + timings.predicted_ms;
  assert.ok(Math.abs(record.server_latency_ms! - latency) < 0.01);
  assert.ok(record.e2e_ms! >= latency - 1, `E2E ${record.e2e_ms}, server ${latency}`);
}

const asItIs = (text: string) => Promise.resolve(text);
const protocols: readonly (readonly [name: string, promptOf: (text: string) => Promise<string>])[] = [
  ["openai_chat", templated],
  ["openai_completions", asItIs],
  ["llama_cpp", asItIs],
];

for (const [name, promptOf] of protocols) {
  for (const [concurrency, requests] of [[1, 4], [4, 8], [8, 8]] as const) {
    Deno.test({
      name:
        `${name} at ${concurrency} on a real llama.cpp: counts are the server's, times contain the server's own`,
      ignore,
      fn: () =>
        withTransport(async (transport) => {
          const parameters = { max_new_tokens: 12, temperature: 0, cache_prompt: false };
          const seen = await run({
            endpoint: llamaEndpoint(name),
            parameters,
            concurrency,
            requests,
            transport,
          });
          const answered = seen.filter(({ record }) => !closedUnderWay(record));
          assert.equal(answered.length, requests);
          for (const one of answered) await check(one, promptOf);
          report(`${name} at ${concurrency}`, answered);
        }),
    });
  }

  Deno.test({
    name: `${name} in one piece on a real llama.cpp: the same counts, no token times`,
    ignore,
    fn: () =>
      withTransport(async (transport) => {
        const parameters = { max_new_tokens: 4, temperature: 0 };
        const [seen] = await run({ endpoint: llamaEndpoint(name), parameters, stream: false, transport });
        const { record, timings } = seen!;
        assert.equal(record.status, "ok", record.error_message ?? "");
        assert.equal(record.prompt_tokens, await tokensOf(await promptOf(seen!.payload.prompt)));
        assert.equal(record.completion_tokens, timings?.predicted_n);
        assert.deepEqual([record.chunks, record.ttft_ms], [0, null]);
      }),
  });
}

Deno.test({
  name:
    "openai_embeddings on a real llama.cpp: 640 dimensions as numbers and as base64, prompt tokens as /tokenize has them",
  ignore,
  fn: () =>
    withTransport(async (transport) => {
      for (const parameters of [{ max_new_tokens: 9 }, { encoding_format: "base64" }]) {
        const [seen] = await run({ endpoint: llamaEndpoint("openai_embeddings"), parameters, transport });
        const { record, payload } = seen!;
        assert.equal(record.status, "ok", record.error_message ?? "");
        assert.equal(record.completion, '{"embeddings":1,"dimensions":640}');
        assert.equal(record.prompt_tokens, await tokensOf(payload.prompt));
        assert.deepEqual([record.completion_tokens, record.ttft_ms, record.max_tokens], [0, null, null]);
      }
    }),
});

Deno.test({
  name: "an equal prompt is found in the real llama.cpp's cache, and the record says so",
  ignore,
  fn: () =>
    withTransport(async (transport) => {
      const parameters = { max_new_tokens: 2, temperature: 0, id_slot: 0 };
      const prompt = `${question(1)} ${crypto.randomUUID()}`;
      const endpoint = llamaEndpoint("openai_completions");
      const [first, second] = await run({
        endpoint,
        parameters,
        requests: 2,
        stream: false,
        transport,
        prompt: () => prompt,
      });
      assert.ok(first!.record.cached_prompt_tokens! < second!.record.cached_prompt_tokens!);
      assert.equal(second!.record.prompt_tokens, first!.record.prompt_tokens);
    }),
});

Deno.test({
  name: "what the real llama.cpp refuses is an error of kind http with its own message",
  ignore,
  fn: () =>
    withTransport(async (transport) => {
      const refused = async (predictor: string, parameters: Record<string, unknown>, prompt: string) => {
        const [seen] = await run({
          endpoint: llamaEndpoint(predictor),
          parameters,
          transport,
          prompt: () => prompt,
        });
        const { status, error_kind, http_status, error_message } = seen!.record;
        return { status, error_kind, http_status, error_message };
      };
      const long = "red ".repeat(3000);
      for (const [predictor] of protocols) {
        const { error_message, ...rest } = await refused(predictor, {}, long);
        assert.deepEqual(rest, { status: "error", error_kind: "http", http_status: 400 });
        assert.match(
          error_message ?? "",
          /^HTTP 400: request \(30\d\d tokens\) exceeds the available context size/,
        );
      }
      const wrong = await refused("openai_chat", { max_tokens: "many" }, "Hi");
      assert.equal(wrong.http_status, 400);
      assert.match(wrong.error_message ?? "", /max_tokens/);
    }),
});

Deno.test({
  name:
    "a cap beyond the real llama.cpp's context is taken, and an unknown model is answered by the one that is there",
  ignore,
  fn: () =>
    withTransport(async (transport) => {
      const endpoint = llamaEndpoint("openai_chat", { model_id: "no-such-model" });
      const parameters = { max_tokens: 100_000, temperature: 0, stop: [" ", "\n", "e", "a"] };
      const [seen] = await run({ endpoint, parameters, transport });
      const { record } = seen!;
      assert.equal(record.status, "ok", record.error_message ?? "");
      assert.deepEqual([record.model_id, record.served_model], ["no-such-model", "gemma-3-270m"]);
      assert.deepEqual([record.max_tokens, record.stop_reason], [100_000, "stop"]);
    }),
});

Deno.test({
  name: "after its keep-alive limit of 5 s the real llama.cpp's connection is not used again",
  ignore,
  fn: () =>
    withTransport(async (transport) => {
      const parameters = { max_new_tokens: 2, temperature: 0 };
      const options = { endpoint: llamaEndpoint("llama_cpp"), parameters, stream: false, transport };
      const reused = async () => {
        const [seen] = await run(options);
        assert.equal(seen!.record.status, "ok", seen!.record.error_message ?? "");
        return seen!.record.connection_reused;
      };
      assert.deepEqual([await reused(), await reused()], [false, true]);
      // The limit is the server's and in real time: nothing stands in for it.
      await new Promise((resolve) => setTimeout(resolve, 6000));
      assert.equal(await reused(), false);
    }),
});

Deno.test({
  name: "that the real llama.cpp closes its connection after every stream is never counted against it",
  ignore,
  fn: () =>
    withTransport(async (transport) => {
      const parameters = { max_new_tokens: 1, temperature: 0 };
      const options = { endpoint: llamaEndpoint("llama_cpp"), parameters, requests: 60, transport };
      const seen = await run({ ...options, prompt: () => "Red," });
      assert.equal(seen.filter(({ record }) => record.status === "ok").length, 60);
      assert.equal(seen.filter(({ record, stale }) => record.status === "error" && !stale).length, 0);
      const reused = seen.filter(({ record }) => record.connection_reused).length;
      console.log(`60 streams: ${seen.length - 60} sent once more, ${reused} on a used connection`);
    }),
});
