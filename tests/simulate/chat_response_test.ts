import assert from "node:assert/strict";
import { chatCompletion, ChatStream, errorBody } from "../../lib/simulate/chat_response.ts";

const identity = { id: "i", model_id: "m", created: 7 };
const common =
  '{"id":"i","object":"chat.completion.chunk","created":7,"model":"m","system_fingerprint":"fmbench-simulated"';

Deno.test("the events of a stream, byte for byte", () => {
  const stream = new ChatStream(identity, false);
  assert.equal(
    stream.choice({ content: ' "é\n' }, null),
    `data: ${common},"choices":[{"index":0,"delta":{"content":" \\"é\\n"},"logprobs":null,"finish_reason":null}]}\n\n`,
  );
  assert.equal(
    stream.role(),
    `data: ${common},"choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}\n\n`,
  );
  assert.equal(
    stream.tail("stop", { prompt_tokens: 3, completion_tokens: 4 }).join(""),
    `data: ${common},"choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`,
  );
});

Deno.test("with usage asked for, the last event has it and all others say null", () => {
  const stream = new ChatStream(identity, true);
  assert.ok(stream.choice({ content: "a" }, null).endsWith('}],"usage":null}\n\n'));
  assert.equal(
    stream.tail("length", { prompt_tokens: 3, completion_tokens: 4 }).join(""),
    `data: ${common},"choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"length"}],"usage":null}\n\n` +
      `data: ${common},"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}\n\n` +
      `data: [DONE]\n\n`,
  );
});

Deno.test("a completion in one piece", () => {
  const counts = { prompt_tokens: 3, completion_tokens: 4 };
  const answer = { message: { content: "ab" }, reason: "stop", counts } as const;
  assert.deepEqual(JSON.parse(chatCompletion(identity, answer)), {
    id: "i",
    object: "chat.completion",
    created: 7,
    model: "m",
    choices: [{
      index: 0,
      message: { role: "assistant", content: "ab", refusal: null },
      logprobs: null,
      finish_reason: "stop",
    }],
    usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    system_fingerprint: "fmbench-simulated",
  });
});

Deno.test("a token's event is what stands around it and its text as JSON", () => {
  const stream = new ChatStream(identity, true);
  const { prefix, suffix } = stream.around();
  assert.equal(prefix + '" \\"x"' + suffix, stream.choice({ content: ' "x' }, null));
});

Deno.test("reasoning tokens are told apart only when there are some", () => {
  const stream = new ChatStream(identity, true);
  const counts = { prompt_tokens: 3, completion_tokens: 4 };
  assert.ok(!stream.usage({ ...counts, reasoning_tokens: 0 }).includes("details"));
  assert.match(
    stream.usage({ ...counts, reasoning_tokens: 2 }),
    /"total_tokens":7,"completion_tokens_details":\{"reasoning_tokens":2\}\}/,
  );
});

Deno.test("errors have OpenAI's form", () => {
  assert.equal(
    errorBody({ message: "No.", param: "n", code: null }),
    '{"error":{"message":"No.","type":"invalid_request_error","param":"n","code":null}}',
  );
});
