import assert from "node:assert/strict";
import { KeepAlive } from "../../lib/transport/keep_alive.ts";

Deno.test("connections are kept until two have ended early and none was ever answered on twice", () => {
  const peer = new KeepAlive();
  assert.equal(peer.worthWhile, true);
  peer.ended(0.02);
  assert.equal(peer.worthWhile, true);
  peer.ended(5_000); // its keep-alive limit
  assert.equal(peer.worthWhile, true);
  peer.ended(999);
  assert.equal(peer.worthWhile, false);
});

Deno.test("one answer on a used connection shows that the peer keeps them, whatever ends later", () => {
  const peer = new KeepAlive();
  peer.answered();
  peer.ended(0.02);
  peer.ended(0.02);
  peer.ended(0.02);
  assert.equal(peer.worthWhile, true);
});

Deno.test("a rest of a second explains the end of a connection; a shorter one only while no other was ever answered on twice", () => {
  const peer = new KeepAlive();
  assert.equal(peer.isStale(0.02), true);
  peer.answered();
  assert.equal(peer.isStale(999), false);
  assert.equal(peer.isStale(1000), true);
});
