import assert from "node:assert/strict";
import { Engine, type Timing } from "../../lib/simulate/engine.ts";

/** 1 ms a prompt token, 10 ms more to the first token, 4 ms a step and 1 ms for each further request, two slots. */
const timing: Timing = {
  base_ms: 10,
  prefill_tokens_per_s: 1000,
  decode_ms: 4,
  decode_ms_per_sequence: 1,
  slots: 2,
  jitter: 0,
};

const work = (prompt_tokens: number, completion_tokens: number, draw = () => 0.5) => ({
  prompt_tokens,
  completion_tokens,
  draw,
});

/** All that is due up to a moment, as `request kind+index @time`. */
function taken(engine: Engine<string>, until = Infinity): string[] {
  const steps: string[] = [];
  for (let step = engine.take(until); step !== null; step = engine.take(until)) {
    const { request, kind, index, at, last } = step;
    steps.push(`${request} ${kind === "admitted" ? "in" : index} @${at}${last ? " last" : ""}`);
  }
  return steps;
}

Deno.test("a lone request: prefill, base time, then one step a token", () => {
  const engine = new Engine<string>(timing);
  engine.submit("A", work(20, 3), 100);
  // First token: 100 + 20 tokens x 1 ms + 10 ms = 130; then 4 ms each.
  assert.deepEqual(taken(engine), ["A in @100", "A 0 @130", "A 1 @134", "A 2 @138 last"]);
  assert.equal(engine.next(), null);
  assert.equal(engine.running, 0);
});

Deno.test("a request at a pace of its own: prefill and base time, and its steps, are other ones, and nobody else's are", () => {
  const engine = new Engine<string>(timing);
  engine.submit("A", { ...work(20, 3), pace: { ttft_factor: 0.5, speed_factor: 2 } }, 100);
  // First token: 100 + 20 x 1 ms x 0.5 + 10 ms x 0.5 = 115; then 4 ms / 2 each.
  assert.deepEqual(taken(engine), ["A in @100", "A 0 @115", "A 1 @117", "A 2 @119 last"]);
  engine.submit("B", work(20, 2), 200);
  assert.deepEqual(taken(engine), ["B in @200", "B 0 @230", "B 1 @234 last"]);
});

Deno.test("two requests share the prefill and slow each other's steps; a third waits for a slot", () => {
  const engine = new Engine<string>(timing);
  engine.submit("A", work(20, 2), 0);
  engine.submit("B", work(5, 2), 0);
  engine.submit("C", work(3, 1), 1);
  assert.deepEqual([engine.running, engine.waiting], [2, 1]);
  // Prefill: A 0 to 20, B 20 to 25. First tokens: 20 + 10 and 25 + 10.
  // A's second at 30 + (4 + 1) = 35 is its last: C gets the slot at 35, prefill 35 to 38, first token 48.
  // B's first at 35 comes before A's second (it was decided earlier), so two run: next at 35 + 5 = 40.
  assert.deepEqual(taken(engine), [
    "A in @0",
    "B in @0",
    "A 0 @30",
    "B 0 @35",
    "A 1 @35 last",
    "C in @35",
    "B 1 @40 last",
    "C 0 @48 last",
  ]);
});

Deno.test("a caller that looks late gets the same deadlines", () => {
  const [often, late] = [new Engine<string>(timing), new Engine<string>(timing)];
  for (const engine of [often, late]) {
    engine.submit("A", work(20, 4), 0);
    engine.submit("B", work(5, 4), 0);
    engine.submit("C", work(9, 2), 0);
  }
  const seen: string[] = [];
  for (let at = 0; at < 100; at += 0.5) seen.push(...taken(often, at));
  assert.equal(seen.length, 4 + 4 + 2 + 3);
  assert.deepEqual(seen, taken(late, 100));
});

Deno.test("nothing is taken before it is due, and next() says when it is", () => {
  const engine = new Engine<string>(timing);
  engine.submit("A", work(20, 1), 0);
  assert.deepEqual(taken(engine, 29.999), ["A in @0"]);
  assert.equal(engine.next(), 30);
  assert.deepEqual(taken(engine, 30), ["A 0 @30 last"]);
});

Deno.test("the queue is first come, first served", () => {
  const engine = new Engine<string>({ ...timing, slots: 1 });
  for (const name of ["A", "B", "C", "D"]) engine.submit(name, work(0, 1), 0);
  assert.deepEqual(taken(engine).filter((step) => step.includes("last")), [
    "A 0 @10 last",
    "B 0 @20 last",
    "C 0 @30 last",
    "D 0 @40 last",
  ]);
});

Deno.test("a cancelled request sends no more and its slot goes to the next", () => {
  const engine = new Engine<string>({ ...timing, slots: 1 });
  engine.submit("A", work(0, 5), 0);
  engine.submit("B", work(0, 1), 1);
  engine.submit("C", work(0, 1), 2);
  assert.deepEqual(taken(engine, 12), ["A in @0", "A 0 @10"]);
  engine.cancel("B", 12);
  engine.cancel("A", 13);
  engine.cancel("A", 14);
  assert.deepEqual([engine.running, engine.waiting], [1, 0]);
  // C is admitted at 13; its token at 13 + 10.
  assert.deepEqual(taken(engine), ["C in @13", "C 0 @23 last"]);
});

Deno.test("jitter multiplies each wait by a factor from the request's own draws", () => {
  const engine = new Engine<string>({ ...timing, jitter: 0.2 });
  const draws = [0, 0.75];
  engine.submit("A", work(20, 2, () => draws.shift()!), 0);
  // Base: 10 x (1 + 0.2 x (2 x 0 - 1)) = 8, so 28; step: 4 x (1 + 0.2 x (2 x 0.75 - 1)) = 4.4.
  assert.deepEqual(taken(engine), ["A in @0", "A 0 @28", "A 1 @32.4 last"]);
});

Deno.test("an answer without tokens is refused", () => {
  assert.throws(() => new Engine<string>(timing).submit("A", work(1, 0), 0), RangeError);
});
