import assert from "node:assert/strict";
import { littlesLaw } from "../../lib/metrics/littles_law.ts";

const attempt = (sent_ms: number, ended_ms: number, changes = {}) => ({
  request_id: `r${sent_ms}-${ended_ms}`,
  segment: "1",
  worker: "w0",
  phase: "measure",
  status: "ok",
  sent_ms,
  ended_ms,
  ...changes,
});

Deno.test("what ended, times how long it took, over what was in flight", () => {
  // One in flight, 1 s each; the window runs from 0 to the last send at 4 s: four ended within, one in flight all the time.
  const even = [0, 1, 2, 3, 4].map((i) => attempt(i * 1000, (i + 1) * 1000));
  assert.equal(littlesLaw(even, 1), 1);
});

Deno.test("it is off 1 when the window is short for what was in flight", () => {
  // Two in flight, window 0 to 3 s (the last send). Ended within: 2 s at 2 s, 1 s at 1 s, 2 s at 3 s = 5 s of stay.
  // In flight within: 2 + 1 + 2 + 1 (sent at 2 s, one second within) = 6 s.
  const ragged = [
    attempt(0, 2000),
    attempt(0, 1000),
    attempt(1000, 3000),
    attempt(2000, 5000),
    attempt(3000, 4000),
  ];
  assert.equal(littlesLaw(ragged, 2), 5 / 6);
});

Deno.test("open loop: from the first to the last measured send, what was sent before and after included", () => {
  // One a second, each 2.5 s, the first two and the last two not measured: sends from 2 to 7 s.
  // Ended within: those that were sent at 0 to 4 s (2.5 to 6.5 s), 5 x 2.5 = 12.5 s. In flight within: of 0 s 0.5, of 1 s 1.5, of
  // 2, 3 and 4 s 2.5 each, of 5 s 2, of 6 s 1, of 7 s 0 = 12.5 s.
  const stays = Array.from(
    { length: 10 },
    (_, i) => attempt(i * 1000, i * 1000 + 2500, { phase: i < 2 ? "warmup" : i > 7 ? "drain" : "measure" }),
  );
  assert.equal(littlesLaw(stays, null), 1);
});

Deno.test("failures were in flight, too, and what was never sent was not", () => {
  const even = [0, 1, 2, 3, 4].map((i) =>
    attempt(i * 1000, (i + 1) * 1000, { status: i === 2 ? "error" : "ok" })
  );
  assert.equal(littlesLaw([...even, { ...attempt(0, 0), sent_ms: null, ended_ms: null }], 1), 1);
});

Deno.test("without a window there is nothing to say", () => {
  assert.equal(littlesLaw([], 1), null);
});
