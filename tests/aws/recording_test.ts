import assert from "node:assert/strict";
import { Recording } from "../../lib/aws/mod.ts";

Deno.test("a recording keeps its own copy of what came", () => {
  const recording = new Recording();
  const head = { status: 200, reason: "OK", headers: new Map([["a", "b"]]) };
  const buffer = Uint8Array.of(1, 2, 3);
  recording.onHead(head);
  recording.onData(buffer.subarray(0, 2));
  // The transport uses its buffer again.
  buffer.fill(9);
  recording.onData(buffer.subarray(2));
  assert.deepEqual(recording.answer(null), {
    head,
    body: [Uint8Array.of(1, 2), Uint8Array.of(9)],
    failure: null,
  });
});

Deno.test("a recording of nothing has no head", () => {
  const failure = { kind: "network", message: "refused" } as const;
  assert.deepEqual(new Recording().answer(failure), { head: null, body: [], failure });
});
