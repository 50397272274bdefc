import assert from "node:assert/strict";
import type { Draft } from "../../../lib/simulate/dialect.ts";
import { ChatWording } from "../../../lib/simulate/dialects/chat_wording.ts";
import { errorBody } from "../../../lib/simulate/dialects/openai_error.ts";
import type { ShapeName } from "../../../lib/simulate/fault_options.ts";

const moment = { elapsed_ms: 5, first_ms: 1 };

function draft(spoken: Partial<Draft["spoken"]> = {}, shapes: ShapeName[] = []): Draft {
  const said = { reasoning: [], tokens: ["ab"], reason: "stop" as const, ...spoken };
  const counts = { prompt_tokens: 3, completion_tokens: 4, reasoning_tokens: said.reasoning.length };
  return { id: "i", model_id: "m", created: 7, spoken: said, counts, shapes: new Set(shapes), cut: false };
}

const common =
  '{"id":"i","object":"chat.completion.chunk","created":7,"model":"m","system_fingerprint":"fmbench-simulated"';
const dataOf = (events: readonly { data: string }[]) => events.map(({ data }) => data);

Deno.test("the events of a stream, byte for byte", () => {
  const wording = new ChatWording(draft(), false);
  assert.deepEqual(dataOf(wording.token(0, ' "é\n')), [
    `${common},"choices":[{"index":0,"delta":{"content":" \\"é\\n"},"logprobs":null,"finish_reason":null}]}`,
  ]);
  assert.deepEqual(dataOf(wording.opening()), [
    `${common},"choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}`,
  ]);
  assert.deepEqual(dataOf(wording.tail()), [
    `${common},"choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}`,
    "[DONE]",
  ]);
});

Deno.test("with usage asked for, the last event has it and all others say null", () => {
  const wording = new ChatWording(draft({ reason: "length" }), true);
  assert.ok(dataOf(wording.token(0, "a"))[0]!.endsWith('}],"usage":null}'));
  assert.deepEqual(dataOf(wording.tail()), [
    `${common},"choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"length"}],"usage":null}`,
    `${common},"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}`,
    "[DONE]",
  ]);
});

Deno.test("a completion in one piece", () => {
  assert.deepEqual(JSON.parse(String(new ChatWording(draft(), false).whole(moment).body)), {
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
  const wording = new ChatWording(draft(), true);
  const { prefix, suffix } = wording.around();
  assert.deepEqual([prefix + '" \\"x"' + suffix], dataOf(wording.token(0, ' "x')));
});

Deno.test("reasoning tokens are told apart only when there are some", () => {
  assert.ok(!dataOf(new ChatWording(draft(), true).tail())[1]!.includes("details"));
  assert.match(
    dataOf(new ChatWording(draft({ reasoning: ["a", "b"] }), true).tail())[1]!,
    /"total_tokens":7,"completion_tokens_details":\{"reasoning_tokens":2\}\}/,
  );
});

Deno.test("errors have OpenAI's form", () => {
  assert.equal(
    errorBody({ message: "No.", param: "n", code: null }),
    '{"error":{"message":"No.","type":"invalid_request_error","param":"n","code":null}}',
  );
});
