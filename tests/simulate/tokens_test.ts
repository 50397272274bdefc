import assert from "node:assert/strict";
import fc from "fast-check";
import { estimateTokens, splitTokens } from "../../lib/simulate/tokens.ts";

Deno.test("words are cut after six characters and carry the white space before them", () => {
  assert.deepEqual(splitTokens("The passage says: 42."), ["The", " passag", "e", " says:", " 42."]);
});

Deno.test("white space at the end stays with the last piece, and alone it is one piece", () => {
  assert.deepEqual(splitTokens("ab \n"), ["ab \n"]);
  assert.deepEqual(splitTokens("  "), ["  "]);
  assert.deepEqual(splitTokens(""), []);
});

Deno.test("joined pieces are the text, whatever it is", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.equal(splitTokens(text).join(""), text);
  }));
});

Deno.test("characters outside the basic plane are not torn apart", () => {
  assert.deepEqual(splitTokens("😀😀😀😀😀😀😀"), ["😀😀😀😀😀😀", "😀"]);
});

Deno.test("an unknown text has a token for every four characters, rounded up", () => {
  assert.deepEqual(["", "a", "abcd", "abcde"].map(estimateTokens), [0, 1, 1, 2]);
});
