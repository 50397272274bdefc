import assert from "node:assert/strict";
import { serve, type SimulateOptions, type Simulation, type Truth } from "../../lib/simulate/mod.ts";
import { splitTokens } from "../../lib/simulate/tokens.ts";
import { chatRequest, quick, RawClient, writePrompts } from "./raw_client.ts";

/** Runs a test against an endpoint of its own; afterwards gives the ground truth it logged. */
async function withServer(
  options: Partial<SimulateOptions>,
  act: (simulation: Simulation) => Promise<void>,
): Promise<Truth[]> {
  const folder = await Deno.makeTempDir();
  await writePrompts(`${folder}/prompts`);
  const log_path = `${folder}/truth.jsonl`;
  const simulation = await serve({
    profile: quick,
    model_id: "m",
    accuracy: 1,
    prompts_dir: `${folder}/prompts`,
    log_path,
    ...options,
  });
  try {
    await act(simulation);
  } finally {
    await simulation.close();
  }
  const lines = (await Deno.readTextFile(log_path)).split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Truth);
}

const contents = (events: readonly string[]) =>
  events.filter((event) => event !== "[DONE]").map((event) => JSON.parse(event).choices[0]?.delta.content)
    .filter((content) => content !== undefined && content !== "");

Deno.test("a stream: role, one chunk a token, finish reason, usage, [DONE]; the log agrees", async () => {
  let id = "";
  const [truth, ...more] = await withServer({}, async ({ port }) => {
    const client = await RawClient.open(port);
    await client.send(chatRequest({ stream: true, stream_options: { include_usage: true } }));
    const { head, chunks, events } = await client.stream();
    assert.match(head, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(head, /\r\ncontent-type: text\/event-stream; charset=utf-8\r\n/);
    const tokens = contents(events);
    assert.match(tokens.join(""), /Lisbon/);
    assert.deepEqual(tokens, splitTokens(tokens.join("")));
    // Role, tokens, and the tail of finish reason, usage and [DONE] in one chunk.
    assert.equal(chunks.length, 1 + tokens.length + 1);
    assert.equal(events.length, 1 + tokens.length + 3);
    assert.deepEqual(JSON.parse(events[0]!).choices[0].delta, { role: "assistant", content: "" });
    assert.equal(JSON.parse(events.at(-3)!).choices[0].finish_reason, "stop");
    const { usage } = JSON.parse(events.at(-2)!);
    assert.deepEqual(usage, {
      prompt_tokens: 300,
      completion_tokens: tokens.length,
      total_tokens: 300 + tokens.length,
    });
    assert.equal(events.at(-1), "[DONE]");
    id = JSON.parse(events[0]!).id;
    assert.equal(head.match(/x-request-id: (\S+)/)?.[1], id);
    client.close();
  });
  assert.deepEqual(more, []);
  assert.deepEqual([truth!.n, truth!.status, truth!.request_id, truth!.prompt_tokens], [1, 200, id, 300]);
  const { received_ms, first_send_ms, last_send_ms, done_ms, ttft_ms, completion_tokens } = truth!;
  assert.ok(received_ms < first_send_ms! && first_send_ms! < last_send_ms! && last_send_ms! <= done_ms);
  assert.ok(Math.abs(ttft_ms! - (first_send_ms! - received_ms)) < 0.002);
  // 1 ms a step, each at its own deadline: the sends can't be closer than the deadlines less the lateness of the first.
  assert.ok(last_send_ms! - first_send_ms! >= completion_tokens! - 1 - truth!.deadline_error_ms_max! - 0.01);
});

Deno.test("an answer in one piece says the same as the stream; limits cut both", async () => {
  const truths = await withServer({}, async ({ port }) => {
    const client = await RawClient.open(port);
    await client.send(chatRequest({ stream: true }));
    const whole = contents((await client.stream()).events);
    await client.send(chatRequest({}));
    const piece = JSON.parse((await client.response()).body);
    assert.equal(piece.choices[0].message.content, whole.join(""));
    assert.equal(piece.choices[0].finish_reason, "stop");
    assert.equal(piece.usage.completion_tokens, whole.length);
    await client.send(chatRequest({ max_tokens: 3 }));
    const cut = JSON.parse((await client.response()).body);
    assert.equal(cut.choices[0].message.content, whole.slice(0, 3).join(""));
    assert.deepEqual([cut.choices[0].finish_reason, cut.usage.completion_tokens], ["length", 3]);
    await client.send(chatRequest({ stream: true, max_completion_tokens: 1 }));
    const one = (await client.stream()).events;
    assert.deepEqual(contents(one), whole.slice(0, 1));
    assert.equal(JSON.parse(one.at(-2)!).choices[0].finish_reason, "length");
    client.close();
  });
  assert.deepEqual(truths.map(({ n, completion_tokens }) => [n, completion_tokens]).slice(2), [[3, 3], [
    4,
    1,
  ]]);
  assert.equal(truths[1]!.ttft_ms, null);
});

Deno.test("other paths and methods, and what they are answered with", async () => {
  const truths = await withServer({}, async ({ port, url }) => {
    assert.equal(url, `http://127.0.0.1:${port}/v1`);
    const client = await RawClient.open(port);
    const ask = async (line: string) => {
      await client.send(`${line} HTTP/1.1\r\nhost: x\r\n\r\n`);
      const { status, body } = await client.response();
      return [status, JSON.parse(body)];
    };
    const [status, health] = await ask("GET /health");
    assert.deepEqual([status, health.status, health.simulated], [200, "ok", true]);
    assert.deepEqual((await ask("GET /v1/models"))[1].data[0].id, "m");
    assert.equal((await ask("GET /v1/models/m?x=1"))[1].id, "m");
    assert.equal((await ask("GET /v1/models/other"))[0], 404);
    assert.deepEqual((await ask("GET /v1/nothing"))[1].error.type, "invalid_request_error");
    assert.equal((await ask("GET /v1/chat/completions"))[0], 405);
    assert.equal((await ask("DELETE /health"))[0], 405);
    client.close();
  });
  assert.deepEqual(truths, []);
});

Deno.test("a request that is refused is logged with its status and the connection goes on", async () => {
  const truths = await withServer({}, async ({ port }) => {
    const client = await RawClient.open(port);
    await client.send(chatRequest({ model: "other" }, "x-request-id: mine-1\r\n"));
    const { status, head, body } = await client.response();
    assert.deepEqual([status, JSON.parse(body).error.code], [404, "model_not_found"]);
    assert.match(head, /x-request-id: mine-1\r\n/);
    await client.send(chatRequest({ max_tokens: 1 }, "x-request-id: mine-2\r\n"));
    assert.equal(JSON.parse((await client.response()).body).id, "mine-2");
    client.close();
  });
  assert.deepEqual(truths.map(({ n, status, request_id }) => [n, status, request_id]), [
    [1, 404, "mine-1"],
    [2, 200, "mine-2"],
  ]);
});

Deno.test("what is no HTTP gets 400 and the end of the connection", async () => {
  await withServer({}, async ({ port }) => {
    const client = await RawClient.open(port);
    await client.send("nonsense\r\n\r\n" + "x".repeat(100_000));
    const text = await client.rest();
    assert.match(text, /^HTTP\/1\.1 400 Bad Request\r\n/);
    assert.match(text, /connection: close\r\n/);
    client.close();
  });
});

Deno.test("connection: close and HTTP/1.0 end the connection, the latter without chunks", async () => {
  await withServer({}, async ({ port }) => {
    const closing = await RawClient.open(port);
    await closing.send(chatRequest({ stream: true }, "connection: close\r\n"));
    assert.match(await closing.rest(), /connection: close\r\n[^]*\[DONE\]\n\n\r\n0\r\n\r\n$/);
    closing.close();
    const old = await RawClient.open(port);
    await old.send(chatRequest({ stream: true }).replace("HTTP/1.1", "HTTP/1.0"));
    const text = await old.rest();
    assert.doesNotMatch(text, /transfer-encoding/);
    assert.match(text, /\r\n\r\ndata: \{[^]*data: \[DONE\]\n\n$/);
    old.close();
  });
});

Deno.test("two requests sent at once on one connection are answered in turn", async () => {
  const truths = await withServer({}, async ({ port }) => {
    const client = await RawClient.open(port);
    await client.send(chatRequest({ stream: true }) + chatRequest({ max_tokens: 2 }));
    assert.match(contents((await client.stream()).events).join(""), /Lisbon/);
    assert.equal((await client.response()).status, 200);
    client.close();
  });
  assert.deepEqual(truths.map(({ n }) => n), [1, 2]);
});

Deno.test("64 at once, each right, none refused; the log holds exactly these", async () => {
  const ids: string[] = [];
  const truths = await withServer({ profile: { ...quick, slots: 16 } }, async ({ port }) => {
    await Promise.all(Array.from({ length: 64 }, async (_, i) => {
      const client = await RawClient.open(port);
      for (let round = 0; round < 2; round++) {
        const [question, answer] = (i + round) % 2 === 0 ? ["Where?", "Lisbon"] : ["How many?", "twelve"];
        const id = `c${i}-${round}`;
        ids.push(id);
        const messages = [{ role: "user", content: question }];
        await client.send(chatRequest({ stream: true, messages }, `x-request-id: ${id}\r\n`));
        const { head, events } = await client.stream();
        assert.match(head, /^HTTP\/1\.1 200/);
        assert.ok(contents(events).join("").includes(answer!));
      }
      client.close();
    }));
  });
  assert.deepEqual(truths.map((truth) => truth.request_id).sort(), ids.sort());
  assert.ok(truths.every(({ status }) => status === 200));
  assert.deepEqual(
    truths.map(({ n }) => n).sort((a, b) => a - b),
    Array.from({ length: 128 }, (_, i) => i + 1),
  );
});

Deno.test("a client that leaves frees its slot and is logged with 499", async () => {
  const profile = { ...quick, slots: 1, decode_ms: 60_000 };
  const truths = await withServer({ profile }, async ({ port }) => {
    const leaver = await RawClient.open(port);
    await leaver.send(chatRequest({ stream: true }));
    await leaver.until('"content":"');
    const waiter = await RawClient.open(port);
    await waiter.send(chatRequest({ max_tokens: 1 }));
    leaver.close();
    assert.equal((await waiter.response()).status, 200);
    waiter.close();
  });
  assert.deepEqual(truths.map(({ n, status }) => [n, status]), [[1, 499], [2, 200]]);
});

Deno.test("it ends by itself after its idle time, and not while it is busy", async () => {
  const profile = { ...quick, base_ms: 150 };
  const simulation = await serve({ profile, model_id: "m", idle_minutes: 0.05 / 60 });
  const client = await RawClient.open(simulation.port);
  await client.send(chatRequest({ max_tokens: 1 }));
  assert.equal((await client.response()).status, 200);
  await simulation.ended;
  await assert.rejects(RawClient.open(simulation.port), Deno.errors.ConnectionRefused);
  client.close();
});
