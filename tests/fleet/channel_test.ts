import assert from "node:assert/strict";
import { Channel, type Wire } from "../../lib/fleet/channel.ts";

/** Two sides whose connection can be cut; frames under way are lost with it. */
function pair() {
  let now = 0;
  const heard: { a: string[]; b: string[] } = { a: [], b: [] };
  const a = new Channel<string, string>({ now: () => now, onMessage: (text) => heard.a.push(text) });
  const b = new Channel<string, string>({ now: () => now, onMessage: (text) => heard.b.push(text) });
  let under: (() => void)[] = [];
  const wires: { a: Wire; b: Wire } = {
    a: { put: (frame) => under.push(() => b.take(structuredClone(frame))) },
    b: { put: (frame) => under.push(() => a.take(structuredClone(frame))) },
  };
  return {
    a,
    b,
    heard,
    pass(ms: number) {
      now += ms;
    },
    connect() {
      a.attach(wires.a);
      b.attach(wires.b);
    },
    deliver(frames = Infinity) {
      for (let i = 0; i < frames && under.length > 0; i++) under.shift()!();
    },
    cut() {
      under = [];
      a.detach(wires.a);
      b.detach(wires.b);
    },
  };
}

Deno.test("what was said before there is a connection is heard on the first one, in order", () => {
  const { a, b, heard, connect, deliver } = pair();
  a.say("one");
  a.say("two");
  b.say("three");
  connect();
  deliver();
  assert.deepEqual(heard, { a: ["three"], b: ["one", "two"] });
});

Deno.test("what a cut connection lost is said again, and what arrived is not heard twice", () => {
  const { a, heard, connect, deliver, cut } = pair();
  connect();
  deliver();
  a.say("one");
  a.say("two");
  a.say("three");
  deliver(2);
  cut();
  a.say("four");
  assert.deepEqual(heard.b, ["one", "two"]);
  assert.equal(a.settled, false);
  connect();
  deliver();
  assert.deepEqual(heard.b, ["one", "two", "three", "four"]);
  assert.equal(a.settled, false);
});

Deno.test("a sign of life carries what was heard", () => {
  const { a, b, connect, deliver } = pair();
  connect();
  a.say("one");
  deliver();
  assert.equal(a.settled, false);
  b.beat();
  deliver();
  assert.equal(a.settled, true);
});

Deno.test("what is only mentioned is not kept for later", () => {
  const { a, heard, connect, deliver } = pair();
  a.mention("passing");
  connect();
  a.mention("now");
  deliver();
  assert.deepEqual(heard.b, ["now"]);
});

Deno.test("an open connection alone is no sign of life", () => {
  const { a, b, connect, deliver, pass } = pair();
  connect();
  deliver();
  pass(5);
  b.attach({ put: () => {} });
  assert.equal(b.heardAt_ms, 0);
  a.beat();
  deliver();
  assert.equal(b.heardAt_ms, 5);
});

Deno.test("what a side believes to be heard of it is no later than the other side heard it", () => {
  const { a, b, connect, deliver, cut, pass } = pair();
  connect();
  deliver();
  pass(10);
  b.beat();
  pass(3);
  deliver();
  assert.deepEqual([a.heardAt_ms, b.confirmed_ms], [13, 0]);
  a.beat();
  pass(2);
  deliver();
  assert.equal(b.confirmed_ms, 10, "said at 10, heard at 13, known at 15");
  cut();
  pass(100);
  b.beat();
  assert.equal(b.confirmed_ms, 10);
});
