import assert from "node:assert/strict";
import { type Endpoint, type ProtocolName, simulatedCredentials } from "../../lib/core/mod.ts";
import { type Answer, predictorFor } from "../../lib/predict/mod.ts";
import type { FaultOptions, SimulateOptions, Simulation, Truth } from "../../lib/simulate/mod.ts";
import { splitTokens } from "../../lib/simulate/tokens.ts";
import { userTransport } from "../../lib/transport/mod.ts";
import { plainAnswer, running } from "./running.ts";

/** How a protocol's predictor is pointed at the embedded endpoint, and what its answers can't say. */
interface Case {
  readonly protocol: ProtocolName;
  readonly model_id?: string;
  readonly base?: string;
  readonly parameters: Record<string, unknown>;
  readonly options?: Endpoint["options"];
  readonly simulate?: Partial<SimulateOptions>;
  readonly streams?: boolean;
  /** Counts that a streamed and a whole answer have: prompt and completion tokens. */
  readonly counts: readonly [
    readonly [number | null, number | null],
    readonly [number | null, number | null],
  ];
  /** The stop reasons of a streamed and a whole answer that reach the limit. */
  readonly stops: readonly [string | null, string | null];
}

const both = [[300, 3], [300, 3]] as const;
const none = [[null, null], [null, null]] as const;
const limit = (reason: string | null) => [reason, reason] as const;

const cases: readonly Case[] = [
  {
    protocol: "openai_chat",
    base: "/v1",
    parameters: { max_tokens: 3 },
    counts: both,
    stops: limit("length"),
  },
  {
    protocol: "openai_completions",
    base: "/v1",
    parameters: { max_tokens: 3 },
    counts: both,
    stops: limit("length"),
  },
  { protocol: "bedrock", parameters: { max_tokens: 3 }, counts: both, stops: limit("max_tokens") },
  ...["anthropic.claude-3-5-haiku-20241022-v1:0", "amazon.nova-lite-v1:0"].map((model_id) => ({
    ...{ protocol: "bedrock_invoke" as const, model_id, parameters: { max_tokens: 3 }, counts: both },
    stops: limit("max_tokens"),
  })),
  ...["meta.llama3-1-8b-instruct-v1:0", "mistral.mistral-large-2407-v1:0", "us.deepseek.r1-v1:0"].map((
    model_id,
  ) => ({
    ...{ protocol: "bedrock_invoke" as const, model_id, parameters: { max_tokens: 3 }, counts: both },
    stops: limit("length"),
  })),
  {
    ...{ protocol: "sagemaker", parameters: { max_new_tokens: 3, details: true } },
    ...{ counts: [[null, 3], [null, 3]], stops: limit("length") },
  },
  {
    ...{
      protocol: "sagemaker",
      parameters: { max_new_tokens: 3, details: true },
      simulate: { container: "tgi" },
    },
    ...{ counts: [[300, 3], [null, 3]], stops: limit("length") },
  },
  {
    ...{ protocol: "sagemaker", parameters: { max_new_tokens: 3 }, options: { body: "messages" } },
    ...{ counts: both, stops: limit("length") },
  },
  {
    ...{ protocol: "djl", parameters: { max_new_tokens: 3, details: true } },
    ...{ counts: [[null, 3], [null, 3]], stops: limit("length") },
  },
  {
    ...{ protocol: "tgi", parameters: { max_new_tokens: 3, details: true } },
    ...{ counts: both, stops: limit("length") },
  },
  { protocol: "triton", parameters: { max_new_tokens: 3 }, counts: none, stops: limit(null) },
  { protocol: "ollama", parameters: { max_new_tokens: 3 }, counts: both, stops: limit("length") },
  { protocol: "llama_cpp", parameters: { max_new_tokens: 3 }, counts: both, stops: limit("limit") },
  {
    ...{ protocol: "rest", parameters: { max_tokens: 3 }, counts: both, stops: limit("length") },
    options: {
      rest: {
        path: "/rest",
        body: { model_id: "{model}", prompt: "{prompt}", max_tokens: "{max_tokens}" },
        stream_body: { stream: true },
        response: {
          text: "/completions/0/text",
          prompt_tokens: "/usage/prompt_tokens",
          completion_tokens: "/usage/completion_tokens",
          stop_reason: "/completions/0/finish_reason",
        },
        events: {
          ...{ format: "sse", end: "[DONE]", text: "/completions/0/text", error: "/error" },
          ...{ prompt_tokens: "/usage/prompt_tokens", completion_tokens: "/usage/completion_tokens" },
          stop_reason: "/completions/0/finish_reason",
        },
      },
    },
  },
];

/** Servers that give requests no id, so that their predictors look for none. */
const nameless = ["ollama", "llama_cpp"];

/** One answer to "Where?" by the predictor. */
async function predicted({ port }: Simulation, each: Case, stream: boolean): Promise<Answer> {
  const endpoint = {
    ...{ predictor: each.protocol, url: `http://127.0.0.1:${port}${each.base ?? ""}`, region: "us-west-2" },
    ...{
      model_id: each.model_id ?? "m",
      endpoint_name: each.protocol === "sagemaker" ? "any" : each.model_id ?? "m",
    },
    ...{ api_key_env: null, ...(each.options === undefined ? {} : { options: each.options }) },
  };
  const transport = userTransport();
  try {
    const predictor = await predictorFor({
      ...{ endpoint, stream, transports: { for: () => transport } },
      credentials: () => Promise.resolve(simulatedCredentials),
    });
    const exchange = await predictor.begin({ prompt: "Where?" }, each.parameters);
    if ("call" in exchange) throw new Error("expected an exchange");
    const { failure } = await transport.send(exchange.request, exchange.reader);
    return exchange.reader.finish(failure);
  } finally {
    transport.close();
  }
}

const nameOf = ({ protocol, model_id = "", simulate, options }: Case) =>
  `${protocol} ${[model_id, simulate?.container, options?.body].filter((word) => word).join(" ")}`.trim();

async function once(each: Case, stream: boolean, faults: FaultOptions | null = null) {
  let answer: Answer | undefined;
  let expected = "";
  const model_id = each.model_id ?? "m";
  const truths = await running({ ...each.simulate, model_id, faults }, async (simulation) => {
    answer = await predicted(simulation, each, stream);
    expected = splitTokens(await plainAnswer(simulation, model_id)).slice(0, 3).join("");
  });
  return { answer: answer!, truth: truths[0] as Truth, expected };
}

for (const each of cases) {
  for (const stream of [true, false]) {
    Deno.test(`embedded endpoint: ${nameOf(each)}, ${stream ? "streamed" : "whole"}: text, counts, chunks and reason`, async () => {
      const { answer, truth, expected } = await once(each, stream);
      assert.equal(answer.error, null);
      assert.equal(answer.text, expected);
      assert.equal(answer.chunk_ms.length, stream ? 3 : 0);
      assert.deepEqual([answer.prompt_tokens, answer.completion_tokens], each.counts[stream ? 0 : 1]);
      assert.equal(answer.stop_reason, each.stops[stream ? 0 : 1]);
      assert.deepEqual([truth.prompt_tokens, truth.completion_tokens, truth.status], [300, 3, 200]);
      assert.equal(answer.server_request_id, nameless.includes(each.protocol) ? null : truth.request_id);
    });
  }

  for (
    const [failure, kind] of [
      ["http_429", "throttled"],
      ["http_500", "http"],
      ["error_mid_stream", "stream"],
      ["truncated", "stream"],
      ["closed_mid_stream", "stream"],
      ["malformed_json", "parse"],
    ] as const
  ) {
    Deno.test(`embedded endpoint: ${nameOf(each)}: ${failure} is an error of kind ${kind}`, async () => {
      const { answer, truth } = await once(each, true, { [failure]: [1] });
      if (each.protocol === "triton" && failure === "truncated") assert.equal(truth.fault, null);
      else assert.equal(answer.error?.kind, kind, answer.error?.message ?? "no error");
    });
  }

  for (
    const shape of ["split_events", "merged_events", "empty_deltas", "comments", "oversized_line"] as const
  ) {
    Deno.test(`embedded endpoint: ${nameOf(each)}: ${shape} changes nothing`, async () => {
      const { answer, expected } = await once(each, true, { [shape]: [1], oversized_bytes: 20_000 });
      assert.equal(answer.error, null);
      assert.deepEqual([answer.text, answer.chunk_ms.length], [expected, 3]);
    });
  }
}

Deno.test("embedded endpoint: openai_embeddings and ray_serve, which do not stream", async () => {
  const usual = { parameters: {}, counts: none, stops: limit(null) };
  const vector = await once({ ...usual, protocol: "openai_embeddings", base: "/v1" }, false);
  assert.deepEqual([vector.answer.error, vector.answer.prompt_tokens], [null, 300]);
  assert.deepEqual([vector.truth.prompt_tokens, vector.truth.completion_tokens], [300, 0]);
  const { answer, truth, expected } = await once({ ...usual, protocol: "ray_serve" }, false);
  assert.equal(answer.error, null);
  assert.ok(answer.text.startsWith(expected));
  assert.equal(truth.prompt_tokens, 300);
});
