import assert from "node:assert/strict";
import { ollama, openaiChat, openaiCompletions, type Predictor } from "../../lib/predict/mod.ts";
import { userTransport } from "../../lib/transport/mod.ts";
import { chunk, scriptedServer, streamHead } from "../transport/scripted_server.ts";
import { exchangeOf } from "./wire_fixtures.ts";

const chat = 'data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}\n\n';
const completion = 'data: {"choices":[{"text":"a","finish_reason":"stop"}]}\n\n';
const at = (url: string) => ({
  endpoint: { predictor: "", url, model_id: "m", endpoint_name: "e", region: null, api_key_env: null },
  stream: true,
});

const cases: readonly [
  name: string,
  head: string,
  parts: readonly string[],
  make: (url: string) => Predictor,
][] = [
  ["[DONE] of a chat", streamHead, [chat, "data: [DONE]\n\n"], (url) => openaiChat(at(`${url}/v1`))],
  [
    "[DONE] of a completion",
    streamHead,
    [completion, "data: [DONE]\n\n"],
    (url) => openaiCompletions(at(url)),
  ],
  [
    "done of Ollama",
    streamHead.replace("text/event-stream", "application/x-ndjson"),
    ['{"response":"a","done":false}\n', '{"done":true}\n'],
    (url) => ollama(at(url)),
  ],
];

for (const [name, head, parts, make] of cases) {
  Deno.test(`after the ${name} the response is read to its end, so that the connection is used again`, async () => {
    const marked = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let released = 0;
    using server = scriptedServer(async ({ index, send }) => {
      await send(head + parts.map(chunk).join(""));
      await marked[index]?.promise;
      released = performance.now();
      await send("0\r\n\r\n");
    });
    const transport = userTransport();
    try {
      const predictor = make(server.url);
      for (const mark of marked) {
        const { request, reader } = exchangeOf(predictor);
        let seen = "";
        const result = await transport.send(request, {
          onHead: (head, at_ms) => reader.onHead(head, at_ms),
          onData(bytes, at_ms) {
            reader.onData(bytes, at_ms);
            seen += new TextDecoder().decode(bytes);
            if (seen.length >= parts.join("").length) mark.resolve();
          },
        });
        const answer = reader.finish(result.failure);
        assert.deepEqual([answer.error, answer.text, answer.terminated], [null, "a", true]);
        assert.equal(result.reused, mark !== marked[0]);
        assert.ok(answer.terminated_ms! <= released && released <= result.ended_ms);
      }
      assert.equal(server.connections, 1);
    } finally {
      transport.close();
    }
  });
}
