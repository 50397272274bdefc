import assert from "node:assert/strict";
import { type RestDescription, restFaults } from "../../lib/core/mod.ts";

const response = { text: "/text" };

for (
  const [name, description] of [
    ["the least there can be", { response }],
    ["a GET whose answer is the whole body", {
      method: "GET",
      path: "?sentence={prompt}",
      response: { format: "text" },
    }],
    ["a POST with everything", {
      path: "/generate?model={model}",
      body: {
        inputs: "{prompt}",
        parameters: "{parameters}",
        cap: "{max_tokens}",
        t: "{parameters.temperature}",
      },
      stream_body: { stream: true },
      response: { ...response, prompt_tokens: "/usage/in", error: "/error" },
      events: { format: "sse", text: "/token/text", end: "[DONE]" },
    }],
    ["braces that are no slots", {
      body: { json: '{"a": {"b": 1}}', math: "{x + y}" },
      response: { text: "" },
    }],
  ] as const satisfies readonly (readonly [string, RestDescription])[]
) {
  Deno.test(`${name} is no fault`, () => assert.deepEqual(restFaults(description), []));
}

const wrong: readonly [string, RestDescription, string][] = [
  [
    "GET with a body",
    { method: "GET", body: {}, response },
    "body is given, but GET has none; expected method POST, or path with a query",
  ],
  [
    "GET with a stream_body",
    { method: "GET", stream_body: {}, response, events: { format: "sse", text: "/t" } },
    "stream_body is given, but GET has no body; expected method POST",
  ],
  [
    "a stream_body without events",
    { stream_body: { stream: true }, response },
    "events is missing, but stream_body asks for a stream; expected events.format and events.text",
  ],
  [
    "a stream_body over a text",
    { body: "{prompt}", stream_body: {}, response, events: { format: "sse", text: "/t" } },
    "stream_body is given, but body is no map that it could be merged into; expected a body with keys",
  ],
  [
    "no place of the text",
    { response: {} },
    "response.text is missing; expected the place of the text as a JSON Pointer, like /choices/0/text",
  ],
  [
    "events without a place of the text",
    { response, events: { format: "json_lines" } },
    "events.text is missing; expected the place of the text as a JSON Pointer, like /choices/0/text",
  ],
  [
    "a place that is no pointer",
    { response: { ...response, prompt_tokens: "usage.prompt" } },
    'response.prompt_tokens "usage.prompt" is no JSON Pointer: it does not begin with /; expected one like /choices/0/text',
  ],
  [
    "places in a plain text",
    { response: { format: "text", error: "/error" } },
    "response.error is a place in JSON, but the format is text; expected format json, or no places",
  ],
  [
    "a slot that stands for nothing",
    { body: { messages: [{ content: "{promt}" }] }, response },
    "body.messages[0].content holds {promt}, which stands for nothing; expected {prompt}, {model}, {max_tokens}, " +
    "{parameters} or {parameters.NAME}",
  ],
];
for (const [name, description, fault] of wrong) {
  Deno.test(`${name} is a fault that says what is expected`, () => {
    assert.deepEqual(restFaults(description), [fault]);
  });
}

for (
  const path of [
    "//evil.example/x",
    "https://evil.example/",
    "\\\\evil.example",
    "http://endpoint.invalid/x",
    "data:,x",
  ]
) {
  Deno.test(`the path ${path} leads away from the endpoint`, () => {
    assert.match(restFaults({ path, response }).join(), /leads away from the endpoint/);
  });
}
