import assert from "node:assert/strict";
import type { AwsCredentials, ProtocolOptions } from "../../../lib/core/mod.ts";
import { simulatedCredentials } from "../../../lib/core/mod.ts";
import type { FaultOptions, SimulateOptions, Simulation } from "../../../lib/simulate/mod.ts";
import { splitTokens } from "../../../lib/simulate/tokens.ts";
import { type Transport, userTransport } from "../../../lib/transport/mod.ts";
import { running } from "../../simulate/running.ts";
import { transports } from "../../transport/transports.ts";
import { type Called, called, towards } from "./aws_calls.ts";

const model = "us.meta.llama3-1-8b-instruct-v1:0";
const profile = `arn:aws:bedrock:us-west-2:123456789012:inference-profile/${model}`;
const provisioned = "arn:aws:bedrock:us-west-2:123456789012:provisioned-model/abc123";

interface Asked {
  readonly predictor?: "bedrock" | "bedrock_invoke";
  readonly model_id?: string;
  readonly endpoint_name?: string;
  readonly options?: ProtocolOptions;
  readonly stream?: boolean;
  readonly keys?: AwsCredentials;
  readonly parameters?: Record<string, unknown>;
  readonly transport?: Transport;
}

/** One call of an endpoint's model. */
async function call({ port }: Simulation, asked: Asked = {}): Promise<Called> {
  const { predictor = "bedrock", model_id = model, endpoint_name = "ep", options = {}, stream = true } =
    asked;
  const { keys = simulatedCredentials, parameters = {} } = asked;
  const transport = asked.transport ?? userTransport();
  try {
    return await called(
      transport,
      towards(port, { predictor, model_id, endpoint_name, options }, {
        stream,
        credentials: () => Promise.resolve(keys),
      }),
      { prompt: "Where?" },
      parameters,
    );
  } finally {
    if (asked.transport === undefined) transport.close();
  }
}

/** An endpoint that serves the model. */
const serving = (options: Partial<SimulateOptions>, act: (simulation: Simulation) => Promise<void>) =>
  running({ model_id: model, ...options }, act);

/** Its answer to "Where?", asked for over OpenAI's protocol. */
async function expectedText({ port }: Simulation): Promise<string> {
  const messages = [{ role: "user", content: "Where?" }];
  const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model, messages }),
  });
  return (await answer.json()).choices[0].message.content;
}

for (const { clock, open, ignore } of transports) {
  for (const predictor of ["bedrock", "bedrock_invoke"] as const) {
    Deno.test({
      name: `embedded endpoint, ${clock} clock: ${predictor} streams text, counts and times; the log agrees`,
      ignore,
      async fn() {
        let id: string | null = null;
        const truths = await serving({}, async (simulation) => {
          const transport = open();
          const { answer, result } = await call(simulation, { predictor, transport });
          transport.close();
          const text = await expectedText(simulation);
          const tokens = splitTokens(text).length;
          id = answer.server_request_id;
          assert.deepEqual([result.status, answer.error, answer.text], [200, null, text]);
          assert.deepEqual(
            [answer.prompt_tokens, answer.completion_tokens, answer.token_source],
            [300, tokens, "server"],
          );
          assert.equal(answer.chunk_ms.length, tokens);
          assert.ok(answer.terminated && answer.terminated_ms! <= result.ended_ms);
          assert.ok(answer.chunk_ms.every((at, i) => at >= (answer.chunk_ms[i - 1] ?? result.sent_ms!)));
          assert.ok(answer.server_latency_ms! > 0);
        });
        assert.equal(truths[0]?.request_id, id);
        assert.equal(truths[0]?.prompt_tokens, 300);
      },
    });
  }
}

for (const predictor of ["bedrock", "bedrock_invoke"] as const) {
  for (
    const [why, asked] of [
      ["the model's id", { model_id: model }],
      ["an inference profile's ARN", { model_id: profile }],
      ["a provisioned model's ARN as the endpoint's name", { model_id: model, endpoint_name: provisioned }],
    ] as const
  ) {
    for (const stream of [true, false]) {
      Deno.test(`embedded endpoint: ${predictor} by ${why}${stream ? ", streamed" : ""}: the signature holds`, async () => {
        await serving({}, async (simulation) => {
          const { answer, result } = await call(simulation, { predictor, stream, ...asked });
          assert.deepEqual([result.status, answer.error, answer.terminated], [200, null, true]);
          assert.equal(answer.text, await expectedText(simulation));
          assert.equal(answer.prompt_tokens, 300);
        });
      });
    }
  }

  for (
    const [why, keys, kind, message] of [
      [
        "a wrong secret",
        { ...simulatedCredentials, secret_access_key: "wrong" },
        "http",
        /^HTTP 403 InvalidSignatureException: /,
      ],
      [
        "an unknown key",
        { ...simulatedCredentials, access_key_id: "AKIDUNKNOWN" },
        "http",
        /^HTTP 403 UnrecognizedClientException: /,
      ],
    ] as const
  ) {
    Deno.test(`embedded endpoint: ${predictor} with ${why} is refused`, async () => {
      await serving({}, async (simulation) => {
        const { answer, result } = await call(simulation, { predictor, keys });
        assert.deepEqual([result.status, answer.error?.kind], [403, kind]);
        assert.match(answer.error!.message, message);
        assert.notEqual(answer.server_request_id, null);
      });
    });
  }

  Deno.test(`embedded endpoint: ${predictor} with keys that have ended says what to do`, async () => {
    const keys = { ...simulatedCredentials, session_token: "s", expires_at_ms: Date.now() - 60_000 };
    await serving({ credentials: [keys] }, async (simulation) => {
      const { answer } = await call(simulation, { predictor, keys: { ...keys, expires_at_ms: null } });
      assert.match(
        answer.error!.message,
        /^HTTP 403 ExpiredTokenException: .*renew them .* and resume the run\.$/,
      );
    });
  });

  Deno.test(`embedded endpoint: ${predictor} that is throttled knows when it may come back`, async () => {
    await serving({ faults: { http_429: 1, retry_after_s: 7 } }, async (simulation) => {
      const { answer, retry_after } = await call(simulation, { predictor });
      assert.equal(answer.error?.kind, "throttled");
      assert.match(answer.error!.message, /^HTTP 429 ThrottlingException: /);
      assert.equal(retry_after, "7");
    });
  });

  const broken: readonly [faults: FaultOptions, kind: string, message: RegExp][] = [
    [{ http_500: 1 }, "http", /^HTTP 500 InternalServerException: /],
    [{ http_500: 1, exception: "ModelNotReadyException" }, "http", /^HTTP 429 ModelNotReadyException: /],
    [{ http_500: 1, exception: "ModelTimeoutException" }, "timeout", /^HTTP 408 ModelTimeoutException: /],
    [{ error_mid_stream: 1 }, "stream", /^ModelStreamErrorException: /],
    [{ error_mid_stream: 1, exception: "ThrottlingException" }, "throttled", /^ThrottlingException: /],
    [{ error_mid_stream: 1, exception: "ModelTimeoutException" }, "timeout", /^ModelTimeoutException: /],
    [{ error_mid_stream: 1, exception: "ValidationException" }, "validation", /^ValidationException: /],
    [
      { error_mid_stream: 1, exception: "ServiceUnavailableException" },
      "stream",
      /^ServiceUnavailableException: /,
    ],
    [{ truncated: 1 }, "stream", /./],
    [{ closed_mid_stream: 1 }, "stream", /./],
    [{ reset_mid_stream: 1 }, "stream|network", /./],
    [{ malformed_json: 1 }, "parse", /./],
  ];
  for (const [faults, kind, message] of broken) {
    Deno.test(`embedded endpoint: ${predictor}, ${JSON.stringify(faults)} is ${kind}`, async () => {
      await serving({ faults }, async (simulation) => {
        const { answer } = await call(simulation, { predictor });
        assert.match(answer.error?.kind ?? "none", new RegExp(`^(${kind})$`));
        assert.match(answer.error!.message, message);
        assert.equal(answer.terminated, false);
      });
    });
  }

  Deno.test(`embedded endpoint: ${predictor} records what was served, not what was asked`, async () => {
    const options = { latency_mode: "optimized", service_tier: "flex" } as const;
    const served = async (faults: FaultOptions | null) => {
      let said: (string | null)[] = [];
      await serving({ faults }, async (simulation) => {
        const { answer } = await call(simulation, { predictor, options });
        said = [answer.served_latency_mode, answer.served_service_tier];
      });
      return said;
    };
    assert.deepEqual(await served(null), ["optimized", "flex"]);
    assert.deepEqual(await served({ served_standard: 1 }), ["standard", "default"]);
  });

  Deno.test(`embedded endpoint: ${predictor} sends the cap under the model's own name`, async () => {
    await serving({}, async (simulation) => {
      const parameters = { max_new_tokens: 3, temperature: 0 };
      const { answer } = await call(simulation, { predictor, parameters });
      assert.deepEqual([answer.completion_tokens, answer.chunk_ms.length, answer.error], [3, 3, null]);
    });
  });
}

Deno.test("embedded endpoint: a key of Bedrock takes the place of signatures", async () => {
  await serving({ api_key: "bedrock-key-1" }, async ({ port }) => {
    const transport = userTransport();
    const ask = (key: string) =>
      called(
        transport,
        towards(port, { predictor: "bedrock", model_id: model, api_key_env: "KEY" }, {
          stream: true,
          env: { KEY: key },
        }),
      );
    assert.equal((await ask("bedrock-key-1")).answer.error, null);
    const { error } = (await ask("another-key")).answer;
    assert.match(error!.message, /^HTTP 403 AccessDeniedException: /);
    transport.close();
  });
});

Deno.test("embedded endpoint: what a cache held is part of the prompt's tokens", async () => {
  const options = { system_prompt: "x".repeat(400), prompt_caching: true };
  await serving({}, async (simulation) => {
    const first = (await call(simulation, { options })).answer;
    const second = (await call(simulation, { options })).answer;
    // 300 of the prompt, 100 of the system's 400 signs.
    assert.deepEqual(
      [first, second].map((each) => [each.prompt_tokens, each.cached_prompt_tokens, each.cache_write_tokens]),
      [[400, 0, 100], [400, 100, 0]],
    );
  });
});

Deno.test("embedded endpoint: reasoning is content, but not visible", async () => {
  await serving({ faults: { reasoning: 1, reasoning_tokens: 2 } }, async (simulation) => {
    const { answer } = await call(simulation);
    assert.equal(answer.error, null);
    assert.ok(answer.first_visible_ms! >= answer.chunk_ms[1]!);
    assert.equal(answer.chunk_ms.length, answer.completion_tokens);
  });
});

/** Models by the forms of their vendors. */
for (
  const model_id of [
    "anthropic.claude-3-haiku-20240307-v1:0",
    "amazon.nova-lite-v1:0",
    "amazon.titan-text-express-v1",
    "cohere.command-r-v1:0",
    "meta.llama3-8b-instruct-v1:0",
    "mistral.mistral-7b-instruct-v0:2",
    "mistral.mistral-large-2407-v1:0",
    "ai21.jamba-1-5-mini-v1:0",
    "us.deepseek.r1-v1:0",
  ]
) {
  for (const stream of [true, false]) {
    Deno.test(`embedded endpoint: InvokeModel of ${model_id}${stream ? ", streamed" : ""}`, async () => {
      await running({ model_id }, async (simulation) => {
        const parameters = { max_new_tokens: 3, temperature: 0 };
        const { answer } = await call(simulation, {
          predictor: "bedrock_invoke",
          model_id,
          stream,
          parameters,
        });
        assert.deepEqual([answer.error, answer.terminated], [null, true]);
        assert.equal(splitTokens(answer.text).length, 3);
        assert.deepEqual([answer.prompt_tokens, answer.completion_tokens], [300, 3]);
        assert.equal(answer.chunk_ms.length, stream ? 3 : 0);
        assert.notEqual(answer.stop_reason, null);
      });
    });
  }
}

for (const model_id of ["amazon.titan-embed-text-v2:0", "cohere.embed-english-v3"]) {
  Deno.test(`embedded endpoint: a vector of ${model_id}`, async () => {
    await running({ model_id }, async (simulation) => {
      const asked = { predictor: "bedrock_invoke", model_id, stream: false } as const;
      const { answer } = await call(simulation, asked);
      assert.deepEqual([answer.error, answer.completion_tokens, answer.prompt_tokens], [null, 0, 300]);
      assert.match(answer.text, /^\{"embeddings":1,"dimensions":\d+\}$/);
    });
  });
}

Deno.test("embedded endpoint: a model that is not there is refused, with its id in the path", async () => {
  await running({}, async (simulation) => {
    const { answer } = await call(simulation, { model_id: "amazon.nova-lite-v9:0" });
    assert.match(answer.error!.message, /^HTTP 400 ValidationException: /);
    assert.equal(answer.error!.kind, "http");
  });
});
