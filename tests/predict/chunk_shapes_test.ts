import assert from "node:assert/strict";
import { type Answer, openaiChat, type PredictorOptions } from "../../lib/predict/mod.ts";
import { type FaultOptions, serve, type ShapeName, shapeNames } from "../../lib/simulate/mod.ts";
import { ResponseParser } from "../../lib/transport/response_parser.ts";
import { chatRequest, quick, writePrompts } from "../simulate/raw_client.ts";
import { exchangeOf } from "./wire_fixtures.ts";

const endpoint: PredictorOptions["endpoint"] = {
  predictor: "openai_chat",
  url: "http://127.0.0.1:1/v1",
  model_id: "m",
  endpoint_name: "e",
  region: null,
  api_key_env: null,
};

/** The whole response of the embedded endpoint to one request for six tokens, byte for byte. */
async function recorded(faults: FaultOptions): Promise<Uint8Array> {
  const folder = await Deno.makeTempDir();
  await writePrompts(folder);
  const simulation = await serve({ profile: quick, model_id: "m", accuracy: 1, prompts_dir: folder, faults });
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: simulation.port });
  const wish = { stream: true, stream_options: { include_usage: true }, max_tokens: 6 };
  await connection.write(
    new TextEncoder().encode(chatRequest(wish, "connection: close\r\nx-request-id: r1\r\n")),
  );
  const bytes = new Uint8Array(await new Response(connection.readable).arrayBuffer());
  await simulation.close();
  await Deno.remove(folder, { recursive: true });
  return bytes;
}

/** What the reader makes of a response that comes in these reads, stamped 1, 2, 3, ... */
function read(pieces: readonly Uint8Array[]): Answer {
  const { reader } = exchangeOf(openaiChat({ endpoint, stream: true }));
  const parser = new ResponseParser(reader);
  pieces.forEach((piece, i) => parser.push(piece, i + 1));
  return reader.finish(parser.end() ? null : { kind: "stream", message: "closed" });
}

function facts(answer: Answer) {
  const { text, chunk_ms, completion_tokens, prompt_tokens, reasoning_tokens, token_source, stop_reason } =
    answer;
  const { error, terminated, server_request_id } = answer;
  return {
    ...{ text, chunks: chunk_ms.length, completion_tokens, prompt_tokens, reasoning_tokens, token_source },
    ...{ stop_reason, error: error?.kind ?? null, terminated, server_request_id },
  };
}

const plain = read([await recorded({ comments: 0 })]).text;

/** Six tokens of text, of 300 asked, as every shape says them unless it is about just that. */
const usual = {
  text: plain,
  chunks: 6,
  completion_tokens: 6,
  prompt_tokens: 300,
  reasoning_tokens: null,
  token_source: "server",
  stop_reason: "length",
  error: null,
  terminated: true,
  server_request_id: "r1",
};

const expected: Readonly<Record<ShapeName, Partial<Record<keyof typeof usual, unknown>>>> = {
  slow_drip: {},
  merged_events: {},
  split_events: {},
  role_only_first: {},
  empty_deltas: {},
  comments: {},
  // Two of the six are reasoning: four are left for the text.
  reasoning: { reasoning_tokens: 2, text: plain.match(/\s*\S{1,6}/gu)!.slice(0, 4).join("") },
  // The arguments are whole JSON: the sixth token closes them.
  tool_calls: { text: JSON.stringify([{ name: "answer", arguments: JSON.stringify({ answer: plain }) }]) },
  usage_tail: {},
  no_usage: { completion_tokens: null, prompt_tokens: null, token_source: null },
  oversized_line: {},
  invalid_utf8: {},
  served_standard: {},
};

Deno.test("the plain answer has six tokens in six events", () => {
  assert.equal(plain.match(/\s*\S{1,6}/gu)!.length, 6);
});

for (const shape of shapeNames) {
  const faults: FaultOptions = { [shape]: 1, reasoning_tokens: 2, oversized_bytes: 3000, drip_bytes: 64 };

  Deno.test(`${shape}: exact text, tokens and events, cut at every byte, byte by byte and in one read`, async () => {
    const bytes = await recorded(faults);
    const whole = read([bytes]);
    const { text, ...counts } = facts(whole);
    const { text: expectedText, ...expectedCounts } = { ...usual, ...expected[shape] };
    assert.deepEqual(counts, expectedCounts);
    if (shape === "invalid_utf8") {
      assert.equal(text.replace("\ufffd", ""), expectedText);
      assert.equal(text.length, plain.length + 1, "the byte is replaced, not dropped");
    } else assert.equal(text, expectedText);
    assert.equal(whole.coalesced_chunks, 5);
    for (let cut = 1; cut < bytes.length; cut++) {
      assert.deepEqual(
        facts(read([bytes.subarray(0, cut), bytes.subarray(cut)])),
        facts(whole),
        `cut at ${cut}`,
      );
    }
    const single = read([...bytes].map((byte) => new Uint8Array([byte])));
    assert.deepEqual(facts(single), facts(whole));
    assert.equal(single.coalesced_chunks, 0);
  });
}

Deno.test("all shapes at once change the answer no more than each does", async () => {
  const faults = Object.fromEntries(
    shapeNames.filter((name) => name !== "no_usage").map((name) => [name, 1]),
  );
  const answer = read([await recorded({ ...faults, reasoning_tokens: 2, oversized_bytes: 3000 })]);
  assert.deepEqual(
    [answer.error, answer.chunk_ms.length, answer.completion_tokens, answer.reasoning_tokens],
    [
      null,
      6,
      6,
      2,
    ],
  );
});

for (
  const [failure, kind] of [
    ["truncated", "stream"],
    ["closed_mid_stream", "stream"],
    ["error_mid_stream", "stream"],
    ["malformed_json", "parse"],
  ] as const
) {
  Deno.test(`${failure}: never an answer, wherever it is cut`, async () => {
    const bytes = await recorded({ [failure]: 1 });
    const whole = facts(read([bytes]));
    assert.equal(whole.error, kind);
    for (let cut = 1; cut < bytes.length; cut++) {
      assert.deepEqual(facts(read([bytes.subarray(0, cut), bytes.subarray(cut)])), whole, `cut at ${cut}`);
    }
  });
}

Deno.test("a stream that ends anywhere before its terminal event is no answer", async () => {
  const bytes = await recorded({ comments: 0 });
  // The finish reason alone, with a whole HTTP response, would do; a body that breaks off does not.
  const end = new TextDecoder().decode(bytes).indexOf("data: [DONE]") + "data: [DONE]".length;
  for (let length = 1; length < end; length++) {
    assert.equal(read([bytes.subarray(0, length)]).error?.kind, "stream", `${length} bytes`);
  }
  assert.equal(read([bytes.subarray(0, end)]).error, null);
});
