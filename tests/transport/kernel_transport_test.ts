import assert from "node:assert/strict";
import {
  kernelClockFault,
  kernelTlsFault,
  kernelTransport,
  openTransports,
  wantsKernelClock,
} from "../../lib/transport/mod.ts";
import { certificates, type KeyPair } from "./certificates.ts";
import { chunk, response, scriptedServer, streamHead } from "./scripted_server.ts";

const ignore = kernelClockFault() !== null;
const ignoreTls = kernelTlsFault() !== null;
const made = await certificates();
const request = (url: string) => ({ method: "GET", url, headers: {}, body: null }) as const;

function busyFor(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

async function isStampedByTheKernel(tls?: KeyPair): Promise<void> {
  let handed_ms = 0;
  using server = scriptedServer(async ({ send, pause, index }) => {
    // What a server writes while something earlier was not acknowledged may wait for that (Nagle): the session's tickets,
    // which the second request acknowledges, and the head, which therefore goes along.
    if (index === 0) return send(response("x"));
    await send(streamHead + chunk("token"));
    handed_ms = performance.now();
    // Nobody in this process reads for a while: on this clock it must not show.
    busyFor(60);
    // Packets that are read together carry the stamp of the last one, so the end waits until the token was read.
    await pause(30);
    await send(chunk(""));
  }, tls);
  const transport = kernelTransport({
    https: tls !== undefined,
    caCerts: tls === undefined ? [] : [made!.ca],
  });
  const stamps: number[] = [];
  let read_ms = 0;
  await transport.send(request(server.url), { onHead() {}, onData() {} });
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
}

Deno.test(
  "an arrival is stamped by the kernel, however late this process reads it",
  { ignore },
  () => isStampedByTheKernel(),
);

Deno.test(
  "an arrival over TLS is stamped by the kernel, however late this process decrypts it",
  { ignore: ignoreTls || made === null },
  () => isStampedByTheKernel(made!.own),
);

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

Deno.test("TLS is the user clock's unless the kernel's is asked for", { ignore }, async () => {
  const urls = ["https://a.test/", "http://a.test/"];
  const transports = openTransports("auto", { urls });
  assert.equal(transports.fault, null);
  assert.equal(transports.for("http://a.test/").clock, "kernel");
  assert.equal(transports.for("HTTPS://a.test/").clock, "user");
  await assert.rejects(
    transports.paced!.send(request("https://a.test/"), { onHead() {}, onData() {} }),
    /^UserError: Cannot time with the kernel clock "https:\/\/a\.test:443": it speaks TLS/,
  );
  transports.close();
  for (
    const [choice, url, wanted] of [
      ["auto", "https://a.test/", false],
      ["auto", "http://a.test/", true],
      ["kernel", "https://a.test/", true],
      ["user", "http://a.test/", false],
    ] as const
  ) assert.equal(wantsKernelClock(choice, [url]), wanted, `${choice} ${url}`);
});

Deno.test("TLS is the kernel clock's where it is asked for", { ignore: ignoreTls }, () => {
  const transports = openTransports("kernel", { urls: ["HTTPS://a.test/"] });
  assert.equal(transports.fault, null);
  assert.equal(transports.for("HTTPS://a.test/"), transports.paced);
  assert.equal(transports.for("http://a.test/"), transports.paced);
  transports.close();
});

Deno.test("without OpenSSL the user clock takes https over and says why", { ignore }, async () => {
  const folder = await Deno.makeTempDir();
  // The first that is found; there is nothing in it.
  await Deno.writeTextFile(`${folder}/libssl.so.3`, "");
  const script = `
    import { openTransports } from ${
    JSON.stringify(new URL("../../lib/transport/mod.ts", import.meta.url).href)
  };
    const urls = ["http://a.test/", "https://a.test/"];
    const transports = openTransports("kernel", { urls });
    console.log(JSON.stringify([...urls.map((url) => transports.for(url).clock), transports.fault]));
    console.log(JSON.stringify(openTransports("kernel", { urls: urls.slice(0, 1) }).fault));
    Deno.exit();`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--quiet",
      "--no-check",
      `--config=${new URL("../../deno.json", import.meta.url).pathname}`,
      script,
    ],
    env: { LD_LIBRARY_PATH: folder },
  }).output();
  await Deno.remove(folder, { recursive: true });
  const [first = "", second] = new TextDecoder().decode(stdout).trim().split("\n");
  const [plain, secure, fault] = JSON.parse(first) as string[];
  assert.deepEqual([plain, secure, second], ["kernel", "user", "null"]);
  assert.match(fault!, /^https is left to the user clock: .*libssl\.so\.3/);
});

Deno.test("an own issuer that is no certificate is refused when the transport is opened", {
  ignore: ignoreTls,
}, () => {
  for (
    const pem of ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
  ) {
    assert.throws(
      () => kernelTransport({ https: true, caCerts: [pem] }),
      /^UserError: Cannot trust the issuers of ".*": .*; expected certificates as PEM/s,
    );
  }
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
