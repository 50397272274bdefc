import assert from "node:assert/strict";
import { atPointer, pointerFault } from "../../lib/core/mod.ts";

/** The examples of RFC 6901, section 5. */
const value = {
  foo: ["bar", "baz"],
  "": 0,
  "a/b": 1,
  "c%d": 2,
  "e^f": 3,
  "g|h": 4,
  "i\\j": 5,
  'k"l': 6,
  " ": 7,
  "m~n": 8,
};
const examples: readonly [string, unknown][] = [
  ["", value],
  ["/foo", ["bar", "baz"]],
  ["/foo/0", "bar"],
  ["/", 0],
  ["/a~1b", 1],
  ["/c%d", 2],
  ["/e^f", 3],
  ["/g|h", 4],
  ["/i\\j", 5],
  ['/k"l', 6],
  ["/ ", 7],
  ["/m~0n", 8],
];
for (const [pointer, expected] of examples) {
  Deno.test(`the pointer "${pointer}" finds what RFC 6901 says`, () => {
    assert.equal(pointerFault(pointer), null);
    assert.deepEqual(atPointer(value, pointer), expected);
  });
}

Deno.test("where nothing stands there is undefined, never something inherited", () => {
  for (
    const pointer of [
      "/none",
      "/foo/2",
      "/foo/-",
      "/foo/01",
      "/foo/length",
      "/toString",
      "/foo/0/0",
      "/a~1b/x",
    ]
  ) {
    assert.equal(atPointer(value, pointer), undefined, pointer);
  }
  assert.equal(atPointer(null, "/x"), undefined);
  assert.equal(atPointer({ "~1": "tilde first" }, "/~01"), "tilde first");
});

Deno.test("a text that is no pointer is known by its beginning or by a bare tilde", () => {
  assert.equal(pointerFault("choices/0"), "it does not begin with /");
  assert.match(pointerFault("/a~b") ?? "", /~0/);
  assert.match(pointerFault("/a~") ?? "", /~0/);
});
