import assert from "node:assert/strict";
import type { Simulation } from "../../../lib/simulate/mod.ts";
import { splitTokens } from "../../../lib/simulate/tokens.ts";
import { all, awsClients } from "../aws_clients.ts";
import { plainAnswer, running } from "../running.ts";

type Body = Record<string, unknown>;

const input = (body: Body) => ({
  EndpointName: "any",
  ContentType: "application/json",
  Body: new TextEncoder().encode(JSON.stringify(body)),
});

async function invoke(simulation: Simulation, body: Body) {
  using clients = await awsClients(simulation);
  const { client, sdk } = clients.sageMaker;
  const answer = await client.send(new sdk.InvokeEndpointCommand(input(body)));
  return JSON.parse(answer.Body.transformToString());
}

async function stream(simulation: Simulation, body: Body) {
  using clients = await awsClients(simulation);
  const { client, sdk } = clients.sageMaker;
  const answer = await client.send(
    new sdk.InvokeEndpointWithResponseStreamCommand(input({ stream: true, ...body })),
  );
  const { events, error } = await all(answer.Body);
  const parts = events.map(({ PayloadPart }) => new TextDecoder().decode(PayloadPart?.Bytes));
  return { parts, text: parts.join(""), error, type: answer.ContentType };
}

const generate = { inputs: "Where?", parameters: { max_new_tokens: 3, details: true } };

Deno.test("embedded endpoint: LMI's JSON lines come as parts, the last with the whole text", async () => {
  const truths = await running({}, async (simulation) => {
    const tokens = splitTokens(await plainAnswer(simulation)).slice(0, 3);
    const { parts, text, type } = await stream(simulation, generate);
    assert.equal(type, "application/jsonlines");
    assert.equal(parts.length, 3);
    const lines = text.trim().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(lines.map(({ token }) => token.text), tokens);
    assert.deepEqual(lines[2].details, { finish_reason: "length", generated_tokens: 3, inputs: "Where?" });
    assert.equal(lines[2].generated_text, tokens.join(""));
    assert.equal((await invoke(simulation, generate)).generated_text, tokens.join(""));
  });
  assert.deepEqual(truths.slice(1).map(({ completion_tokens }) => completion_tokens), [3, 3]);
});

Deno.test("embedded endpoint: TGI's events come as parts, an end of its own in an event of its own", async () => {
  await running({ container: "tgi" }, async (simulation) => {
    const text = await plainAnswer(simulation);
    const { text: said } = await stream(simulation, { inputs: "Where?", parameters: { details: true } });
    const events = said.trim().split("\n\n").map((event) => JSON.parse(event.replace(/^data:/, "")));
    const { token, generated_text, details } = events.at(-1);
    assert.deepEqual([token.special, generated_text, details.finish_reason], [true, text, "eos_token"]);
    assert.equal(details.generated_tokens, events.length - 1);
    assert.deepEqual(await invoke(simulation, { inputs: "Where?" }), [{ generated_text: text }]);
  });
});

Deno.test("embedded endpoint: messages, a prompt and texts are answered in OpenAI's forms", async () => {
  await running({}, async (simulation) => {
    const text = await plainAnswer(simulation);
    const chat = { messages: [{ role: "user", content: "Where?" }] };
    assert.equal((await invoke(simulation, chat)).choices[0].message.content, text);
    assert.equal((await invoke(simulation, { prompt: "Where?" })).choices[0].text, text);
    assert.equal((await invoke(simulation, { input: ["Where?"] })).usage.prompt_tokens, 300);
    assert.equal((await invoke(simulation, { text_inputs: "Where?" })).embedding[0].length, 384);
    const { text: said, type } = await stream(simulation, chat);
    assert.match(type!, /^text\/event-stream/);
    assert.match(said, /^data: \{[^]*data: \[DONE\]\n\n$/);
  });
});

Deno.test("embedded endpoint: a container that is not asked to stream sends one part", async () => {
  await running({}, async (simulation) => {
    const { parts, type } = await stream(simulation, { ...generate, stream: false });
    assert.deepEqual([parts.length, type], [1, "application/json"]);
    assert.equal(JSON.parse(parts[0]!).details.generated_tokens, 3);
  });
});

Deno.test("embedded endpoint: with split events a line lies in several parts", async () => {
  await running({ faults: { split_events: 1, split_pieces: 3 } }, async (simulation) => {
    const { parts, text } = await stream(simulation, generate);
    assert.equal(parts.length, 9);
    assert.equal(text.trim().split("\n").map((line) => JSON.parse(line)).length, 3);
  });
});

Deno.test("embedded endpoint: what goes wrong has SageMaker's exceptions", async () => {
  const fails = async (simulation: Simulation, body: Body, name: string, more: Body = {}) => {
    await assert.rejects(invoke(simulation, body), (error: Error) => {
      assert.equal(error.name, name);
      for (const [key, value] of Object.entries(more)) assert.equal((error as unknown as Body)[key], value);
      return true;
    });
  };
  const faults = { http_429: [1], http_500: [2], error_mid_stream: [3, 4] };
  const truths = await running({ faults }, async (simulation) => {
    await fails(simulation, generate, "ThrottlingException");
    await fails(simulation, generate, "InternalFailure");
    await fails(simulation, generate, "ServiceUnavailable");
    const { error, parts } = await stream(simulation, generate);
    assert.equal(error?.name, "ModelStreamError");
    assert.ok(parts.length >= 1);
    await fails(simulation, { inputs: 5 }, "ModelError", {
      OriginalStatusCode: 400,
      OriginalMessage: "Invalid 'inputs': expected a text.",
    });
  });
  assert.deepEqual(truths.map(({ status }) => status), [400, 500, 503, 200, 424]);
  await running({ faults: { http_500: 1, exception: "ModelError" } }, async (simulation) => {
    await fails(simulation, generate, "ModelError", { OriginalStatusCode: 500 });
  });
  await running(
    { faults: { error_mid_stream: 1, exception: "InternalStreamFailure" } },
    async (simulation) => {
      assert.equal((await stream(simulation, generate)).error?.name, "InternalStreamFailure");
    },
  );
});
