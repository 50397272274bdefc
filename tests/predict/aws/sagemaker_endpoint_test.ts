import assert from "node:assert/strict";
import { type AwsCredentials, type ProtocolOptions, simulatedCredentials } from "../../../lib/core/mod.ts";
import type { FaultOptions, Simulation } from "../../../lib/simulate/mod.ts";
import { splitTokens } from "../../../lib/simulate/tokens.ts";
import { type Transport, userTransport } from "../../../lib/transport/mod.ts";
import { plainAnswer, running } from "../../simulate/running.ts";
import { transports } from "../../transport/transports.ts";
import { type Called, called, towards } from "./aws_calls.ts";

interface Asked {
  readonly options?: ProtocolOptions;
  readonly stream?: boolean;
  readonly keys?: AwsCredentials;
  readonly transport?: Transport;
  readonly parameters?: Record<string, unknown>;
}

async function call({ port }: Simulation, asked: Asked = {}): Promise<Called> {
  const { options = {}, stream = true, keys = simulatedCredentials, parameters = {} } = asked;
  const transport = asked.transport ?? userTransport();
  try {
    const endpoint = { predictor: "sagemaker", endpoint_name: "my-endpoint", options };
    const given = { stream, credentials: () => Promise.resolve(keys) };
    return await called(transport, towards(port, endpoint, given), { prompt: "Where?" }, parameters);
  } finally {
    if (asked.transport === undefined) transport.close();
  }
}

for (const container of ["lmi", "tgi"] as const) {
  for (const { clock, open, ignore } of transports) {
    Deno.test({
      name:
        `embedded endpoint, ${clock} clock: a stream of ${container}: text, tokens and times; the log agrees`,
      ignore,
      async fn() {
        let id: string | null = null;
        const truths = await running({ container }, async (simulation) => {
          const transport = open();
          const { answer, result } = await call(simulation, { transport });
          transport.close();
          const text = await plainAnswer(simulation);
          id = answer.server_request_id;
          assert.deepEqual([answer.error, answer.text, answer.terminated], [null, text, true]);
          assert.equal(answer.chunk_ms.length, splitTokens(text).length);
          assert.equal(answer.token_source, "server");
          assert.ok(answer.chunk_ms.every((at, i) => at >= (answer.chunk_ms[i - 1] ?? result.sent_ms!)));
        });
        assert.equal(truths[0]?.request_id, id);
      },
    });
  }

  Deno.test(`embedded endpoint: a whole answer of ${container}`, async () => {
    await running({ container }, async (simulation) => {
      const { answer } = await call(simulation, { stream: false });
      assert.deepEqual(
        [answer.error, answer.text, answer.chunk_ms.length],
        [null, await plainAnswer(simulation), 0],
      );
    });
  });
}

for (const body of ["messages", "completions"] as const) {
  for (const stream of [true, false]) {
    Deno.test(`embedded endpoint: ${body}${stream ? ", streamed" : ""}`, async () => {
      await running({}, async (simulation) => {
        const { answer } = await call(simulation, { options: { body }, stream });
        const text = await plainAnswer(simulation);
        assert.deepEqual([answer.error, answer.text, answer.terminated], [null, text, true]);
        assert.deepEqual([answer.prompt_tokens, answer.completion_tokens], [300, splitTokens(text).length]);
        assert.equal(answer.chunk_ms.length, stream ? splitTokens(text).length : 0);
      });
    });
  }
}

Deno.test("embedded endpoint: a vector", async () => {
  await running({}, async (simulation) => {
    const { answer } = await call(simulation, { options: { body: "embeddings" }, stream: false });
    assert.deepEqual([answer.error, answer.completion_tokens], [null, 0]);
    assert.match(answer.text, /^\{"embeddings":1,"dimensions":\d+\}$/);
  });
});

Deno.test("embedded endpoint: the cap is sent under the container's own name", async () => {
  await running({}, async (simulation) => {
    const { answer } = await call(simulation, { parameters: { max_tokens: 3 } });
    assert.deepEqual([answer.error, answer.chunk_ms.length, splitTokens(answer.text).length], [null, 3, 3]);
  });
});

const refusals: readonly [why: string, keys: Partial<AwsCredentials>, message: RegExp][] = [
  ["a wrong secret", { secret_access_key: "wrong" }, /^HTTP 403 InvalidSignatureException: /],
  ["an unknown key", { access_key_id: "AKIDUNKNOWN" }, /^HTTP 403 UnrecognizedClientException: /],
];

for (const [why, keys, message] of refusals) {
  Deno.test(`embedded endpoint: SageMaker with ${why} is refused`, async () => {
    await running({}, async (simulation) => {
      const { answer } = await call(simulation, { keys: { ...simulatedCredentials, ...keys } });
      assert.equal(answer.error?.kind, "http");
      assert.match(answer.error!.message, message);
    });
  });
}

const broken: readonly [faults: FaultOptions, kind: string, message: RegExp][] = [
  [{ http_429: 1, retry_after_s: 3 }, "throttled", /^HTTP \d+ ThrottlingException: /],
  [{ http_500: 1 }, "http", /^HTTP 500 InternalFailure: /],
  [{ http_500: 1, exception: "ModelError" }, "http", /^HTTP 424 ModelError \(the container: HTTP 500\): /],
  [{ error_mid_stream: 1 }, "stream", /^ModelStreamError \(StreamBroken\): /],
  [{ error_mid_stream: 1, exception: "InternalStreamFailure" }, "stream", /^InternalStreamFailure: /],
  [{ truncated: 1 }, "stream", /without/],
  [{ closed_mid_stream: 1 }, "stream", /./],
  [{ malformed_json: 1 }, "parse", /not JSON/],
];

for (const [faults, kind, message] of broken) {
  Deno.test(`embedded endpoint: SageMaker, ${JSON.stringify(faults)} is ${kind}`, async () => {
    await running({ faults }, async (simulation) => {
      const { answer, retry_after } = await call(simulation);
      assert.deepEqual([answer.error?.kind, answer.terminated], [kind, false]);
      assert.match(answer.error!.message, message);
      if (faults.retry_after_s !== undefined) assert.equal(retry_after, "3");
    });
  });
}
