import assert from "node:assert/strict";
import { checkModel, readChat } from "../../../lib/simulate/dialects/chat_request.ts";
import { jsonBody } from "../../../lib/simulate/dialects/json_body.ts";
import { Refusal } from "../../../lib/simulate/refusal.ts";

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

function readChatRequest(body: Uint8Array, model_id: string) {
  const request = jsonBody(body);
  checkModel(request, model_id);
  return readChat(request);
}

const read = (fields: Record<string, unknown>) =>
  readChatRequest(encode({ model: "m", messages: [{ role: "user", content: "Hi" }], ...fields }), "m");

Deno.test("a plain request is not streamed and has no limit", () => {
  assert.deepEqual(read({}), { stream: false, include_usage: false, max_tokens: null, prompt: "Hi" });
});

Deno.test("stream, usage and either limit are understood; max_completion_tokens wins", () => {
  const request = read({
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: 9,
    max_completion_tokens: 5,
    temperature: 0.1,
    top_p: 0.9,
  });
  assert.deepEqual(request, { stream: true, include_usage: true, max_tokens: 5, prompt: "Hi" });
  assert.equal(read({ max_tokens: 9 }).max_tokens, 9);
});

Deno.test("the prompt is the text of the last user message, parts joined", () => {
  const messages = [
    { role: "system", content: "Be brief" },
    { role: "user", content: "First" },
    { role: "assistant", content: "Yes" },
    { role: "user", content: [{ type: "text", text: "Sec" }, { type: "text", text: "ond" }] },
    { role: "assistant", content: null },
  ];
  assert.equal(read({ messages }).prompt, "Second");
});

const refused: Record<string, [Record<string, unknown>, number, string]> = {
  "no model": [{ model: undefined }, 400, "model"],
  "another model": [{ model: "other" }, 404, "model"],
  "no messages": [{ messages: undefined }, 400, "messages"],
  "an empty list of messages": [{ messages: [] }, 400, "messages"],
  "no user message": [{ messages: [{ role: "system", content: "x" }] }, 400, "messages"],
  "a message without a role": [{ messages: [{ content: "x" }] }, 400, "messages[0]"],
  "content that is a number": [{ messages: [{ role: "user", content: 5 }] }, 400, "messages[0].content"],
  "a picture": [
    { messages: [{ role: "user", content: [{ type: "image_url" }] }] },
    400,
    "messages[0].content",
  ],
  "stream that is a text": [{ stream: "yes" }, 400, "stream"],
  "stream options without a stream": [{ stream_options: { include_usage: true } }, 400, "stream_options"],
  "a limit of 0": [{ max_tokens: 0 }, 400, "max_tokens"],
  "a limit that is no integer": [{ max_completion_tokens: 1.5 }, 400, "max_completion_tokens"],
  "two choices": [{ n: 2 }, 400, "n"],
  "a temperature of 3": [{ temperature: 3 }, 400, "temperature"],
  "a top_p that is a text": [{ top_p: "1" }, 400, "top_p"],
};

for (const [name, [fields, status, param]] of Object.entries(refused)) {
  Deno.test(`a request with ${name} is refused with ${status}`, () => {
    assert.throws(
      () => read(fields),
      (error) => error instanceof Refusal && error.status === status && error.param === param,
    );
  });
}

Deno.test("a picture beside the text is taken and not looked at", () => {
  const content = [{ type: "image_url", image_url: { url: "data:x" } }, {
    type: "text",
    text: "What is it?",
  }];
  assert.equal(read({ messages: [{ role: "user", content }] }).prompt, "What is it?");
});

Deno.test("a body that is no JSON object in UTF-8 is refused with 400", () => {
  const bodies = [
    new TextEncoder().encode("{"),
    encode([]),
    encode(null),
    new Uint8Array([0x22, 0xff, 0x22]),
  ];
  for (const body of bodies) {
    assert.throws(
      () => readChatRequest(body, "m"),
      (error) => error instanceof Refusal && error.status === 400,
    );
  }
});
