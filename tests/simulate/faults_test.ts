import assert from "node:assert/strict";
import { type FaultOptions, serve, type SimulateOptions, type Truth } from "../../lib/simulate/mod.ts";
import { splitTokens } from "../../lib/simulate/tokens.ts";
import { chatRequest, quick, RawClient, writePrompts } from "./raw_client.ts";

/** What is left of time: the quick model, five times slower, so that cuts fall between reads. */
const profile = { ...quick, decode_ms: 2 };

/** Runs a test against an endpoint whose every request is struck; afterwards gives the ground truth. */
async function struck(
  faults: FaultOptions,
  act: (port: number) => Promise<void>,
  options: Partial<SimulateOptions> = {},
): Promise<Truth[]> {
  const folder = await Deno.makeTempDir();
  await writePrompts(`${folder}/prompts`);
  const log_path = `${folder}/truth.jsonl`;
  const given = { profile, model_id: "m", accuracy: 1, prompts_dir: `${folder}/prompts`, log_path, faults };
  const simulation = await serve({ ...given, ...options });
  try {
    await act(simulation.port);
  } finally {
    await simulation.close();
  }
  const lines = (await Deno.readTextFile(log_path)).trim().split("\n");
  await Deno.remove(folder, { recursive: true });
  return lines.map((line) => JSON.parse(line) as Truth);
}

const streamed = chatRequest({ stream: true, stream_options: { include_usage: true } });
const whole = chatRequest({});

/** Sends one request and gives every byte that comes back, as text, and how the connection ended. */
async function exchange(port: number, request: string): Promise<{ text: string; end: "FIN" | "RST" }> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(request));
  const buffer = new Uint8Array(1 << 16);
  let text = "";
  try {
    while (true) {
      const count = await connection.read(buffer);
      if (count === null) return { text, end: "FIN" };
      text += new TextDecoder("latin1").decode(buffer.subarray(0, count));
      if (text.endsWith("\r\n0\r\n\r\n")) return { text, end: "FIN" };
    }
  } catch (error) {
    assert.ok(error instanceof Deno.errors.ConnectionReset, String(error));
    return { text, end: "RST" };
  } finally {
    connection.close();
  }
}

const deltas = (events: readonly string[]) =>
  events.filter((event) => event.startsWith("{")).map((event) => JSON.parse(event).choices[0]?.delta);

Deno.test("429 comes at once with retry-after, 500 with an error body; the connection goes on", async () => {
  const truths = await struck({ http_429: [1], http_500: [2], retry_after_s: 7 }, async (port) => {
    const client = await RawClient.open(port);
    await client.send(streamed);
    const limited = await client.response();
    assert.equal(limited.status, 429);
    assert.match(limited.head, /\r\nretry-after: 7\r\n/);
    assert.equal(JSON.parse(limited.body).error.type, "rate_limit_error");
    await client.send(streamed);
    const failed = await client.response();
    assert.deepEqual([failed.status, JSON.parse(failed.body).error.code], [500, 500]);
    await client.send(whole);
    assert.equal((await client.response()).status, 200);
    client.close();
  });
  assert.deepEqual(truths.map(({ status, fault }) => [status, fault]), [
    [429, "http_429"],
    [500, "http_500"],
    [
      200,
      null,
    ],
  ]);
  assert.deepEqual(truths.map(({ prompt_use }) => prompt_use), [1, 2, 3]);
});

Deno.test("a reset before the headers is RST with nothing before it", async () => {
  const [truth] = await struck({ reset_before_headers: 1 }, async (port) => {
    assert.deepEqual(await exchange(port, streamed), { text: "", end: "RST" });
  });
  assert.deepEqual([truth?.status, truth?.fault, truth?.first_send_ms], [0, "reset_before_headers", null]);
});

for (const [name, end] of [["reset_mid_stream", "RST"], ["closed_mid_stream", "FIN"]] as const) {
  Deno.test(`${name}: some of the answer, then ${end}, streamed or not`, async () => {
    const truths = await struck({ [name]: 1 }, async (port) => {
      const stream = await exchange(port, streamed);
      assert.equal(stream.end, end);
      assert.match(stream.text, /"content":"\S/);
      assert.doesNotMatch(stream.text, /finish_reason":"stop|\[DONE\]|\r\n0\r\n/);
      const piece = await exchange(port, whole);
      assert.equal(piece.end, end);
      const [head = "", body = ""] = piece.text.split("\r\n\r\n");
      const length = Number(head.match(/content-length: (\d+)/)![1]);
      assert.equal(body.length, Math.floor(length / 2));
    });
    assert.deepEqual(truths.map(({ fault, status }) => [fault, status]), [[name, 200], [name, 200]]);
    const [first] = truths;
    assert.ok(first!.completion_tokens! >= 1);
  });
}

Deno.test("an error in the middle is an event with code 503 and the end of the connection; not streamed, a 503", async () => {
  await struck({ error_mid_stream: 1 }, async (port) => {
    const { text, end } = await exchange(port, streamed);
    assert.equal(end, "FIN");
    assert.match(text, /"content":"\S[^]*data: \{"error":\{[^}]*"code":503\}\}\n\n\r\n$/);
    const client = await RawClient.open(port);
    await client.send(whole);
    assert.equal((await client.response()).status, 503);
    client.close();
  });
});

Deno.test("a truncated stream is a whole HTTP response without finish reason and terminal event", async () => {
  const [truth] = await struck({ truncated: 1 }, async (port) => {
    const client = await RawClient.open(port);
    await client.send(streamed);
    const { events } = await client.stream();
    assert.ok(!events.includes("[DONE]"));
    assert.ok(events.every((event) => JSON.parse(event).choices[0].finish_reason === null));
    await client.send(streamed);
    await client.stream();
    client.close();
  });
  assert.equal(truth?.fault, "truncated");
});

Deno.test("one event of a stream is half a JSON object, or half the body of an answer in one piece", async () => {
  await struck({ malformed_json: 1 }, async (port) => {
    const client = await RawClient.open(port);
    await client.send(streamed);
    const { events } = await client.stream();
    const broken = events.filter((event) => {
      try {
        return event !== "[DONE]" && void JSON.parse(event);
      } catch {
        return true;
      }
    });
    assert.equal(broken.length, 1);
    assert.equal(events.at(-1), "[DONE]");
    await client.send(whole);
    const { status, body } = await client.response();
    assert.equal(status, 200);
    assert.throws(() => JSON.parse(body));
    client.close();
  });
});

Deno.test("a stall is a pause in the middle, after which all is there; a client that leaves ends it", async () => {
  const truths = await struck({ stall: 1, stall_s: 0.15 }, async (port) => {
    const client = await RawClient.open(port);
    await client.send(streamed);
    const start = performance.now();
    const { events } = await client.stream();
    assert.ok(performance.now() - start >= 150);
    assert.equal(events.at(-1), "[DONE]");
    client.close();
  });
  assert.ok(truths[0]!.done_ms - truths[0]!.received_ms >= 150);
  const [left] = await struck({ stall: 1, stall_s: 600 }, async (port) => {
    const client = await RawClient.open(port);
    await client.send(streamed);
    await client.until('"content":"');
    client.close();
  });
  assert.equal(left?.status, 499);
});

/** The plain answer to compare with: its tokens and its usage. */
const plainTokens = ["Lisbon"];

for (
  const shape of [
    "slow_drip",
    "merged_events",
    "split_events",
    "role_only_first",
    "empty_deltas",
    "comments",
    "usage_tail",
    "no_usage",
    "oversized_line",
  ] as const
) {
  Deno.test(`${shape} says the same in the same number of tokens`, async () => {
    let usage = 0;
    const [truth, other] = await struck(
      { [shape]: [2], oversized_bytes: 100_000, drip_bytes: 64 },
      async (port) => {
        const client = await RawClient.open(port);
        const texts: string[] = [];
        for (let i = 0; i < 2; i++) {
          await client.send(streamed);
          const { events } = await client.stream();
          const data = events.map((event) => event.replace(/^: still there\n(data: )?/, "")).filter((data) =>
            data.startsWith("{")
          ).map((data) => JSON.parse(data));
          const tokens = data.map(({ choices }) => choices[0]?.delta.content ?? "").filter((text) =>
            text !== ""
          );
          assert.deepEqual(tokens, splitTokens(tokens.join("")));
          texts.push(tokens.join(""));
          usage = data.findLast((body) => body.usage)?.usage.completion_tokens ?? 0;
          assert.equal(usage, i === 1 && shape === "no_usage" ? 0 : tokens.length);
          assert.equal(events.at(-1), "[DONE]");
        }
        assert.match(texts[0]!, new RegExp(plainTokens[0]!));
        assert.equal(texts[0], texts[1]);
        client.close();
      },
    );
    assert.deepEqual([truth!.shapes, other!.shapes, other!.fault], [[], [shape], null]);
    assert.equal(truth!.completion_tokens, other!.completion_tokens);
  });
}

Deno.test("reasoning comes before the text and counts; a limit holds for both together", async () => {
  await struck({ reasoning: 1, reasoning_tokens: 3 }, async (port) => {
    const client = await RawClient.open(port);
    for (const [limit, kinds] of [[5, "rrrtt"], [2, "rt"], [1, "t"]] as const) {
      await client.send(
        chatRequest({ stream: true, stream_options: { include_usage: true }, max_tokens: limit }),
      );
      const { events } = await client.stream();
      const said = deltas(events).map((delta) => delta?.reasoning_content ? "r" : delta?.content ? "t" : "");
      assert.equal(said.join(""), kinds);
      const { usage } = JSON.parse(events.at(-2)!);
      assert.equal(usage.completion_tokens, limit);
      const reasoning = limit - kinds.replaceAll("r", "").length;
      assert.equal(usage.completion_tokens_details?.reasoning_tokens ?? 0, reasoning);
    }
    await client.send(whole);
    const { message } = JSON.parse((await client.response()).body).choices[0];
    assert.equal(message.reasoning_content, "Let me see");
    client.close();
  });
});

Deno.test("a tool call has the answer in its arguments, one piece a token, and its own finish reason", async () => {
  await struck({ tool_calls: 1 }, async (port) => {
    const client = await RawClient.open(port);
    await client.send(streamed);
    const { events } = await client.stream();
    const parts = deltas(events).flatMap((delta) => delta?.tool_calls ?? []);
    assert.equal(parts[0].function.name, "answer");
    assert.ok(parts.slice(1).every((part) => part.function.name === undefined));
    const { answer } = JSON.parse(parts.map((part) => part.function.arguments).join(""));
    assert.match(answer, /Lisbon/);
    assert.equal(parts.length, splitTokens(answer).length);
    assert.equal(JSON.parse(events.at(-3)!).choices[0].finish_reason, "tool_calls");
    await client.send(whole);
    const { message } = JSON.parse((await client.response()).body).choices[0];
    assert.equal(JSON.parse(message.tool_calls[0].function.arguments).answer, answer);
    client.close();
  });
});

Deno.test("invalid UTF-8 is one byte FF in one token's text", async () => {
  await struck({ invalid_utf8: 1 }, async (port) => {
    for (const request of [streamed, chatRequest({}, "connection: close\r\n")]) {
      const { text } = await exchange(port, request);
      assert.equal(text.split("\xff").length, 2);
      assert.doesNotMatch(text, /\xee|\x80/);
    }
  });
});

Deno.test("merged events share a write; a split event takes several, whatever it holds", async () => {
  const reads = async (faults: FaultOptions) => {
    let count = 0;
    await struck(faults, async (port) => {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      await connection.write(new TextEncoder().encode(chatRequest({ stream: true, max_tokens: 8 })));
      const buffer = new Uint8Array(1 << 16);
      let text = "";
      while (!text.endsWith("\r\n0\r\n\r\n")) {
        text += new TextDecoder().decode(buffer.subarray(0, (await connection.read(buffer))!));
        count++;
      }
      connection.close();
    }, { profile: { ...quick, base_ms: 20, decode_ms: 30 } });
    return count;
  };
  // Head and role, 8 tokens, the tail perhaps with the last token.
  const plain = await reads({ comments: 1 });
  assert.ok(plain === 9 || plain === 10, String(plain));
  // Head and role, two writes of 4 tokens, the tail.
  const merged = await reads({ merged_events: 1, merge_events: 4 });
  assert.ok(merged === 3 || merged === 4, String(merged));
  // Head and role, 8 tokens and the tail in 3 pieces each.
  const split = await reads({ split_events: 1, split_pieces: 3, split_every_ms: 5 });
  assert.ok(split >= 1 + 8 * 3 && split <= 1 + 9 * 3, String(split));
});

Deno.test("usage on request comes in a write of its own, with no choices, after the finish reason", async () => {
  await struck({ usage_tail: 1 }, async (port) => {
    const client = await RawClient.open(port);
    await client.send(streamed);
    const { chunks } = await client.stream();
    const tail = chunks.slice(-3);
    assert.match(tail[0]!, /"finish_reason":"stop"/);
    assert.match(tail[1]!, /"choices":\[\],"usage":\{/);
    assert.equal(tail[2], "data: [DONE]\n\n");
    client.close();
  });
});

Deno.test("the freeze stops everything for its time: tokens, new answers, health, and the log says how long", async () => {
  const faults = { freeze: { at_s: 0.1, for_s: 0.3 } };
  const truths = await struck(faults, async (port) => {
    const start = performance.now();
    const running = await RawClient.open(port);
    await running.send(chatRequest({ stream: true, max_tokens: 20 }, "x-request-id: running\r\n"));
    await running.until('"content":"');
    await new Promise((resolve) => setTimeout(resolve, 150 - (performance.now() - start)));
    const [late, asking] = [await RawClient.open(port), await RawClient.open(port)];
    await late.send(chatRequest({ stream: true, max_tokens: 1 }, "x-request-id: late\r\n"));
    await asking.send("GET /health HTTP/1.1\r\nhost: x\r\n\r\n");
    assert.equal((await asking.response()).status, 200);
    assert.ok(performance.now() - start >= 399);
    await Promise.all([running.until("[DONE]"), late.stream()]);
    for (const client of [running, late, asking]) client.close();
  }, { profile: { ...quick, decode_ms: 10 }, log_tokens: true });
  const byId = new Map(truths.map((truth) => [truth.request_id, truth]));
  // 20 tokens a step of 10 ms take 190 ms, of which the freeze lies in the middle, whole.
  const running = byId.get("running")!;
  assert.ok(Math.abs(running.frozen_ms - 300) < 0.01, String(running.frozen_ms));
  const gaps = running.sent_us!.slice(1).map((us, i) => us - running.sent_us![i]!);
  assert.ok(Math.max(...gaps) > 295_000 && running.sent_us!.length === 20);
  assert.ok(running.last_send_ms! - running.first_send_ms! < 190 + 300 + 50);
  const late = byId.get("late")!;
  assert.ok(late.frozen_ms > 200 && late.ttft_ms! > late.frozen_ms);
});

Deno.test("with log_tokens each token has its send time and its lateness, which agree with the rest of the line", async () => {
  const [truth] = await struck({ comments: [99] }, async (port) => {
    const client = await RawClient.open(port);
    await client.send(streamed);
    await client.stream();
    client.close();
  }, { log_tokens: true });
  const { sent_us, late_us, ttft_ms, completion_tokens, deadline_error_ms_max } = truth!;
  assert.deepEqual([sent_us!.length, late_us!.length], [completion_tokens, completion_tokens]);
  assert.ok(Math.abs(sent_us![0]! / 1000 - ttft_ms!) < 0.002);
  assert.ok(Math.abs(Math.max(...late_us!) / 1000 - deadline_error_ms_max!) < 0.002);
});

Deno.test("an endpoint with a stall and a freeze under way closes at once", async () => {
  const start = performance.now();
  const clients: RawClient[] = [];
  await struck({ stall: 1, stall_s: 600, freeze: { at_s: 0.05, for_s: 600 } }, async (port) => {
    for (const request of [streamed, "GET /health HTTP/1.1\r\nhost: x\r\n\r\n"]) {
      const client = await RawClient.open(port);
      clients.push(client);
      await client.send(request);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });
  assert.ok(performance.now() - start < 5_000);
  for (const client of clients) client.close();
});
