import assert from "node:assert/strict";
import { requestId, sha256 } from "../../lib/core/mod.ts";

Deno.test("sha256() takes text as UTF-8, or the same bytes", () => {
  const expected = "f83e039796c6453a10f5519e39fd113901572316a1a8ea07cb525d2801dfd074";
  assert.equal(sha256("Grüße"), expected);
  assert.equal(sha256(new TextEncoder().encode("Grüße")), expected);
});

const request = {
  seed: 42,
  experiment_name: "one",
  payload_file: "p.jsonl",
  load: "closed:4",
  index: 0,
};

Deno.test("a request's id never changes: journals of earlier versions are joined by it", () => {
  // sha256 of [42,"one","p.jsonl","closed:4",0], its first 16 digits.
  assert.equal(requestId(request), "1e4af491a8cb1b07");
  assert.equal(requestId({ ...request, more: 1 } as typeof request), "1e4af491a8cb1b07");
});

Deno.test("a request's id differs with each thing that makes the request", () => {
  const others = [
    request,
    { ...request, seed: 43 },
    { ...request, experiment_name: "two" },
    { ...request, payload_file: "q.jsonl" },
    { ...request, load: "closed:8" },
    { ...request, index: 1 },
    { ...request, experiment_name: "onep", payload_file: ".jsonl" },
    { ...request, experiment_name: 'one","p' },
  ];
  assert.equal(new Set(others.map(requestId)).size, others.length);
});
