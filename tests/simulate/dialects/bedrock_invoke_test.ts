import assert from "node:assert/strict";
import type { FaultOptions, Simulation } from "../../../lib/simulate/mod.ts";
import { splitTokens } from "../../../lib/simulate/tokens.ts";
import { all, awsClients } from "../aws_clients.ts";
import { ask, running } from "../running.ts";

type Body = Record<string, unknown>;
// deno-lint-ignore no-explicit-any
type Said = any;

async function invoke(simulation: Simulation, modelId: string, body: Body, more: Body = {}) {
  using clients = await awsClients(simulation);
  const { client, sdk } = clients.bedrock;
  const answer = await client.send(
    new sdk.InvokeModelCommand({ modelId, body: JSON.stringify(body), ...more }),
  );
  return { body: JSON.parse(answer.body.transformToString()) as Said, answer };
}

async function stream(simulation: Simulation, modelId: string, body: Body) {
  using clients = await awsClients(simulation);
  const { client, sdk } = clients.bedrock;
  const answer = await client.send(
    new sdk.InvokeModelWithResponseStreamCommand({ modelId, body: JSON.stringify(body) }),
  );
  const { events, error } = await all(answer.body);
  const bodies = events.map(({ chunk }) => JSON.parse(new TextDecoder().decode(chunk?.bytes)) as Said);
  return { bodies, error, contentType: answer.contentType };
}

const messages = [{ role: "user", content: "Where?" }];

/** By model: a body for three tokens, where an answer in one piece and an event have the text, and where the reason is. */
const vendors: readonly {
  model: string;
  body: Body;
  text: (whole: Said) => string;
  token: (event: Said) => string | undefined;
  reason: (body: Said) => unknown;
  expected: string;
}[] = [
  {
    model: "us.anthropic.claude-3-5-haiku-20241022-v1:0",
    body: { anthropic_version: "bedrock-2023-05-31", max_tokens: 3, messages },
    text: ({ content }) => content[0].text,
    token: ({ delta }) => delta?.text,
    reason: ({ stop_reason, delta }) => stop_reason ?? delta?.stop_reason,
    expected: "max_tokens",
  },
  {
    model: "amazon.nova-lite-v1:0",
    body: {
      messages: [{ role: "user", content: [{ text: "Where?" }] }],
      inferenceConfig: { max_new_tokens: 3 },
    },
    text: ({ output }) => output.message.content[0].text,
    token: ({ contentBlockDelta }) => contentBlockDelta?.delta.text,
    reason: ({ stopReason, messageStop }) => stopReason ?? messageStop?.stopReason,
    expected: "max_tokens",
  },
  {
    model: "amazon.titan-text-express-v1",
    body: { inputText: "Where?", textGenerationConfig: { maxTokenCount: 3 } },
    text: ({ results }) => results[0].outputText,
    token: ({ outputText }) => outputText,
    reason: ({ results, completionReason }) => results?.[0].completionReason ?? completionReason,
    expected: "LENGTH",
  },
  {
    model: "meta.llama3-1-8b-instruct-v1:0",
    body: { prompt: "Where?", max_gen_len: 3 },
    text: ({ generation }) => generation,
    token: ({ generation }) => generation,
    reason: ({ stop_reason }) => stop_reason,
    expected: "length",
  },
  {
    model: "mistral.mistral-7b-instruct-v0:2",
    body: { prompt: "Where?", max_tokens: 3 },
    text: ({ outputs }) => outputs[0].text,
    token: ({ outputs }) => outputs[0].text,
    reason: ({ outputs }) => outputs[0].stop_reason,
    expected: "length",
  },
  {
    model: "mistral.mistral-large-2407-v1:0",
    body: { messages, max_tokens: 3 },
    text: ({ choices }) => choices[0].message.content,
    token: ({ choices }) => choices[0].message.content,
    reason: ({ choices }) => choices[0].stop_reason,
    expected: "length",
  },
  {
    model: "cohere.command-r-v1:0",
    body: { message: "Where?", max_tokens: 3 },
    text: ({ text }) => text,
    token: ({ text }) => text,
    reason: ({ finish_reason }) => finish_reason,
    expected: "MAX_TOKENS",
  },
  {
    model: "ai21.jamba-1-5-mini-v1:0",
    body: { messages, max_tokens: 3 },
    text: ({ choices }) => choices[0].message.content,
    token: ({ choices }) => choices[0].delta?.content,
    reason: ({ choices }) => choices[0].finish_reason,
    expected: "length",
  },
  {
    model: "us.deepseek.r1-v1:0",
    body: { prompt: "Where?", max_tokens: 3 },
    text: ({ choices }) => choices[0].text,
    token: ({ choices }) => choices[0].text,
    reason: ({ choices }) => choices[0].stop_reason,
    expected: "length",
  },
];

for (const { model, body, text, token, reason, expected } of vendors) {
  Deno.test(`embedded endpoint: ${model} answers in its vendor's form, in one piece and in events`, async () => {
    const truths = await running({ model_id: model }, async (simulation) => {
      const whole = await invoke(simulation, model, body);
      const said = text(whole.body);
      const tokens = splitTokens(said);
      assert.equal(tokens.length, 3);
      assert.equal(reason(whole.body), expected);
      const { bodies, contentType } = await stream(simulation, model, body);
      assert.deepEqual(bodies.map(token).filter((each) => each), tokens);
      assert.equal(bodies.map(reason).findLast((each) => each), expected);
      assert.equal(contentType, "application/json");
      const metrics = bodies.at(-1)["amazon-bedrock-invocationMetrics"];
      assert.deepEqual([metrics.inputTokenCount, metrics.outputTokenCount], [300, 3]);
      assert.ok(metrics.firstByteLatency <= metrics.invocationLatency);
    });
    assert.deepEqual(
      truths.map(({ prompt_tokens, completion_tokens }) => [prompt_tokens, completion_tokens]),
      [
        [300, 3],
        [300, 3],
      ],
    );
  });
}

Deno.test("embedded endpoint: counts, time, latency and tier are headers of an answer in one piece", async () => {
  const model = "meta.llama3-1-8b-instruct-v1:0";
  const faults = { served_standard: [2] };
  const truths = await running({ model_id: model, faults }, async (simulation) => {
    const asked = { performanceConfigLatency: "optimized", serviceTier: "flex" };
    for (const [latency, tier] of [["optimized", "flex"], ["standard", "default"]]) {
      const { answer } = await invoke(simulation, model, { prompt: "Where?", max_gen_len: 3 }, asked);
      assert.deepEqual([answer.performanceConfigLatency, answer.serviceTier], [latency, tier]);
    }
  });
  assert.deepEqual(truths.map(({ served_latency }) => served_latency), ["optimized", "standard"]);
});

Deno.test("embedded endpoint: Anthropic's thinking, calls and cache", async () => {
  const model = "anthropic.claude-3-7-sonnet-20250219-v1:0";
  const body = { anthropic_version: "bedrock-2023-05-31", max_tokens: 100, messages };
  const faults: FaultOptions = { reasoning: [1], reasoning_tokens: 2, tool_calls: [2] };
  await running({ model_id: model, faults }, async (simulation) => {
    const thought = (await stream(simulation, model, body)).bodies;
    const types = thought.map(({ type, delta }) => delta?.type ?? type);
    assert.deepEqual(types.slice(0, 8), [
      ...["message_start", "content_block_start", "thinking_delta", "thinking_delta", "signature_delta"],
      ...["content_block_stop", "content_block_start", "text_delta"],
    ]);
    const called = (await stream(simulation, model, body)).bodies;
    const input = called.map(({ delta }) => delta?.partial_json ?? "").join("");
    assert.match(JSON.parse(input).answer, /Lisbon/);
    const system = [{ type: "text", text: "x".repeat(400), cache_control: { type: "ephemeral" } }];
    for (const [written, read] of [[100, 0], [0, 100]]) {
      const { usage } = (await invoke(simulation, model, { ...body, system })).body;
      const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens } = usage;
      assert.deepEqual([input_tokens, cache_creation_input_tokens, cache_read_input_tokens], [
        300,
        written,
        read,
      ]);
    }
  });
});

Deno.test("embedded endpoint: Titan's and Cohere's embeddings have length 1 and are the text's own", async () => {
  const model = "amazon.titan-embed-text-v2:0";
  const truths = await running({ model_id: model }, async (simulation) => {
    const vectors = [];
    for (const text of ["Where?", "Where?", "How many?"]) {
      const { body } = await invoke(simulation, model, { inputText: text, dimensions: 256 });
      assert.equal(body.inputTextTokenCount, text === "Where?" ? 300 : 7);
      assert.equal(body.embedding.length, 256);
      assert.ok(Math.abs(Math.hypot(...body.embedding) - 1) < 1e-6);
      vectors.push(body.embedding);
    }
    assert.deepEqual(vectors[0], vectors[1]);
    assert.notDeepEqual(vectors[0], vectors[2]);
    const { body } = await invoke(simulation, model, {
      texts: ["Where?", "b"],
      input_type: "search_document",
    });
    assert.deepEqual([body.embeddings.length, body.texts, body.embeddings[0].length], [
      2,
      ["Where?", "b"],
      1024,
    ]);
    await assert.rejects(stream(simulation, model, { inputText: "Where?" }), { name: "ValidationException" });
  });
  assert.deepEqual(truths.map(({ status, completion_tokens }) => [status, completion_tokens]), [
    ...Array.from({ length: 4 }, () => [200, 0]),
    [400, null],
  ]);
});

Deno.test("embedded endpoint: a body of no known form is refused, and an exception breaks a stream off", async () => {
  await running({ faults: { error_mid_stream: 1 } }, async (simulation) => {
    await assert.rejects(invoke(simulation, "m", { question: "Where?" }), { name: "ValidationException" });
    const { bodies, error } = await stream(simulation, "m", { prompt: "Where?" });
    assert.equal(error?.name, "ModelStreamErrorException");
    assert.ok(bodies.length >= 1);
    assert.equal((await ask(simulation, "/model/m/invoke", {})).status, 403);
  });
});
