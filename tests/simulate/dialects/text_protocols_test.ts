import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Simulation } from "../../../lib/simulate/mod.ts";
import { splitTokens } from "../../../lib/simulate/tokens.ts";
import { ask, type Came, dataOf, linesOf, plainAnswer, running } from "../running.ts";

// deno-lint-ignore no-explicit-any
type Said = any;
const json = ({ text }: Came): Said => JSON.parse(text);
const objects = (came: Came): Said[] =>
  dataOf(came).filter((data) => data !== "[DONE]").map((data) => JSON.parse(data));

/** How a protocol is asked for three tokens, and where its answers have what. */
interface Case {
  readonly name: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
  /** The same, streamed. */
  readonly stream: { readonly path?: string; readonly body?: Record<string, unknown> };
  readonly type: RegExp;
  readonly events: (came: Came) => Said[];
  readonly text: (whole: Said) => string;
  readonly token: (event: Said) => string | undefined;
  /** What tells of the end, and its counts, in the last event; null: nothing does. */
  readonly end: ((last: Said) => unknown) | null;
  readonly expected?: unknown;
  /** What a mid-stream error looks like. */
  readonly error: RegExp;
}

const sse = /^text\/event-stream/;
const cases: readonly Case[] = [
  {
    name: "OpenAI's completions",
    path: "/v1/completions",
    body: { model: "m", prompt: "Where?", max_tokens: 3 },
    stream: { body: { stream: true, stream_options: { include_usage: true } } },
    type: sse,
    events: objects,
    text: ({ choices }) => choices[0].text,
    token: ({ choices }) => choices[0]?.text,
    end: ({ usage }) => [usage.prompt_tokens, usage.completion_tokens],
    expected: [300, 3],
    error: /data: \{"error":\{"message":"[^"]+","type":"server_error","param":null,"code":503\}\}\n\n$/,
  },
  {
    name: "llama.cpp's completion",
    path: "/completion",
    body: { prompt: "Where?", n_predict: 3 },
    stream: { body: { stream: true } },
    type: sse,
    events: objects,
    text: ({ content }) => content,
    token: ({ content }) => content,
    end: ({ stop, stop_type, tokens_predicted, tokens_evaluated }) => [
      ...[stop, stop_type, tokens_predicted, tokens_evaluated],
    ],
    expected: [true, "limit", 3, 300],
    error: /data: \{"error":\{"code":503,[^\n]*\n\n$/,
  },
  {
    name: "Ollama's generate",
    path: "/api/generate",
    body: { model: "m", prompt: "Where?", options: { num_predict: 3 }, stream: false },
    stream: { body: { stream: true } },
    type: /^application\/x-ndjson/,
    events: linesOf,
    text: ({ response }) => response,
    token: ({ response }) => response,
    end: (
      { done, done_reason, prompt_eval_count, eval_count },
    ) => [done, done_reason, prompt_eval_count, eval_count],
    expected: [true, "length", 300, 3],
    error: /\n\{"error":"[^"]+"\}\n$/,
  },
  {
    name: "Ollama's chat",
    path: "/api/chat",
    body: {
      ...{ model: "m", messages: [{ role: "user", content: "Where?" }] },
      ...{ options: { num_predict: 3 }, stream: false },
    },
    stream: { body: { stream: true } },
    type: /^application\/x-ndjson/,
    events: linesOf,
    text: ({ message }) => message.content,
    token: ({ message }) => message.content,
    end: (
      { done, done_reason, prompt_eval_count, eval_count },
    ) => [done, done_reason, prompt_eval_count, eval_count],
    expected: [true, "length", 300, 3],
    error: /\n\{"error":"[^"]+"\}\n$/,
  },
  {
    name: "TGI",
    path: "/generate",
    body: { inputs: "Where?", parameters: { max_new_tokens: 3, details: true } },
    stream: { path: "/generate_stream" },
    type: sse,
    events: objects,
    text: ({ generated_text }) => generated_text,
    token: ({ token }) => token.text,
    end: ({ details }) => [details.finish_reason, details.generated_tokens, details.input_length],
    expected: ["length", 3, 300],
    error: /data:\{"error":"[^"]+","error_type":"generation"\}\n\n$/,
  },
  {
    name: "DJL",
    path: "/predictions/m",
    body: { inputs: "Where?", parameters: { max_new_tokens: 3, details: true } },
    stream: { path: "/invocations", body: { stream: true } },
    type: /^application\/jsonlines/,
    events: linesOf,
    text: ({ generated_text }) => generated_text,
    token: ({ token }) => token.text,
    end: ({ details }) => [details.finish_reason, details.generated_tokens],
    expected: ["length", 3],
    error: /\n\{"error":"[^"]+","code":503\}\n$/,
  },
  {
    name: "Triton",
    path: "/v2/models/m/generate",
    body: { text_input: "Where?", max_tokens: 3 },
    stream: { path: "/v2/models/m/generate_stream" },
    type: sse,
    events: objects,
    text: ({ text_output }) => text_output,
    token: ({ text_output }) => text_output,
    end: null,
    error: /data: \{"error":"[^"]+"\}\n\n$/,
  },
  {
    name: "the REST example",
    path: "/rest",
    body: { model_id: "m", prompt: "Where?", max_tokens: 3 },
    stream: { body: { stream: true } },
    type: sse,
    events: objects,
    text: ({ completions }) => completions[0].text,
    token: ({ completions }) => completions[0].text,
    end: ({ usage }) => [usage.prompt_tokens, usage.completion_tokens],
    expected: [300, 3],
    error: /data: \{"error":"[^"]+"\}\n\n$/,
  },
];

const streamed = (simulation: Simulation, { path, body, stream }: Case) =>
  ask(simulation, stream.path ?? path, { ...body, ...stream.body });

for (const each of cases) {
  Deno.test(`${each.name}: three tokens in one piece and in events, with the counts it gives; the log agrees`, async () => {
    const truths = await running({}, async (simulation) => {
      const tokens = splitTokens(await plainAnswer(simulation)).slice(0, 3);
      const whole = await ask(simulation, each.path, each.body, { "x-request-id": "one" });
      assert.equal(whole.headers.get("x-request-id"), "one");
      assert.equal(each.text(json(whole)), tokens.join(""));
      const stream = await streamed(simulation, each);
      assert.match(stream.headers.get("content-type")!, each.type);
      const events = each.events(stream);
      assert.deepEqual(events.map(each.token).filter((token) => token), tokens);
      if (each.end !== null) assert.deepEqual(each.end(events.at(-1)), each.expected);
      assert.ok(stream.headers.get("x-request-id"));
    });
    const [, one, two] = truths;
    assert.equal(one?.request_id, "one");
    assert.deepEqual([one?.ttft_ms, one?.prompt_tokens, one?.completion_tokens], [null, 300, 3]);
    assert.deepEqual([two?.prompt_tokens, two?.completion_tokens, two?.status], [300, 3, 200]);
    assert.ok(two!.ttft_ms! >= 1);
    assert.equal(one?.prompt_key, truths[0]?.prompt_key);
  });

  Deno.test(`${each.name}: shapes leave the text as it is`, async () => {
    const shapes = ["slow_drip", "merged_events", "split_events", "empty_deltas", "oversized_line"] as const;
    for (const shape of shapes) {
      await running({ faults: { [shape]: 1, oversized_bytes: 5000, drip_bytes: 64 } }, async (simulation) => {
        const events = each.events(await streamed(simulation, each));
        const said = events.map(each.token).join("");
        const whole = json(await ask(simulation, each.path, each.body));
        assert.equal(said, each.text(whole), shape);
      });
    }
  });

  Deno.test(`${each.name}: an error in mid-stream, a cut, half a JSON object and refusals have its own form`, async () => {
    const faults = {
      error_mid_stream: [1],
      malformed_json: [2],
      http_429: [3],
      http_500: [4],
      truncated: [5],
    };
    const truths = await running({ faults }, async (simulation) => {
      const { stream } = each;
      const port = simulation.port;
      const raw = await Deno.connect({ hostname: "127.0.0.1", port });
      const body = JSON.stringify({ ...each.body, ...stream.body });
      const head = `POST ${
        stream.path ?? each.path
      } HTTP/1.0\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n`;
      await raw.write(new TextEncoder().encode(head + body));
      assert.match(await new Response(raw.readable).text(), each.error);
      const malformed = await streamed(simulation, each);
      assert.throws(() => each.events(malformed), SyntaxError);
      for (const status of [429, 500]) {
        const failed = await streamed(simulation, each);
        assert.equal(failed.status, status);
        assert.ok(json(failed).error);
        assert.equal(failed.headers.get("retry-after"), status === 429 ? "1" : null);
      }
      const cut = each.events(await streamed(simulation, each));
      if (each.end === null) assert.equal(cut.length, 3);
      else {
        assert.ok(cut.length < 3);
        assert.doesNotMatch(JSON.stringify(cut), /"(generated_text|finish_reason|done_reason|stop_type)":"/);
      }
      const refused = await ask(simulation, each.path, {
        ...each.body,
        max_tokens: 0,
        prompt: 5,
        inputs: 5,
        text_input: 5,
        messages: 5,
      });
      assert.ok(refused.status >= 400 && json(refused).error, refused.text);
      assert.equal((await ask(simulation, each.path)).status, 405);
    });
    assert.deepEqual(truths.slice(0, 5).map(({ fault }) => fault), [
      ...["error_mid_stream", "malformed_json", "http_429", "http_500"],
      each.end === null ? null : "truncated",
    ]);
  });
}

Deno.test("an answer that ends by itself says so in each protocol", async () => {
  const ends: Record<string, (last: Said) => unknown> = {
    "/completion": ({ stop_type }) => stop_type,
    "/api/generate": ({ done_reason }) => done_reason,
    "/v1/completions": ({ choices }) => choices[0].finish_reason,
  };
  await running({}, async (simulation) => {
    const said = await Promise.all(
      Object.entries(ends).map(async ([path, end]) => {
        return end(json(await ask(simulation, path, { model: "m", prompt: "Where?", stream: false })));
      }),
    );
    assert.deepEqual(said, ["eos", "stop", "stop"]);
  });
});

Deno.test("Ollama streams unless it is told not to, thinks, and its durations add up", async () => {
  await running({ faults: { reasoning: [1], reasoning_tokens: 2 } }, async (simulation) => {
    const lines = linesOf(await ask(simulation, "/api/generate", { model: "m", prompt: "Where?" })) as Said[];
    assert.deepEqual(lines.slice(0, 3).map(({ thinking }) => thinking !== undefined), [true, true, false]);
    const { total_duration, load_duration, prompt_eval_duration, eval_duration } = lines.at(-1)!;
    assert.ok(Math.abs(total_duration - load_duration - prompt_eval_duration - eval_duration) <= 2);
    assert.equal((await ask(simulation, "/api/generate", { model: "n", prompt: "x" })).status, 404);
  });
});

Deno.test("Triton takes parameters beside the text, under parameters and as a JSON text", async () => {
  await running({}, async (simulation) => {
    const forms = [{ parameters: { max_new_tokens: 2 } }, { sampling_parameters: '{"max_new_tokens": 2}' }];
    for (const form of forms) {
      const { text_output } = json(
        await ask(simulation, "/v2/models/m/generate", { text_input: "Where?", ...form }),
      );
      assert.equal(splitTokens(text_output).length, 2);
    }
    assert.equal((await ask(simulation, "/v2/models/n/generate", { text_input: "x" })).status, 400);
  });
});

Deno.test("Ray Serve: the prompt is the path, the answer is plain text", async () => {
  const [, truth] = await running({}, async (simulation) => {
    const text = await plainAnswer(simulation);
    const answer = await ask(simulation, `/${encodeURIComponent("Where?")}`);
    assert.deepEqual([answer.status, answer.text], [200, text]);
    assert.match(answer.headers.get("content-type")!, /^text\/plain/);
    assert.equal((await ask(simulation, "/health")).status, 200);
    assert.equal((await ask(simulation, "/Hello")).status, 200);
    assert.equal((await ask(simulation, "/metrics")).status, 404);
    assert.equal((await ask(simulation, "/two/segments")).status, 404);
  });
  assert.deepEqual([truth?.prompt_tokens, truth?.ttft_ms], [300, null]);
});

Deno.test("OpenAI's embeddings: floats and base64 are the same numbers", async () => {
  const [truth] = await running({}, async (simulation) => {
    const wish = { model: "m", input: ["Where?", "How many?"], dimensions: 8 };
    const floats = json(await ask(simulation, "/v1/embeddings", wish));
    assert.deepEqual(floats.usage, { prompt_tokens: 307, total_tokens: 307 });
    assert.deepEqual(floats.data.map(({ index, embedding }: Said) => [index, embedding.length]), [[0, 8], [
      1,
      8,
    ]]);
    const coded = json(await ask(simulation, "/v1/embeddings", { ...wish, encoding_format: "base64" }));
    const bytes = Buffer.from(coded.data[1].embedding, "base64");
    const numbers = Array.from({ length: 8 }, (_, i) => bytes.readFloatLE(i * 4));
    assert.deepEqual(numbers, floats.data[1].embedding);
  });
  assert.deepEqual([truth?.prompt_tokens, truth?.completion_tokens, truth?.status], [307, 0, 200]);
});
