import assert from "node:assert/strict";
import { Hub } from "../../lib/fleet/hub.ts";
import type { FromFleet, ToFleet } from "../../lib/fleet/messages.ts";
import { Uplink } from "../../lib/fleet/uplink.ts";

const secret = "between us";
const quick = { silence_ms: 400, beat_ms: 50 };

/** A worker that answers questions about its clock, which is `ahead_ms` ahead. */
function worker(hub: Hub, index: number, { ahead_ms = 0, given = secret, silence_ms = 300 } = {}) {
  const now = () => performance.now() + ahead_ms;
  const heard: ToFleet[] = [];
  const ended = Promise.withResolvers<string>();
  const link = new Uplink({
    url: `ws://127.0.0.1:${hub.port}`,
    secret: given,
    worker: index,
    now,
    limits: { silence_ms, beat_ms: 50, retry_ms: 20 },
    onEnd: ended.resolve,
    onMessage(message) {
      heard.push(message);
      if ("ask" in message) link.say({ answer: message.ask, heard_ms: now(), answered_ms: now() });
    },
  });
  return { link, heard, ended: ended.promise };
}

function hubOf(workers: number): Hub {
  return new Hub({
    hostname: "127.0.0.1",
    port: 0,
    secret,
    workers,
    now: () => performance.now(),
    limits: quick,
  });
}

/** What a listener hears of a worker. */
function listenTo(hub: Hub, index: number) {
  const heard: FromFleet[] = [];
  const first = Promise.withResolvers<FromFleet>();
  const lost = Promise.withResolvers<string>();
  hub.listen(index, {
    onMessage(message) {
      heard.push(message);
      first.resolve(message);
    },
    onLost: lost.resolve,
  });
  return { heard, first: first.promise, lost: lost.promise };
}

const over: FromFleet = { ended: { code: 0, complaint: "" } };

Deno.test("hub and worker hear each other, whoever speaks first", async () => {
  const hub = hubOf(1);
  hub.tell(0, { leave: true });
  const { link, heard } = worker(hub, 0);
  link.say(over);
  const { first } = listenTo(hub, 0);
  assert.deepEqual(await first, over);
  await link.settled();
  assert.deepEqual(heard, [{ leave: true }]);
  await link.close();
  await hub.close();
});

Deno.test("the clock of a worker that is 5 s ahead is measured to within its own error", async () => {
  const hub = hubOf(1);
  const { link } = worker(hub, 0, { ahead_ms: 5000 });
  const offset = await hub.clockOf(0);
  assert.ok(
    offset !== null && Math.abs(offset.offset_ms - 5000) <= offset.error_ms + 1e-6,
    JSON.stringify(offset),
  );
  assert.ok(offset.error_ms < 50, String(offset.error_ms));
  await link.close();
  await hub.close();
});

Deno.test("who does not know the secret takes nobody's place", async () => {
  const hub = hubOf(1);
  const stranger = worker(hub, 0, { given: "guessed" });
  assert.equal(await hub.clockOf(0, 1, 200), null);
  await stranger.link.close();
  const { link } = worker(hub, 0);
  assert.notEqual(await hub.clockOf(0, 1), null);
  await link.close();
  await hub.close();
});

Deno.test("a second process with the same index is turned away, and ends", async () => {
  const hub = hubOf(1);
  const first = worker(hub, 0);
  assert.notEqual(await hub.clockOf(0, 1), null);
  const second = worker(hub, 0);
  assert.match(await second.ended, /given this worker up/);
  assert.notEqual(await hub.clockOf(0, 1), null);
  await first.link.close();
  await hub.close();
});

Deno.test("a silent worker is lost, once, and what it says later is not heard", async () => {
  const hub = hubOf(1);
  const { heard, lost } = listenTo(hub, 0);
  const { link, ended } = worker(hub, 0, { silence_ms: 60_000 });
  assert.notEqual(await hub.clockOf(0, 1), null);
  hub.giveUp(0, "its node is gone");
  assert.equal(await lost, "its node is gone");
  link.say(over);
  assert.match(await ended, /given this worker up/);
  assert.deepEqual(heard, []);
  await hub.close();
});

Deno.test("a worker that is closed without a word is given up after the silence", async () => {
  const hub = hubOf(2);
  const { lost } = listenTo(hub, 0);
  const other = worker(hub, 1);
  const { link } = worker(hub, 0);
  assert.notEqual(await hub.clockOf(0, 1), null);
  await link.close();
  assert.match(await lost, /nothing was heard of it/);
  assert.notEqual(await hub.clockOf(1, 1), null);
  await other.link.close();
  await hub.close();
});

Deno.test("a worker without its controller stops by itself", async () => {
  const hub = hubOf(1);
  const { ended } = worker(hub, 0);
  assert.notEqual(await hub.clockOf(0, 1), null);
  await hub.close();
  assert.match(await ended, /nothing was heard of the controller/);
});
