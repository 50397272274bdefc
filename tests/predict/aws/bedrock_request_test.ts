import assert from "node:assert/strict";
import { type AwsCredentials, UserError } from "../../../lib/core/mod.ts";
import { type Exchange, predictorFor, predictorNames } from "../../../lib/predict/mod.ts";
import { keys, optionsOf, sent } from "./aws_requests.ts";

const bedrock = (endpoint: Parameters<typeof optionsOf>[0] | object = {}, given = {}) =>
  optionsOf({ predictor: "bedrock", ...endpoint }, given);

Deno.test("the registry knows the three protocols of AWS", () => {
  for (const name of ["bedrock", "bedrock_invoke", "sagemaker"]) assert.ok(predictorNames().includes(name));
});

Deno.test("a prompt is one user message, and nothing is asked that was not configured", async () => {
  const { path, body, headers } = await sent(bedrock(), { prompt: "Warum? ä" });
  assert.equal(path, "/model/model%3A0/converse");
  assert.deepEqual(body, { messages: [{ role: "user", content: [{ text: "Warum? ä" }] }] });
  assert.equal(headers["x-amz-security-token"], keys.session_token);
  assert.match(headers["user-agent"]!, /^fmbench\//);
});

Deno.test("a stream is asked at converse-stream", async () => {
  const { path } = await sent(bedrock({}, { stream: true }), { prompt: "p" });
  assert.equal(path, "/model/model%3A0/converse-stream");
});

const arn = "arn:aws:bedrock:us-west-2:123456789012:provisioned-model/abc123xyz456";

for (
  const [model_id, endpoint_name, path] of [
    ["us.meta.llama3-1-8b-instruct-v1:0", "ep", "us.meta.llama3-1-8b-instruct-v1%3A0"],
    ["amazon.nova-micro-v1:0", "us.amazon.nova-micro-v1:0", "us.amazon.nova-micro-v1%3A0"],
    [
      "arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.amazon.nova-lite-v1:0",
      "ep",
      "arn%3Aaws%3Abedrock%3Aus-west-2%3A123456789012%3Ainference-profile%2Fus.amazon.nova-lite-v1%3A0",
    ],
    [
      "anthropic.claude-3-haiku-20240307-v1:0",
      arn,
      "arn%3Aaws%3Abedrock%3Aus-west-2%3A123456789012%3Aprovisioned-model%2Fabc123xyz456",
    ],
  ] as const
) {
  Deno.test(`the model called is ${path}, and the signature holds for it`, async () => {
    const seen = await sent(bedrock({ model_id, endpoint_name }), { prompt: "p" });
    assert.equal(seen.path, `/model/${path}/converse`);
  });
}

Deno.test("parameters go under Converse's names, and what it has no name for to the model", async () => {
  const parameters = {
    max_new_tokens: 64,
    temperature: 0,
    top_p: 0.9,
    stop: "END",
    top_k: 50,
    thinking: { type: "enabled" },
    stream: true,
  };
  const options = { additional_model_request_fields: { reasoning: "high", top_k: 10 } };
  const { body } = await sent(bedrock({ options }), { prompt: "p" }, parameters);
  assert.deepEqual(body, {
    messages: [{ role: "user", content: [{ text: "p" }] }],
    inferenceConfig: { maxTokens: 64, temperature: 0, topP: 0.9, stopSequences: ["END"] },
    additionalModelRequestFields: { top_k: 10, thinking: { type: "enabled" }, reasoning: "high" },
  });
});

Deno.test("Converse's own spelling wins, and nothing is said twice", async () => {
  const parameters = {
    maxTokens: 1,
    max_tokens: 2,
    max_new_tokens: 3,
    topP: 0.1,
    top_p: 0.2,
    stopSequences: ["a"],
    stop: ["b"],
  };
  const { body } = await sent(bedrock(), { prompt: "p" }, parameters);
  assert.deepEqual((body as { inferenceConfig: unknown }).inferenceConfig, {
    maxTokens: 1,
    topP: 0.1,
    stopSequences: ["a"],
  });
  const { maxTokens } = await predictorFor(bedrock());
  assert.deepEqual([maxTokens(parameters), maxTokens({ max_new_tokens: 3 }), maxTokens({})], [1, 3, null]);
});

Deno.test("a conversation goes turn by turn, its system messages apart, images with the last question", async () => {
  const image = { media_type: "image/png", base64: "iVBORw0KGgo=" } as const;
  const { body } = await sent(bedrock({ options: { system_prompt: "Be brief." } }), {
    prompt: "the transcript",
    messages: [
      { role: "system", content: "Speak German." },
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hallo" },
      { role: "user", content: "What is this?" },
    ],
    images: [image],
  });
  assert.deepEqual(body, {
    system: [{ text: "Be brief." }, { text: "Speak German." }],
    messages: [
      { role: "user", content: [{ text: "Hi" }] },
      { role: "assistant", content: [{ text: "Hallo" }] },
      {
        role: "user",
        content: [{ text: "What is this?" }, {
          image: { format: "png", source: { bytes: image.base64 } },
        }],
      },
    ],
  });
});

for (const format of ["jpeg", "gif", "webp"] as const) {
  Deno.test(`an image/${format} goes as ${format}`, async () => {
    const images = [{ media_type: `image/${format}`, base64: "AAEC" } as const];
    const { body } = await sent(bedrock(), { prompt: "p", images });
    const [message] = (body as { messages: { content: unknown[] }[] }).messages;
    assert.deepEqual(message!.content[1], { image: { format, source: { bytes: "AAEC" } } });
  });
}

Deno.test("profile and tier are asked for", async () => {
  const options = { latency_mode: "optimized", service_tier: "flex" } as const;
  const { body } = await sent(bedrock({ options }), { prompt: "p" });
  const { performanceConfig, serviceTier } = body as Record<string, unknown>;
  assert.deepEqual([performanceConfig, serviceTier], [{ latency: "optimized" }, { type: "flex" }]);
});

const point = { cachePoint: { type: "default" } };

Deno.test("the cache point stands after the system prompt, or without one after the last question", async () => {
  const caching = { prompt_caching: true };
  const withSystem = await sent(bedrock({ options: { ...caching, system_prompt: "S" } }), { prompt: "p" });
  assert.deepEqual(withSystem.body, {
    system: [{ text: "S" }, point],
    messages: [{ role: "user", content: [{ text: "p" }] }],
  });
  const without = await sent(bedrock({ options: caching }), { prompt: "p" });
  assert.deepEqual(without.body, { messages: [{ role: "user", content: [{ text: "p" }, point] }] });
});

Deno.test("a role that Converse does not know can't be sent", async () => {
  const predictor = await predictorFor(bedrock());
  const messages = [{ role: "tool", content: "x" }];
  await assert.rejects(async () => await predictor.begin({ prompt: "p", messages }, {}), /not "tool"/);
});

Deno.test("headers of the endpoint are sent and signed", async () => {
  const options = { headers: { "X-Amzn-Bedrock-Trace": "${TRACE}" } };
  const { headers } = await sent(bedrock({ options }, { env: { TRACE: "ENABLED" } }), { prompt: "p" });
  assert.equal(headers["x-amzn-bedrock-trace"], "ENABLED");
  assert.match(headers["authorization"]!, /SignedHeaders=\S*x-amzn-bedrock-trace/);
});

Deno.test("keys are asked for at every signature, and the signature ends with them", async () => {
  const soon = Date.now() + 60_000;
  let asked = 0;
  const credentials = (): Promise<AwsCredentials> => {
    asked++;
    return Promise.resolve({ ...keys, access_key_id: `AKID${asked}`, expires_at_ms: soon });
  };
  const predictor = await predictorFor(bedrock({}, { credentials }));
  assert.equal(predictor.signs, true);
  const before = asked;
  const first = await predictor.begin({ prompt: "p" }, {}) as Exchange;
  const second = await predictor.begin({ prompt: "p" }, {}) as Exchange;
  assert.ok(asked >= before + 2);
  assert.notEqual(
    first.request.headers["authorization"]!.split("/")[0],
    second.request.headers["authorization"]!.split("/")[0],
  );
  assert.deepEqual([first.expires_at_ms, second.expires_at_ms], [soon, soon]);
});

Deno.test("with keys that do not end, a signature lives five minutes from its second", async () => {
  const before = Date.now();
  const predictor = await predictorFor(bedrock());
  const { expires_at_ms } = await predictor.begin({ prompt: "p" }, {}) as Exchange;
  assert.ok(expires_at_ms! >= before - 1000 + 300_000 && expires_at_ms! <= Date.now() + 300_000);
});

Deno.test("an API key of Bedrock is sent in place of a signature", async () => {
  const predictor = await predictorFor(
    bedrock({ api_key_env: "BEDROCK_KEY" }, { env: { BEDROCK_KEY: "k-1" } }),
  );
  const { request, expires_at_ms } = await predictor.begin({ prompt: "p" }, {}) as Exchange;
  assert.equal(request.headers["authorization"], "Bearer k-1");
  assert.equal(expires_at_ms, Infinity);
});

Deno.test("keys that can't be had reject, which becomes a record", async () => {
  const credentials = () => Promise.reject(new Error("no keys today"));
  const predictor = await predictorFor(bedrock({}, { credentials }));
  await assert.rejects(async () => await predictor.begin({ prompt: "p" }, {}), /no keys today/);
});

Deno.test("without a region or keys there is no predictor, and it says so", async () => {
  await assert.rejects(predictorFor(bedrock({ region: null })), {
    name: "UserError",
    message: 'Cannot sign requests to the endpoint "ep": its region is not known. ' +
      "Set aws.region, or region of the experiment.",
  });
  const { credentials: _, ...without } = bedrock();
  await assert.rejects(predictorFor(without), UserError);
});
