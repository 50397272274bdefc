import assert from "node:assert/strict";
import { type Exchange, predictorFor } from "../../../lib/predict/mod.ts";
import { eventStreamHead, httpChunk } from "../../aws/local_aws.ts";
import { scriptedServer } from "../../transport/scripted_server.ts";
import { transports } from "../../transport/transports.ts";
import { keys, optionsOf } from "./aws_requests.ts";
import { fixture, framesOf } from "./aws_fixtures.ts";

/** Every byte where the machine's time allows; a prime stride where each connection takes longer. */
const strides = { user: 1, kernel: 13 } as const;

for (const { clock, open, ignore } of transports) {
  for (
    const [predictor, name] of [
      ["bedrock", "bedrock_served.bin"],
      ["bedrock_invoke", "bedrock_invoke_titan.bin"],
      ["sagemaker", "sagemaker_completions_sse.bin"],
    ] as const
  ) {
    Deno.test({
      name: `local server, ${clock} clock: ${predictor} answers wherever its stream is cut, and never hangs`,
      ignore,
      async fn() {
        const { bytes, expected } = fixture(name);
        const lastFrame = bytes.length - framesOf(bytes).at(-1)!.length;
        const lengths = [...bytes.keys(), bytes.length].filter((length) =>
          length % strides[clock] === 0 || length === bytes.length
        );
        using server = scriptedServer(async ({ send, close, index }) => {
          const length = lengths[index]!;
          await send(eventStreamHead);
          if (length > 0) await send(httpChunk(bytes.subarray(0, length)));
          if (length < bytes.length) return close();
          await send(httpChunk());
        });
        const made = await predictorFor(optionsOf({
          predictor,
          url: server.url,
          model_id: "amazon.titan-text-express-v1",
          options: predictor === "sagemaker" ? { body: "completions" } : {},
        }, { stream: true, credentials: () => Promise.resolve(keys) }));
        const transport = open();
        for (const length of lengths) {
          const { request, reader } = await made.begin({ prompt: "p" }, {}) as Exchange;
          const result = await transport.send(request, reader, { limits: { total_ms: 10_000 } });
          const { error, text, terminated } = reader.finish(result.failure);
          if (length === bytes.length) {
            assert.deepEqual([error, text, terminated], [null, expected.text, true]);
          } else if (length < lastFrame) assert.equal(error?.kind, "stream", `after ${length} bytes`);
          else assert.ok(error === null || error.kind === "stream", `after ${length} bytes`);
          assert.ok(expected.text.startsWith(text), `after ${length} bytes: ${text}`);
        }
        transport.close();
        assert.equal(server.requests.length, lengths.length);
      },
    });
  }
}
