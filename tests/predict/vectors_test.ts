import assert from "node:assert/strict";
import { type Answer, vectorsOf } from "../../lib/predict/mod.ts";

const numbers = (embeddings: unknown, count: number) =>
  vectorsOf({ embeddings } as Pick<Answer, "embeddings">, count)?.map((vector) => [...vector]) ?? null;

Deno.test("OpenAI's entries count in the order of their index", () => {
  assert.deepEqual(numbers([{ index: 1, embedding: [3, 4] }, { index: 0, embedding: [1, 2] }], 2), [[1, 2], [
    3,
    4,
  ]]);
  assert.deepEqual(numbers([{ embedding: [1, 2] }, { embedding: [3, 4] }], 2), [[1, 2], [3, 4]]);
});

Deno.test("base64 holds 32-bit floats, little-endian: 1 is 00 00 80 3f", () => {
  assert.deepEqual(numbers([{ embedding: "AACAPwAAAMA=" }], 1), [[1, -2]]);
  assert.equal(numbers([{ embedding: "AACAPwA=" }], 1), null);
  assert.equal(numbers([{ embedding: "not base64" }], 1), null);
});

Deno.test("Titan's is one list, Cohere's a list of them or the floats among several types", () => {
  assert.deepEqual(numbers([1, 2], 1), [[1, 2]]);
  assert.deepEqual(numbers([[1, 2], [3, 4]], 2), [[1, 2], [3, 4]]);
  assert.deepEqual(numbers({ int8: [[9, 9]], float: [[1, 2]] }, 1), [[1, 2]]);
  assert.equal(numbers({ int8: [[9, 9]] }, 1), null);
});

Deno.test("a vector in a list of one is that vector", () => {
  assert.deepEqual(numbers([{ embedding: [[1, 2]] }], 1), [[1, 2]]);
});

for (
  const [what, embeddings, count] of [
    ["nothing", undefined, 1],
    ["a text", "[1]", 1],
    ["fewer than there were texts", [[1, 2]], 2],
    ["more than there were texts", [[1, 2], [3, 4]], 1],
    ["an empty vector", [[]], 1],
    ["a vector of words", [["1", "2"]], 1],
    ["null among the numbers", [[1, null]], 1],
    ["vectors of tokens, not of the text", [{ embedding: [[1, 2], [3, 4]] }], 1],
  ] as const
) {
  Deno.test(`${what}: there are no vectors`, () => assert.equal(numbers(embeddings, count), null));
}

Deno.test("a number too large for 32 bits makes no vector", () => {
  assert.equal(numbers([[1e300, 1]], 1), null);
});
