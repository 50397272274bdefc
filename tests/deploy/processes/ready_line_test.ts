import assert from "node:assert/strict";
import { firstLine } from "../../../lib/deploy/processes/ready_line.ts";

const stream = (...parts: string[]) =>
  ReadableStream.from(parts.map((part) => new TextEncoder().encode(part)));
const silent = () => new ReadableStream<Uint8Array>();

Deno.test("the first line is put together from portions; the rest is let go", async () => {
  assert.deepEqual(await firstLine(stream("ab", "c\nmore"), silent(), 5_000), ["abc", ""]);
});

Deno.test("an end without a line gives what was complained", async () => {
  assert.deepEqual(await firstLine(stream(), stream("Cannot ", "start"), 5_000), ["", "Cannot start"]);
});

Deno.test("silence ends at the limit", async () => {
  assert.deepEqual(await firstLine(silent(), silent(), 20), ["", ""]);
});
