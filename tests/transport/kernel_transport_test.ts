import assert from "node:assert/strict";
import { kernelClockFault, kernelTransport, openTransports } from "../../lib/transport/mod.ts";
import { chunk, response, scriptedServer, streamHead } from "./scripted_server.ts";

const ignore = kernelClockFault() !== null;
const request = (url: string) => ({ method: "GET", url, headers: {}, body: null }) as const;

function busyFor(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

Deno.test("an arrival is stamped by the kernel, however late this process reads it", { ignore }, async () => {
  let handed_ms = 0;
  using server = scriptedServer(async ({ send, pause }) => {
    await send(streamHead);
    await send(chunk("token"));
    handed_ms = performance.now();
    // Nobody in this process reads for a while: on this clock it must not show.
    busyFor(60);
    // Packets that are read together carry the stamp of the last one, so the end waits until the token was read.
    await pause(30);
    await send(chunk(""));
  });
  const transport = kernelTransport();
  const stamps: number[] = [];
  let read_ms = 0;
  await transport.send(request(server.url), {
    onHead() {},
    onData(_, at_ms) {
      stamps.push(at_ms);
      read_ms ||= performance.now();
    },
  });
  transport.close();
  assert.ok(read_ms >= handed_ms + 55, "the read was held up");
  assert.ok(stamps[0]! <= handed_ms, `stamped ${stamps[0]! - handed_ms} ms after it was handed over`);
});

Deno.test(
  "it sleeps to the deadline, never less, also while exchanges are under way",
  { ignore },
  async () => {
    using server = scriptedServer(async ({ send, pause }) => {
      await pause(60);
      await send(response("x"));
    });
    const transport = kernelTransport();
    const exchange = transport.send(request(server.url), { onHead() {}, onData() {} });
    const start = transport.now();
    for (const at of [3, 4.5, 20]) {
      await transport.sleepUntil(start + at);
      const late = transport.now() - start - at;
      assert.ok(late >= 0 && late < 20, `${late} ms late`);
    }
    assert.equal((await exchange).failure, null);
    transport.close();
  },
);

Deno.test("a sleep ends with its signal's reason", { ignore }, async () => {
  const transport = kernelTransport();
  const stop = new AbortController();
  const sleep = transport.sleepUntil(transport.now() + 60_000, stop.signal);
  stop.abort(new Error("enough"));
  await assert.rejects(sleep, /enough/);
  await assert.rejects(transport.sleepUntil(0, stop.signal), /enough/);
  transport.close();
});

Deno.test("closing ends what is under way as cancelled", { ignore }, async () => {
  using server = scriptedServer(() => {});
  const transport = kernelTransport();
  const exchange = transport.send(request(server.url), { onHead() {}, onData() {} });
  await transport.sleepUntil(transport.now() + 20);
  transport.close();
  assert.equal((await exchange).failure?.kind, "cancelled");
});

Deno.test("TLS is refused by the kernel clock and timed by the user's", { ignore }, async () => {
  const transports = openTransports("auto");
  assert.equal(transports.fault, null);
  assert.equal(transports.for("http://a.test/").clock, "kernel");
  assert.equal(transports.for("HTTPS://a.test/").clock, "user");
  await assert.rejects(
    transports.paced!.send(request("https://a.test/"), { onHead() {}, onData() {} }),
    /^UserError: Cannot time with the kernel clock "https:\/\/a\.test:443": it speaks TLS/,
  );
  transports.close();
});

Deno.test("without the right to call libc the user clock takes over and says why", {
  permissions: { ffi: false, net: true },
}, () => {
  const transports = openTransports("kernel");
  assert.equal(transports.paced, null);
  assert.equal(transports.for("http://a.test/").clock, "user");
  if (Deno.build.os === "linux") assert.equal(transports.fault, "calls into libc are not allowed");
  else assert.match(transports.fault!, /^it needs Linux/);
  assert.equal(openTransports("user").fault, null);
});
