import assert from "node:assert/strict";
import { FramingError, ResponseParser } from "../../lib/transport/mod.ts";

/** Feeds pieces, each as one read stamped 1, 2, 3, ... */
function parse(pieces: readonly string[], close = false) {
  const seen = { status: 0, headers: {} as Record<string, string>, body: "", stamps: [] as number[] };
  const parser = new ResponseParser({
    onHead(head) {
      seen.status = head.status;
      seen.headers = Object.fromEntries(head.headers);
    },
    onData(bytes, at_ms) {
      seen.body += new TextDecoder("latin1").decode(bytes);
      seen.stamps.push(at_ms);
    },
  });
  pieces.forEach((piece, i) => parser.push(new TextEncoder().encode(piece), i + 1));
  if (close) parser.end();
  return { ...seen, done: parser.done, persistent: parser.persistent, headers_ms: parser.headers_ms };
}

const cases: readonly { name: string; text: string; body: string; persistent: boolean; close?: boolean }[] = [
  {
    name: "fixed length",
    text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    body: "hello",
    persistent: true,
  },
  {
    name: "chunks with an extension and a trailer",
    text:
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;a=b\r\nhel\r\nA \r\nlo, world!\r\n0\r\nx: y\r\n\r\n",
    body: "hello, world!",
    persistent: true,
  },
  {
    name: "until close",
    text: "HTTP/1.1 200 OK\r\n\r\nhello",
    body: "hello",
    persistent: false,
    close: true,
  },
  {
    name: "connection: close",
    text: "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi",
    body: "hi",
    persistent: false,
  },
  {
    name: "HTTP/1.0 without keep-alive",
    text: "HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nhi",
    body: "hi",
    persistent: false,
  },
  {
    name: "an interim 100 before the answer",
    text: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi",
    body: "hi",
    persistent: true,
  },
  { name: "no content", text: "HTTP/1.1 204 No Content\r\n\r\n", body: "", persistent: true },
  { name: "bare line feeds", text: "HTTP/1.1 200\ncontent-length: 2\n\nhi", body: "hi", persistent: true },
  {
    name: "bytes after the end",
    text: "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhiX",
    body: "hi",
    persistent: false,
  },
];

for (const { name, text, body, persistent, close = false } of cases) {
  Deno.test(`a response with ${name} reads the same wherever it is cut`, () => {
    const whole = parse([text], close);
    assert.equal(whole.body, body);
    assert.equal(whole.done, true);
    assert.equal(whole.persistent, persistent);
    for (let cut = 1; cut < text.length; cut++) {
      const parts = parse([text.slice(0, cut), text.slice(cut)], close);
      assert.deepEqual([parts.body, parts.headers, parts.done, parts.persistent], [
        whole.body,
        whole.headers,
        true,
        persistent,
      ], `cut at ${cut}`);
    }
    assert.equal(parse([...text], close).body, body, "byte by byte");
  });
}

Deno.test("every part of the body carries the stamp of its own read", () => {
  const { stamps, headers_ms } = parse([
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chun",
    "ked\r\n\r\n2\r\nab\r\n2\r\nc",
    "d\r\n0\r\n\r\n",
  ]);
  assert.equal(headers_ms, 2);
  assert.deepEqual(stamps, [2, 2, 3]);
});

Deno.test("repeated headers are joined and names are lower case", () => {
  const { headers } = parse(["HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a:  2 \r\ncontent-length: 0\r\n\r\n"]);
  assert.deepEqual(headers, { "x-a": "1, 2", "content-length": "0" });
});

for (
  const text of [
    "SSH-2.0-OpenSSH\r\n\r\n",
    "HTTP/2 200\r\n\r\n",
    "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n",
    `HTTP/1.1 200 OK\r\nx: ${"y".repeat(70_000)}`,
  ]
) {
  Deno.test(`${JSON.stringify(text.slice(0, 60))} is refused`, () => {
    assert.throws(() => parse([text]), FramingError);
  });
}

Deno.test("a body that stops early is not done", () => {
  assert.equal(parse(["HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhell"], true).done, false);
  assert.equal(parse(["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n"], true).done, false);
});
