import assert from "node:assert/strict";
import type { ProtocolOptions } from "../../../lib/core/mod.ts";
import { predictorFor } from "../../../lib/predict/mod.ts";
import { vendorOf } from "../../../lib/predict/aws/bedrock_model.ts";
import { optionsOf, sent } from "./aws_requests.ts";

const invoke = (model_id: string, options: ProtocolOptions = {}, endpoint_name = "ep", stream = false) =>
  optionsOf({ predictor: "bedrock_invoke", model_id, endpoint_name, options }, { stream });

const parameters = { max_new_tokens: 64, temperature: 0.5, top_p: 0.9, stop: ["END"] };

/** What each vendor's model is asked for the prompt "p" and these parameters. */
const bodies: readonly [model: string, body: unknown][] = [
  ["anthropic.claude-3-haiku-20240307-v1:0", {
    anthropic_version: "bedrock-2023-05-31",
    max_tokens: 64,
    temperature: 0.5,
    top_p: 0.9,
    stop_sequences: ["END"],
    messages: [{ role: "user", content: [{ type: "text", text: "p" }] }],
  }],
  ["us.amazon.nova-lite-v1:0", {
    schemaVersion: "messages-v1",
    messages: [{ role: "user", content: [{ text: "p" }] }],
    inferenceConfig: { maxTokens: 64, temperature: 0.5, topP: 0.9, stopSequences: ["END"] },
  }],
  ["amazon.titan-text-express-v1", {
    inputText: "p",
    textGenerationConfig: { maxTokenCount: 64, temperature: 0.5, topP: 0.9, stopSequences: ["END"] },
  }],
  ["amazon.titan-embed-text-v2:0", { inputText: "p" }],
  ["cohere.embed-english-v3", { texts: ["p"], input_type: "search_document" }],
  ["cohere.command-r-plus-v1:0", {
    message: "p",
    max_tokens: 64,
    temperature: 0.5,
    p: 0.9,
    stop_sequences: ["END"],
  }],
  ["cohere.command-text-v14", {
    prompt: "p",
    max_tokens: 64,
    temperature: 0.5,
    p: 0.9,
    stop_sequences: ["END"],
  }],
  ["us.meta.llama3-1-8b-instruct-v1:0", {
    prompt: "p",
    max_gen_len: 64,
    temperature: 0.5,
    top_p: 0.9,
    stop: ["END"],
  }],
  ...["mistral.mistral-7b-instruct-v0:2", "us.deepseek.r1-v1:0"].map((model): [string, unknown] => [
    model,
    { prompt: "p", max_tokens: 64, temperature: 0.5, top_p: 0.9, stop: ["END"] },
  ]),
  ...[
    "mistral.mistral-large-2407-v1:0",
    "ai21.jamba-1-5-mini-v1:0",
    "deepseek.v3-v1:0",
    "openai.gpt-oss-20b-1:0",
  ].map(
    (model): [string, unknown] => [model, {
      messages: [{ role: "user", content: "p" }],
      max_tokens: 64,
      temperature: 0.5,
      top_p: 0.9,
      stop: ["END"],
    }],
  ),
];

for (const [model, body] of bodies) {
  Deno.test(`the body of ${model}`, async () => {
    const seen = await sent(invoke(model), { prompt: "p" }, parameters);
    assert.deepEqual(seen.body, body);
    assert.equal(seen.path, `/model/${encodeURIComponent(model)}/invoke`);
    assert.equal(seen.headers["content-type"], "application/json");
  });
}

Deno.test("what is not the same at all vendors goes as it is, or under the vendor's name", async () => {
  const top_k = async (model: string) => (await sent(invoke(model), { prompt: "p" }, { top_k: 5 })).body;
  const claude = await top_k("anthropic.claude-3-haiku-20240307-v1:0") as Record<string, unknown>;
  assert.equal(claude["top_k"], 5);
  const nova = await top_k("amazon.nova-lite-v1:0") as Record<string, unknown>;
  assert.deepEqual(nova["inferenceConfig"], { topK: 5 });
  const command = await top_k("cohere.command-r-v1:0") as Record<string, unknown>;
  assert.equal(command["k"], 5);
});

Deno.test("only Cohere's old models ask for a stream in the body; the others by the address", async () => {
  const command = await sent(invoke("cohere.command-text-v14", {}, "ep", true), { prompt: "p" });
  assert.deepEqual(command.body, { prompt: "p", stream: true });
  const llama = await sent(invoke("meta.llama3-8b-instruct-v1:0", {}, "ep", true), { prompt: "p" });
  assert.deepEqual(llama.body, { prompt: "p" });
  assert.match(llama.path, /\/invoke-with-response-stream$/);
});

Deno.test("profile and tier go as headers, and further fields into the body", async () => {
  const { headers, body } = await sent(
    invoke("meta.llama3-8b-instruct-v1:0", {
      latency_mode: "optimized",
      service_tier: "flex",
      additional_model_request_fields: { seed: 1 },
    }),
    { prompt: "p" },
  );
  assert.equal(headers["x-amzn-bedrock-performanceconfig-latency"], "optimized");
  assert.equal(headers["x-amzn-bedrock-service-tier"], "flex");
  assert.deepEqual(body, { prompt: "p", seed: 1 });
});

const conversation = {
  prompt: "transcript",
  messages: [
    { role: "system", content: "S" },
    { role: "user", content: "a" },
    { role: "assistant", content: "b" },
    { role: "user", content: "c" },
  ],
};

Deno.test("conversations in the forms that know them", async () => {
  const claude = await sent(invoke("anthropic.claude-3-haiku-20240307-v1:0"), conversation);
  assert.deepEqual(claude.body, {
    anthropic_version: "bedrock-2023-05-31",
    system: [{ type: "text", text: "S" }],
    messages: [
      { role: "user", content: [{ type: "text", text: "a" }] },
      { role: "assistant", content: [{ type: "text", text: "b" }] },
      { role: "user", content: [{ type: "text", text: "c" }] },
    ],
  });
  const command = await sent(invoke("cohere.command-r-v1:0"), conversation);
  assert.deepEqual(command.body, {
    message: "c",
    chat_history: [{ role: "USER", message: "a" }, { role: "CHATBOT", message: "b" }],
    preamble: "S",
  });
  const llama = await sent(invoke("meta.llama3-8b-instruct-v1:0"), conversation);
  assert.deepEqual(llama.body, { prompt: "transcript" });
});

const images = [{ media_type: "image/jpeg", base64: "AAEC" } as const];

Deno.test("images in the forms that know them; the others can't be asked", async () => {
  const ask = async (model: string) => (await sent(invoke(model), { prompt: "p", images })).body;
  assert.deepEqual(await ask("anthropic.claude-3-haiku-20240307-v1:0"), {
    anthropic_version: "bedrock-2023-05-31",
    messages: [{
      role: "user",
      content: [
        { type: "text", text: "p" },
        { type: "image", source: { type: "base64", media_type: "image/jpeg", data: "AAEC" } },
      ],
    }],
  });
  assert.deepEqual(await ask("amazon.nova-lite-v1:0"), {
    schemaVersion: "messages-v1",
    messages: [{
      role: "user",
      content: [{ text: "p" }, { image: { format: "jpeg", source: { bytes: "AAEC" } } }],
    }],
  });
  assert.deepEqual(await ask("us.meta.llama3-2-11b-instruct-v1:0"), { prompt: "p", images: ["AAEC"] });
  assert.deepEqual(await ask("amazon.titan-embed-image-v1"), { inputText: "p", inputImage: "AAEC" });
  await assert.rejects(ask("mistral.mistral-7b-instruct-v0:2"), { name: "UserError" });
  await assert.rejects(ask("cohere.command-r-v1:0"), { name: "UserError" });
});

Deno.test("cache marks stand after the system prompt, or without one after the last question", async () => {
  const ask = async (model: string, system_prompt?: string) => {
    const options = { prompt_caching: true, ...(system_prompt === undefined ? {} : { system_prompt }) };
    const { system, messages } = (await sent(invoke(model, options), { prompt: "p" })).body as Record<
      string,
      unknown
    >;
    return { system, messages };
  };
  const claude = "anthropic.claude-3-haiku-20240307-v1:0";
  const mark = { cache_control: { type: "ephemeral" } };
  assert.deepEqual(await ask(claude, "S"), {
    system: [{ type: "text", text: "S", ...mark }],
    messages: [{ role: "user", content: [{ type: "text", text: "p" }] }],
  });
  assert.deepEqual(await ask(claude), {
    system: undefined,
    messages: [{ role: "user", content: [{ type: "text", text: "p", ...mark }] }],
  });
  const point = { cachePoint: { type: "default" } };
  assert.deepEqual(await ask("amazon.nova-lite-v1:0", "S"), {
    system: [{ text: "S" }, point],
    messages: [{ role: "user", content: [{ text: "p" }] }],
  });
  assert.deepEqual(await ask("amazon.nova-lite-v1:0"), {
    system: undefined,
    messages: [{ role: "user", content: [{ text: "p" }, point] }],
  });
});

for (
  const [model, vendor, name] of [
    ["meta.llama3-8b-instruct-v1:0", "meta", "llama3-8b-instruct-v1:0"],
    ["us.meta.llama3-8b-instruct-v1:0", "meta", "llama3-8b-instruct-v1:0"],
    ["eu.anthropic.claude-3-haiku-20240307-v1:0", "anthropic", "claude-3-haiku-20240307-v1:0"],
    ["apac.amazon.nova-lite-v1:0", "amazon", "nova-lite-v1:0"],
    ["global.anthropic.claude-sonnet-4-20250514-v1:0", "anthropic", "claude-sonnet-4-20250514-v1:0"],
    ["us-gov.anthropic.claude-3-haiku-20240307-v1:0", "anthropic", "claude-3-haiku-20240307-v1:0"],
    ["arn:aws:bedrock:us-east-1::foundation-model/cohere.command-r-v1:0", "cohere", "command-r-v1:0"],
    [
      "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0",
      "amazon",
      "nova-pro-v1:0",
    ],
  ] as const
) {
  Deno.test(`${model} is ${vendor}'s ${name}`, () => {
    assert.deepEqual(vendorOf(model), { vendor, model: name });
  });
}

const provisioned = "arn:aws:bedrock:us-west-2:123456789012:provisioned-model/abc";
const imported = "arn:aws:bedrock:us-west-2:123456789012:imported-model/abc";

Deno.test("an opaque ARN as the endpoint's name is called, and the model's id tells the form", async () => {
  const { path, body } = await sent(
    invoke("meta.llama3-8b-instruct-v1:0", {}, provisioned),
    { prompt: "p" },
    {
      max_tokens: 1,
    },
  );
  assert.equal(path, `/model/${encodeURIComponent(provisioned)}/invoke`);
  assert.deepEqual(body, { prompt: "p", max_gen_len: 1 });
});

for (
  const [form, body] of [
    [undefined, { prompt: "p", max_gen_len: 1 }],
    ["generate", { prompt: "p", max_gen_len: 1 }],
    ["completions", { prompt: "p", max_tokens: 1 }],
    ["messages", { messages: [{ role: "user", content: "p" }], max_tokens: 1 }],
  ] as const
) {
  Deno.test(`an imported model takes what options.body says: ${form ?? "nothing"}`, async () => {
    const options: ProtocolOptions = form === undefined ? {} : { body: form };
    const seen = await sent(invoke("meta.llama3", options, imported), { prompt: "p" }, { max_tokens: 1 });
    assert.deepEqual(seen.body, body);
  });
}

Deno.test("a model that does not say whose it is needs help", async () => {
  await assert.rejects(predictorFor(invoke(provisioned)), {
    name: "UserError",
    message:
      `Cannot make requests for the model "${provisioned}": it does not say whose model it is, so that the form ` +
      "of the request is not known. Give the model's own id as model_id and the ARN as ep_name, or use the protocol " +
      "bedrock (Converse).",
  });
});
