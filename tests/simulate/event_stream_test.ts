import assert from "node:assert/strict";
import { base64Chunks, namedEvents, payloadParts } from "../../lib/simulate/event_stream.ts";
import { jsonLines } from "../../lib/simulate/framing.ts";
import { marker } from "../../lib/simulate/invalid_byte.ts";
import { event, exception, frame } from "../aws/event_frames.ts";

Deno.test("events and exceptions are messages as another encoder writes them", () => {
  assert.deepEqual(namedEvents.frame({ type: "messageStop", data: '{"stopReason":"end_turn"}' }), inOrder());
  const broken = { type: "throttlingException", data: '{"message":"slow"}', exception: true } as const;
  assert.deepEqual(namedEvents.frame(broken), exception("throttlingException", "slow"));
});

const inOrder = () => event("messageStop", { stopReason: "end_turn" });

Deno.test("a chunk has its bytes in base64, and letters that depend on nothing but its length", () => {
  // "{}" is e30=; 2 + 2 * 7 % 30 = 16 letters.
  assert.deepEqual(
    base64Chunks.frame({ data: "{}" }),
    event("chunk", { bytes: "e30=", p: "abcdefghijklmnop" }),
  );
});

const part = (bytes: Uint8Array | string) =>
  frame(
    { ":message-type": "event", ":event-type": "PayloadPart", ":content-type": "application/octet-stream" },
    bytes,
  );

Deno.test("a part has a line as it is, or as many parts have it that are asked for", () => {
  const parts = payloadParts(jsonLines("application/jsonlines"));
  assert.deepEqual(parts.frame({ data: '{"a":1}' }), part('{"a":1}\n'));
  const three = ['{"a', '":1', "}\n"].flatMap((text) => [...part(text)]);
  assert.deepEqual(parts.divided?.({ data: '{"a":1}' }, 3), Uint8Array.from(three));
});

Deno.test("a byte that is no UTF-8 is under the checksum", () => {
  const payload = new TextEncoder().encode('{"t":"a?"}');
  payload[payload.indexOf("?".charCodeAt(0))] = 0xff;
  const headers = { ":message-type": "event", ":event-type": "x", ":content-type": "application/json" };
  const written = namedEvents.frame({ type: "x", data: `{"t":"a${marker}"}` });
  assert.deepEqual(written, frame(headers, payload));
});
