import assert from "node:assert/strict";
import { meant, nextSplit, parseHubName } from "../../lib/data/mod.ts";
import { rejectedWith } from "./scratch.ts";

Deno.test("parseHubName reads set, subset and split; default says no more than none", () => {
  assert.deepEqual(parseHubName("hf:org/name"), { repo: "org/name", subset: null, split: null });
  assert.deepEqual(parseHubName("hf:org/name/default/dev"), { repo: "org/name", subset: null, split: "dev" });
  assert.deepEqual(parseHubName("hf:AdaptLLM/finance-tasks/ConvFinQA/test"), {
    repo: "AdaptLLM/finance-tasks",
    subset: "ConvFinQA",
    split: "test",
  });
  assert.deepEqual(parseHubName("hf:squad"), { repo: "squad", subset: null, split: null });
});

Deno.test("parseHubName refuses what is no such name, and paths out of the cache", async () => {
  for (const name of ["hf:", "hf:a/b/c/d/e", "hf:../b", "hf:a/..", "hf:a//b", "org/name", "hf:a/b c"]) {
    await rejectedWith(
      new Promise((resolve) => resolve(parseHubName(name))),
      /the name has another form; expected hf:org\/name/,
    );
  }
});

Deno.test("meant forgives case, hyphens and underscores, but does not guess between two", () => {
  assert.equal(meant("in-domain", ["in_domain", "train"]), "in_domain");
  assert.equal(meant("a_b", ["a-b", "a_b"]), "a_b");
  assert.equal(meant("ab", ["a-b", "a_b"]), undefined);
  assert.equal(meant("test", ["train"]), undefined);
});

Deno.test("nextSplit is train, else validation, else test, else the first", () => {
  assert.equal(nextSplit(["test", "train"]), "train");
  assert.equal(nextSplit(["test", "validation"]), "validation");
  assert.equal(nextSplit(["other", "test"]), "test");
  assert.equal(nextSplit(["b", "a"]), "b");
  assert.equal(nextSplit([]), undefined);
});
