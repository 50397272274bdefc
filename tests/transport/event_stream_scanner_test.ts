import assert from "node:assert/strict";
import { type EventStreamMessage, EventStreamScanner } from "../../lib/transport/mod.ts";

/** Three messages as AWS's own codec for JavaScript writes them. */
const recorded = await Deno.readFile(new URL("../testdata/wire/event_stream.bin", import.meta.url));

function scan(parts: Iterable<Uint8Array>) {
  const messages: { headers: Record<string, unknown>; payload: string; at_ms: number; shared: boolean }[] =
    [];
  const scanner = new EventStreamScanner((
    { headers, payload, at_ms, shared_read }: EventStreamMessage,
  ) =>
    messages.push({
      headers: Object.fromEntries(headers),
      payload: new TextDecoder().decode(payload),
      at_ms,
      shared: shared_read,
    })
  );
  let at_ms = 0;
  for (const part of parts) scanner.push(part, at_ms++);
  return { messages, fault: scanner.fault, unfinished: scanner.unfinished };
}

const bytes = (hex: string) => Uint8Array.fromHex(hex.replaceAll(/\s/g, ""));

// Length 25 = 12 of prelude + 7 of headers + 2 of payload + 4; one header: name of 1 byte "a", type 4 (int32), 7.
// Both checksums by another program's CRC32.
const byHand = bytes(`00000019 00000007 96b6bf39 01 61 04 00000007 6869 e6d716be`);

Deno.test("a message without headers and payload is sixteen bytes", () => {
  // 16 bytes, no headers; CRC32 of 00000010 00000000 is 05c248eb, of the twelve bytes 7d98c8ff.
  const { messages, fault } = scan([bytes("00000010 00000000 05c248eb 7d98c8ff")]);
  assert.deepEqual([messages.length, messages[0]?.headers, messages[0]?.payload, fault], [1, {}, "", null]);
});

Deno.test("a message worked out by hand reads as it was meant", () => {
  const { messages, fault } = scan([byHand]);
  assert.equal(fault, null);
  assert.deepEqual(messages, [{ headers: { a: 7 }, payload: "hi", at_ms: 0, shared: false }]);
});

const expected = [
  {
    headers: { ":event-type": "chunk", ":content-type": "application/json", ":message-type": "event" },
    payload: '{"bytes":"eyJ0ZXh0IjoiSGVsbG8ifQ=="}',
  },
  {
    headers: {
      yes: true,
      no: false,
      byte: -2,
      short: -300,
      integer: 70_000,
      // 2 to the power of 40.
      long: 1_099_511_627_776n,
      binary: Uint8Array.of(0, 255, 16),
      text: "grüße",
      when: new Date(1_700_000_000_123),
      id: "12345678-9abc-4def-8123-456789abcdef",
    },
    payload: "",
  },
  {
    headers: { ":message-type": "exception", ":exception-type": "throttlingException" },
    payload: '{"message":"slow down"}',
  },
];

Deno.test("a stream of the service's own codec reads the same wherever it is cut", () => {
  for (let cut = 0; cut <= recorded.length; cut++) {
    const { messages, fault, unfinished } = scan([recorded.subarray(0, cut), recorded.subarray(cut)]);
    assert.deepEqual([fault, unfinished], [null, false]);
    assert.deepEqual(
      messages.map(({ headers, payload }) => ({ headers, payload })),
      expected,
      `cut at ${cut}`,
    );
  }
  const single = scan(Array.from(recorded, (byte) => Uint8Array.of(byte)));
  assert.deepEqual(single.messages.map(({ headers, payload }) => ({ headers, payload })), expected);
  // Each message is stamped by the read of its own last byte: the last one by the last of all.
  assert.equal(single.messages[2]?.at_ms, recorded.length - 1);
});

Deno.test("messages of one read are marked from the second on", () => {
  assert.deepEqual(scan([recorded]).messages.map(({ shared }) => shared), [false, true, true]);
  const cut = recorded.length - 1;
  assert.deepEqual(
    scan([recorded.subarray(0, cut), recorded.subarray(cut)]).messages.map(({ shared }) => shared),
    [false, true, false],
  );
});

Deno.test("a flipped bit anywhere is a fault, and nothing after it is given out", () => {
  for (let at = 0; at < byHand.length; at++) {
    const broken = byHand.slice();
    broken[at]! ^= 1;
    const { messages, fault } = scan([broken, byHand]);
    assert.equal(messages.length, 0, `byte ${at}`);
    assert.match(fault ?? "", at < 12 ? /prelude with a wrong checksum/ : /message with a wrong checksum/);
  }
});

Deno.test("a length that can't be is a fault although its checksum is right", () => {
  // Length 16 with 1 byte of headers: CRC32 of 00000010 00000001 is 72c5787d.
  const { messages, fault } = scan([bytes("00000010 00000001 72c5787d 00000000")]);
  assert.equal(messages.length, 0);
  assert.equal(fault, "a message of 16 bytes with headers of 1");
});

// One header "a" of type 10, and one of type 4 (int32) with a single byte of its four.
Deno.test("a header of an unknown type and one that ends early are faults", () => {
  assert.equal(
    scan([bytes("00000013 00000003 db6b6381 01610a ffab9622")]).fault,
    "a header of the unknown type 10",
  );
  assert.equal(scan([bytes("00000014 00000004 f72f2a32 01610400 e1a14cf3")]).fault, "the headers end early");
});

Deno.test("a message that is not whole is known as unfinished", () => {
  const { messages, unfinished, fault } = scan([byHand.subarray(0, 20)]);
  assert.deepEqual([messages.length, unfinished, fault], [0, true, null]);
});
