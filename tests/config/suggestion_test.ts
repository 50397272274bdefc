import { deepEqual, equal } from "node:assert/strict";
import { didYouMean, nearest, nearestNames } from "../../lib/config/suggestion.ts";

Deno.test("nearest allows one edit in a short name and one more for every three characters of a long one", () => {
  equal(nearest("nme", ["name", "seed"]), "name"); // 1 edit, length 4: at most max(1, floor(4/3)) = 1
  equal(nearest("nm", ["name", "seed"]), null); // 2 edits
  equal(nearest("latencey_bugdet", ["latency_budget"]), "latency_budget"); // 3 edits, length 14: at most 4
});

Deno.test("nearest counts neighbours in the wrong order as one edit", () => {
  equal(nearest("asw", ["aws", "abc"]), "aws"); // two by Levenshtein, where a name of three may have one
  equal(nearest("sea", ["aws"]), null);
});

Deno.test("of two equally near names the one that is not taken is meant", () => {
  equal(nearest("mix_length", ["min_length", "max_length"]), "min_length");
  equal(nearest("mix_length", ["min_length", "max_length"], ["min_length"]), "max_length");
});

Deno.test("nearest takes a difference in case for none, however long the name", () => {
  equal(nearest("AWS", ["aws", "ads"]), "aws");
});

Deno.test("nearest of nothing known is null", () => equal(nearest("a", []), null));

Deno.test("didYouMean names the near one, or all of them", () => {
  deepEqual(
    [didYouMean("modes", ["mode", "seed"]), didYouMean("xyz", ["mode", "seed"]), didYouMean("x", [])],
    ['did you mean "mode"?', "expected one of mode, seed", "there is none"],
  );
});

Deno.test("names that are equally near are all meant, three at most", () => {
  const known = ["cat", "bat", "rat", "hat", "cart"];
  deepEqual(nearestNames("xat", known), ["cat", "bat", "rat"]); // one edit each; cart is two away
  deepEqual(nearestNames("xat", known, ["cat", "bat", "rat"]), ["hat"]);
  equal(didYouMean("xat", ["cat", "bat"]), 'did you mean "cat" or "bat"?');
  equal(didYouMean("xat", known), 'did you mean "cat", "bat" or "rat"?');
});
