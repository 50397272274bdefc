import assert from "node:assert/strict";
import { BadRequest, Incoming } from "../../lib/simulate/incoming.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A connection that hands out the given portions, then ends. */
function scripted(...portions: string[]) {
  const written: string[] = [];
  const waiting = portions.map((portion) => encoder.encode(portion));
  return {
    written,
    read(buffer: Uint8Array): Promise<number | null> {
      const portion = waiting.shift();
      if (portion === undefined) return Promise.resolve(null);
      const taken = portion.subarray(0, buffer.length);
      buffer.set(taken);
      if (taken.length < portion.length) waiting.unshift(portion.subarray(taken.length));
      return Promise.resolve(taken.length);
    },
    write(bytes: Uint8Array): Promise<number> {
      written.push(decoder.decode(bytes));
      return Promise.resolve(bytes.length);
    },
  };
}

const post = "POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";

Deno.test("a request is read whole, its path without the query", async () => {
  const request = await new Incoming(scripted(post)).next();
  assert.equal(request?.method, "POST");
  assert.equal(request?.path, "/a");
  assert.equal(request?.headers.get("content-length"), "5");
  assert.equal(decoder.decode(request?.body), "hello");
  assert.equal(request?.keep_alive, true);
});

Deno.test("it does not matter where the bytes are cut", async () => {
  for (let cut = 1; cut < post.length; cut++) {
    const request = await new Incoming(scripted(post.slice(0, cut), post.slice(cut))).next();
    assert.equal(decoder.decode(request?.body), "hello", `cut at ${cut}`);
  }
});

Deno.test("a chunked body is joined, extensions and trailers dropped, wherever the bytes are cut", async () => {
  const text = "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n" +
    "3\r\nabc\r\n0A;n=v\r\n0123456789\r\n0\r\nx-trailer: 1\r\n\r\n";
  for (let cut = 1; cut < text.length; cut++) {
    const request = await new Incoming(scripted(text.slice(0, cut), text.slice(cut))).next();
    assert.equal(decoder.decode(request?.body), "abc0123456789", `cut at ${cut}`);
  }
});

Deno.test("requests that arrive together are read one after the other, then comes the end", async () => {
  const incoming = new Incoming(
    scripted(post + "\r\nGET /b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"),
  );
  assert.equal((await incoming.next())?.path, "/a");
  const second = await incoming.next();
  assert.deepEqual([second?.path, second?.keep_alive], ["/b", false]);
  assert.equal(await incoming.next(), null);
});

Deno.test("HTTP/1.0 closes unless told otherwise", async () => {
  const plain = await new Incoming(scripted("GET / HTTP/1.0\r\n\r\n")).next();
  const kept = await new Incoming(scripted("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")).next();
  assert.deepEqual([plain?.keep_alive, kept?.keep_alive, plain?.minor_version], [false, true, 0]);
});

Deno.test("a client that waits for 100 Continue gets it before the body is read, others don't", async () => {
  const head = "POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n";
  const patient = scripted(head, "ok");
  assert.equal(decoder.decode((await new Incoming(patient).next())?.body), "ok");
  assert.deepEqual(patient.written, ["HTTP/1.1 100 Continue\r\n\r\n"]);
  const hasty = scripted(head + "ok");
  await new Incoming(hasty).next();
  assert.deepEqual(hasty.written, []);
});

const faults: Record<string, [string, number]> = {
  "no request line": ["nonsense\r\n\r\n", 400],
  "a space too many": ["GET  / HTTP/1.1\r\nhost: x\r\n\r\n", 400],
  "another protocol": ["PRI * HTTP/2.0\r\n\r\n", 505],
  "no host": ["GET / HTTP/1.1\r\n\r\n", 400],
  "two hosts": ["GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", 400],
  "a header without a colon": ["GET / HTTP/1.1\r\nhost x\r\n\r\n", 400],
  "a space before the colon": ["GET / HTTP/1.1\r\nhost : x\r\n\r\n", 400],
  "a folded header": ["GET / HTTP/1.1\r\nhost: x\r\n y: z\r\n\r\n", 400],
  "a length that is no number": ["POST / HTTP/1.1\r\nhost: x\r\ncontent-length: +5\r\n\r\nhello", 400],
  "two lengths": ["POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello", 400],
  "a length and chunks": [
    "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\nhello",
    400,
  ],
  "another transfer coding": ["POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip\r\n\r\n", 501],
  "a chunk size that is none": [
    "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
    400,
  ],
  "a chunk too long": ["POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n2\r\nabc\r\n", 400],
  "another expectation": ["POST / HTTP/1.1\r\nhost: x\r\nexpect: tea\r\ncontent-length: 2\r\n\r\nok", 417],
  "an end within the headers": ["GET / HTTP/1.1\r\nhost", 400],
  "an end within the body": ["POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhello", 400],
  "a body too large": ["POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 16777217\r\n\r\n", 413],
};

for (const [name, [text, status]] of Object.entries(faults)) {
  Deno.test(`a request with ${name} is refused with ${status}`, async () => {
    await assert.rejects(
      new Incoming(scripted(text)).next(),
      (error) => error instanceof BadRequest && error.status === status,
    );
  });
}

Deno.test("headers beyond 64 KiB are refused", async () => {
  const portions = Array.from({ length: 5 }, () => "x".repeat(16_384));
  await assert.rejects(
    new Incoming(scripted("GET / HTTP/1.1\r\na: ", ...portions)).next(),
    (error) => error instanceof BadRequest && error.status === 431,
  );
});

Deno.test("the watch for a client that leaves keeps early bytes for the next request", async () => {
  const incoming = new Incoming(
    scripted("GET /1 HTTP/1.1\r\nhost: x\r\n\r\n", "GET /2 HTTP/1.1\r\nho", "st: x\r\n\r\n"),
  );
  await incoming.next();
  await incoming.closed(new AbortController().signal);
  assert.equal((await incoming.next())?.path, "/2");
});

Deno.test("the watch ends when the answer has gone out", async () => {
  const silent = { read: () => new Promise<null>(() => {}), write: () => Promise.resolve(0) };
  const ended = new AbortController();
  const watch = new Incoming(silent).closed(ended.signal);
  ended.abort();
  await watch;
});
