import assert from "node:assert/strict";
import { openaiCompletions, type PredictorOptions } from "../../../lib/predict/mod.ts";
import { bodyOf, exchangeOf, read, testCleanEnds, testFixtures, wireFixtures } from "../wire_fixtures.ts";

const endpoint: PredictorOptions["endpoint"] = {
  predictor: "openai_completions",
  url: "http://127.0.0.1:8000/v1/completions",
  model_id: "m",
  endpoint_name: "e",
  region: null,
  api_key_env: null,
};
const completions = (options: Partial<PredictorOptions> = {}) =>
  openaiCompletions({ endpoint, stream: true, ...options });

const fixtures = wireFixtures("openai_completions_");
const readerOf = () => exchangeOf(completions()).reader;
testFixtures(fixtures, readerOf);
testCleanEnds(fixtures, readerOf);

Deno.test("the request is the prompt with the parameters, and asks for usage", () => {
  const prompt = { prompt: "Why?", messages: [{ role: "user", content: "?" }] };
  assert.deepEqual(bodyOf(completions(), prompt, { temperature: 0.1, max_new_tokens: 64, best_of: 1 }), {
    model: "m",
    stream_options: { include_usage: true },
    temperature: 0.1,
    best_of: 1,
    max_tokens: 64,
    prompt: "Why?",
    stream: true,
  });
  assert.deepEqual(bodyOf(completions({ stream: false }), { prompt: "p" }), {
    model: "m",
    prompt: "p",
    stream: false,
  });
});

Deno.test("the cap is sent once, by the protocol's own name", () => {
  const caps = (parameters: Record<string, unknown>) => {
    const body = bodyOf(completions(), { prompt: "p" }, parameters);
    return [body["max_tokens"], "max_new_tokens" in body, "max_completion_tokens" in body];
  };
  assert.deepEqual(caps({ max_new_tokens: 9, max_tokens: 5, max_completion_tokens: 7 }), [5, false, false]);
  assert.deepEqual(caps({ max_new_tokens: 9, max_completion_tokens: 7 }), [9, false, false]);
  assert.deepEqual(caps({ max_completion_tokens: 7 }), [7, false, false]);
  assert.deepEqual(caps({}), [undefined, false, false]);
  assert.equal(completions().maxTokens({ max_new_tokens: 9 }), 9);
  assert.equal(completions().maxTokens({ max_new_tokens: "9" }), null);
});

Deno.test("FMBench's full address, a base address and that of the chat route are understood", () => {
  const urlOf = (url: string) => exchangeOf(completions({ endpoint: { ...endpoint, url } })).request.url;
  assert.equal(urlOf("http://127.0.0.1:8000/v1/completions"), "http://127.0.0.1:8000/v1/completions");
  assert.equal(urlOf("http://h/v1"), "http://h/v1/completions");
  assert.equal(urlOf("http://h/v1/chat/completions"), "http://h/v1/completions");
  assert.equal(urlOf("http://h/v1/?key=1"), "http://h/v1/completions?key=1");
});

Deno.test("a prompt with images is refused, not sent without them", () => {
  const images = [{ media_type: "image/png", base64: "AAAA" }] as const;
  assert.throws(
    () => completions().begin({ prompt: "p", images }, {}),
    /Cannot send a prompt with images by the protocol "openai_completions": it has no place for images/,
  );
});

Deno.test("a whole answer has text, usage and server latency, but no token times", () => {
  const body = {
    id: "cmpl-1",
    model: "m2",
    choices: [{ index: 0, text: " Hi", finish_reason: "length" }],
    usage: { prompt_tokens: 3, completion_tokens: 1 },
    timings: { prompt_ms: 2, predicted_ms: 3 },
  };
  const { reader } = exchangeOf(completions({ stream: false }));
  const answer = read(reader, [JSON.stringify(body)], { type: "application/json" });
  assert.deepEqual(
    [answer.error, answer.text, answer.chunk_ms, answer.completion_tokens, answer.stop_reason],
    [null, " Hi", [], 1, "length"],
  );
  assert.deepEqual([answer.server_latency_ms, answer.served_model, answer.terminated], [5, "m2", true]);
});

Deno.test("a whole answer of a chat is no completion", () => {
  const body = '{"choices":[{"message":{"content":"Hi"}}]}';
  const { error } = read(exchangeOf(completions()).reader, [body], { type: "application/json" });
  assert.deepEqual(error, { kind: "parse", message: "the answer has no choices[0].text" });
});

Deno.test("of several choices the first one's text is kept, all are counted as arrivals", () => {
  const event = (index: number, text: string) =>
    `data: ${JSON.stringify({ choices: [{ index, text }] })}\n\n`;
  const { text, chunk_ms } = read(exchangeOf(completions()).reader, [
    event(0, "a"),
    event(1, "x"),
    event(0, "b"),
    "data: [DONE]\n\n",
  ]);
  assert.deepEqual([text, chunk_ms], ["ab", [1, 2, 3]]);
});
