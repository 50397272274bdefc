import assert from "node:assert/strict";
import { simulatedCredentials } from "../../../lib/core/mod.ts";
import type { FaultOptions, Simulation } from "../../../lib/simulate/mod.ts";
import { splitTokens } from "../../../lib/simulate/tokens.ts";
import { all, awsClients } from "../aws_clients.ts";
import { ask, plainAnswer, running } from "../running.ts";

const messages = [{ role: "user" as const, content: [{ text: "Where?" }] }];

/** Streams one answer to "Where?". */
async function converse(simulation: Simulation, input: Record<string, unknown> = {}) {
  using clients = await awsClients(simulation);
  const { client, sdk } = clients.bedrock;
  const answer = await client.send(new sdk.ConverseStreamCommand({ modelId: "m", messages, ...input }));
  const { events, error } = await all(answer.stream);
  const deltas = events.flatMap(({ contentBlockDelta }) => contentBlockDelta ?? []);
  const text = deltas.map(({ delta }) => delta?.text ?? "").join("");
  const metadata = events.find((event) => event.metadata !== undefined)?.metadata;
  return { id: answer.$metadata.requestId, events, deltas, text, metadata, error };
}

const kinds = (events: readonly object[]) => events.map((event) => Object.keys(event)[0]);

Deno.test("embedded endpoint: the SDK reads a ConverseStream answer event by event; the log agrees", async () => {
  let id: string | undefined;
  const truths = await running({}, async (simulation) => {
    const answer = await converse(simulation, { inferenceConfig: { maxTokens: 3 } });
    const { metadata, events } = answer;
    id = answer.id;
    const tokens = splitTokens(await plainAnswer(simulation)).slice(0, 3);
    assert.deepEqual(answer.deltas.map(({ delta }) => delta?.text), tokens);
    assert.deepEqual(kinds(events), [
      "messageStart",
      ...tokens.map(() => "contentBlockDelta"),
      "contentBlockStop",
      "messageStop",
      "metadata",
    ]);
    assert.equal(events.at(-2)?.messageStop?.stopReason, "max_tokens");
    assert.deepEqual(metadata?.usage, {
      inputTokens: 300,
      outputTokens: 3,
      totalTokens: 303,
      cacheReadInputTokens: 0,
      cacheWriteInputTokens: 0,
    });
    assert.deepEqual([metadata?.performanceConfig, metadata?.serviceTier], [undefined, undefined]);
  });
  const [truth] = truths;
  assert.deepEqual([truth?.request_id, truth?.prompt_tokens, truth?.completion_tokens], [id, 300, 3]);
  assert.ok(truth!.ttft_ms! > 0);
});

Deno.test("embedded endpoint: Converse says in one piece what the stream says, and its own time", async () => {
  await running({ profile: { ...quickly, base_ms: 30 } }, async (simulation) => {
    using clients = await awsClients(simulation);
    const { client, sdk } = clients.bedrock;
    const answer = await client.send(new sdk.ConverseCommand({ modelId: "m", messages }));
    const text = await plainAnswer(simulation);
    assert.deepEqual(answer.output?.message, { role: "assistant", content: [{ text }] });
    assert.equal(answer.stopReason, "end_turn");
    assert.equal(answer.usage?.outputTokens, splitTokens(text).length);
    assert.ok(answer.metrics!.latencyMs! >= 30 && answer.metrics!.latencyMs! < 1000);
  });
});

const quickly = {
  ...{ base_ms: 1, prefill_tokens_per_s: 1e9, decode_ms: 1, decode_ms_per_sequence: 0 },
  ...{ slots: 64, jitter: 0 },
};

Deno.test("embedded endpoint: what is before a cache point is written once and read after that", async () => {
  const cached = {
    system: [{ text: "x".repeat(400) }, { cachePoint: { type: "default" as const } }, {
      text: "y".repeat(40),
    }],
  };
  // 300 of the prompt, 110 of the system's 440 signs, 100 of them before the point.
  const truths = await running({}, async (simulation) => {
    const uses = [];
    for (let i = 0; i < 2; i++) uses.push((await converse(simulation, cached)).metadata?.usage);
    const counts = uses.map((
      usage,
    ) => [usage?.inputTokens, usage?.cacheWriteInputTokens, usage?.cacheReadInputTokens]);
    assert.deepEqual(counts, [[310, 100, 0], [310, 0, 100]]);
    assert.equal(uses[0]!.totalTokens, 410 + uses[0]!.outputTokens!);
  });
  assert.deepEqual(truths.map(({ prompt_tokens }) => prompt_tokens), [410, 410]);
});

Deno.test("embedded endpoint: a request that was throttled writes nothing to the cache", async () => {
  const cached = { system: [{ text: "x".repeat(400) }, { cachePoint: { type: "default" as const } }] };
  await running({ faults: { http_429: [1] } }, async (simulation) => {
    await assert.rejects(converse(simulation, cached), { name: "ThrottlingException" });
    assert.equal((await converse(simulation, cached)).metadata?.usage?.cacheWriteInputTokens, 100);
  });
});

Deno.test("embedded endpoint: cached tokens cost no prefill", async () => {
  // 1000 tokens a second: the 300 of the prompt take 300 ms, the 400 of the system prompt 400 ms more.
  const profile = { ...quickly, prefill_tokens_per_s: 1000 };
  const system = [{ text: "x".repeat(1600) }, { cachePoint: { type: "default" as const } }];
  const truths = await running({ profile }, async (simulation) => {
    for (let i = 0; i < 2; i++) await converse(simulation, { system, inferenceConfig: { maxTokens: 1 } });
  });
  const [first, second] = truths.map(({ ttft_ms }) => ttft_ms ?? 0);
  assert.ok(first! >= 701 && second! >= 301 && second! < 650, `${first} ${second}`);
});

Deno.test("embedded endpoint: latency and tier are served as asked for, or the standard ones by a fault", async () => {
  const asked = { performanceConfig: { latency: "optimized" }, serviceTier: { type: "priority" } };
  await running({ faults: { served_standard: [2] } }, async (simulation) => {
    for (const [latency, type] of [["optimized", "priority"], ["standard", "default"]]) {
      const { metadata } = await converse(simulation, asked);
      assert.deepEqual([metadata?.performanceConfig, metadata?.serviceTier], [{ latency }, { type }]);
    }
  });
});

Deno.test("embedded endpoint: who is served optimised latency gets the first token sooner, and the log says so", async () => {
  // 100 ms to the first token, 20 ms a step; optimised: a fifth of it, and 2 ms a step. 10 tokens.
  const profile = { ...quickly, base_ms: 100, decode_ms: 20 };
  const optimized = { ttft_factor: 0.2, speed_factor: 10 };
  const asked = (latency: string) => ({
    performanceConfig: { latency },
    inferenceConfig: { maxTokens: 10 },
  });
  const truths = await running(
    { profile, optimized, faults: { served_standard: [3] } },
    async (simulation) => {
      for (const mode of ["standard", "optimized", "optimized"]) await converse(simulation, asked(mode));
      await converse(simulation, { inferenceConfig: { maxTokens: 10 } });
    },
  );
  assert.deepEqual(truths.map((truth) => truth.served_latency), ["standard", "optimized", "standard", null]);
  const took = truths.map((
    { ttft_ms, last_send_ms, received_ms },
  ) => [ttft_ms!, last_send_ms! - received_ms]);
  // A deadline is never met early, and hardly ever late by as much as lies between the modes: 100 + 9 x 20 and 20 + 9 x 2.
  for (const [n, least] of [[0, [100, 280]], [1, [20, 38]], [2, [100, 280]], [3, [100, 280]]] as const) {
    assert.ok(took[n]![0]! >= least[0] && took[n]![1]! >= least[1], `${n}: ${took[n]}`);
  }
  assert.ok(took[1]![0]! < 100 && took[1]![1]! < 280, `optimised: ${took[1]}`);
});

Deno.test("embedded endpoint: ConverseStream takes no request whose signature does not hold", async () => {
  const wrong = { ...simulatedCredentials, secret_access_key: "not the key" };
  const [truth] = await running({}, async (simulation) => {
    using clients = await awsClients(simulation, wrong);
    const { client, sdk } = clients.bedrock;
    const sent = client.send(new sdk.ConverseStreamCommand({ modelId: "m", messages }));
    await assert.rejects(sent, { name: "InvalidSignatureException" });
    const unsigned = await ask(simulation, "/model/m/converse-stream", { messages });
    assert.equal(unsigned.status, 403);
  });
  assert.deepEqual([truth?.status, truth?.completion_tokens], [403, null]);
});

Deno.test("embedded endpoint: reasoning is a block before the text's, a tool call announces its block", async () => {
  await running({ faults: { reasoning: [1], tool_calls: [2], reasoning_tokens: 3 } }, async (simulation) => {
    const thought = await converse(simulation, { inferenceConfig: { maxTokens: 5 } });
    const said = thought.deltas.map((
      { contentBlockIndex, delta },
    ) => [contentBlockIndex, Object.keys(delta!)[0]]);
    assert.deepEqual(said, [
      ...Array.from({ length: 4 }, () => [0, "reasoningContent"]),
      [1, "text"],
      [1, "text"],
    ]);
    assert.equal(thought.metadata?.usage?.outputTokens, 5);
    const called = await converse(simulation);
    assert.deepEqual(kinds(called.events).slice(0, 3), [
      "messageStart",
      "contentBlockStart",
      "contentBlockDelta",
    ]);
    const input = called.deltas.map(({ delta }) => delta?.toolUse?.input ?? "").join("");
    assert.deepEqual(JSON.parse(input), { answer: await plainAnswer(simulation) });
    assert.equal(called.events.at(-2)?.messageStop?.stopReason, "tool_use");
  });
});

const refused: readonly [string, string, number, Record<string, unknown>, string][] = [
  ["another model", "ValidationException", 400, { modelId: "n" }, "m"],
  [
    "an id that only a profile serves",
    "ValidationException",
    400,
    { modelId: "vendor.model-v1:0" },
    "us.vendor.model-v1:0",
  ],
  ["no messages", "ValidationException", 400, { messages: [] }, "m"],
  ["a temperature of 2", "ValidationException", 400, { inferenceConfig: { temperature: 2 } }, "m"],
  [
    "temperature and top_p for a model that takes one",
    "ValidationException",
    400,
    {
      modelId: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
      inferenceConfig: { temperature: 0.5, topP: 0.5 },
    },
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
  ],
];

for (const [what, name, status, input, model_id] of refused) {
  Deno.test(`embedded endpoint: ${what} is refused with ${name}`, async () => {
    const [truth] = await running({ model_id }, async (simulation) => {
      await assert.rejects(converse(simulation, input), { name });
    });
    assert.deepEqual([truth?.status, truth?.prompt_tokens], [status, null]);
  });
}

Deno.test("embedded endpoint: an ARN in the path is the model it names, or a name of its own", async () => {
  const model_id = "us.vendor.model-v1:0";
  await running({ model_id }, async (simulation) => {
    for (const name of ["inference-profile/us.vendor.model-v1:0", "application-inference-profile/a1b2"]) {
      const { text } = await converse(simulation, {
        modelId: `arn:aws:bedrock:us-west-2:123456789012:${name}`,
      });
      assert.notEqual(text, "");
    }
    const other = { modelId: "arn:aws:bedrock:us-west-2::foundation-model/vendor.other-v1:0" };
    await assert.rejects(converse(simulation, other), { name: "ValidationException" });
  });
});

const heads: readonly [FaultOptions, string, number][] = [
  [{ http_429: 1, retry_after_s: 7 }, "ThrottlingException", 429],
  [{ http_500: 1 }, "InternalServerException", 500],
  [{ http_500: 1, exception: "ModelNotReadyException" }, "ModelNotReadyException", 429],
  [{ http_500: 1, exception: "ModelTimeoutException" }, "ModelTimeoutException", 408],
  [{ http_500: 1, exception: "ServiceUnavailableException" }, "ServiceUnavailableException", 503],
  [{ http_500: 1, exception: "AccessDeniedException" }, "AccessDeniedException", 403],
];

for (const [faults, name, status] of heads) {
  Deno.test(`embedded endpoint: ${JSON.stringify(faults)} is ${name}`, async () => {
    const [truth] = await running({ faults }, async (simulation) => {
      await assert.rejects(
        converse(simulation),
        (error: Error & { $response?: { headers: Record<string, string> } }) => {
          assert.equal(error.name, name);
          const retry = error.$response?.headers["retry-after"];
          assert.equal(retry, name === "ThrottlingException" ? "7" : undefined);
          return true;
        },
      );
    });
    assert.equal(truth?.status, status);
  });
}

for (
  const [exception, name] of [
    [null, "ModelStreamErrorException"],
    ["throttlingException", "ThrottlingException"],
    ["InternalServerException", "InternalServerException"],
    ["serviceUnavailableException", "ServiceUnavailableException"],
  ] as const
) {
  Deno.test(`embedded endpoint: a stream breaks off with ${name}`, async () => {
    const [truth] = await running({ faults: { error_mid_stream: 1, exception } }, async (simulation) => {
      const { deltas, metadata, error } = await converse(simulation);
      assert.equal(error?.name, name);
      assert.ok(deltas.length >= 1);
      assert.equal(metadata, undefined);
    });
    assert.equal(truth?.fault, "error_mid_stream");
  });
}

Deno.test("embedded endpoint: a truncated stream ends without messageStop and metadata", async () => {
  await running({ faults: { truncated: 1 } }, async (simulation) => {
    const { events, error } = await converse(simulation);
    assert.equal(error, null);
    assert.ok(kinds(events).every((kind) => kind === "messageStart" || kind === "contentBlockDelta"));
  });
});

for (
  const shape of [
    "slow_drip",
    "merged_events",
    "split_events",
    "empty_deltas",
    "usage_tail",
    "oversized_line",
  ] as const
) {
  Deno.test(`embedded endpoint: ${shape} says the same in messages whose checksums hold`, async () => {
    const [truth] = await running(
      { faults: { [shape]: [1], oversized_bytes: 50_000 } },
      async (simulation) => {
        const { text, error, metadata } = await converse(simulation);
        assert.equal(error, null);
        assert.equal(text, await plainAnswer(simulation));
        assert.equal(metadata?.usage?.outputTokens, splitTokens(text).length);
      },
    );
    assert.deepEqual(truth?.shapes, [shape]);
  });
}

Deno.test("embedded endpoint: what Bedrock has no form for strikes nothing, and the log says nothing of it", async () => {
  const [truth] = await running({ faults: { comments: 1, role_only_first: 1 } }, async (simulation) => {
    await converse(simulation);
  });
  assert.deepEqual(truth?.shapes, []);
});

Deno.test("embedded endpoint: without usage the metadata still has the time", async () => {
  await running({ faults: { no_usage: 1 } }, async (simulation) => {
    const { metadata } = await converse(simulation);
    assert.equal(metadata?.usage, undefined);
    assert.ok(metadata!.metrics!.latencyMs! >= 0);
  });
});
