import assert from "node:assert/strict";
import { payload } from "./made_up.ts";
import { Preamble, prefixText, sharedPrefix } from "../../lib/load/mod.ts";

Deno.test("a prompt is as it was unless something is to stand before it", () => {
  assert.equal(
    new Preamble({ shared_prefix: null, cache_busting: false }, 1).before("Why?", "abc-1"),
    "Why?",
  );
});

Deno.test("the salt begins the prompt; a shared prefix goes before the salt, so that it can be cached", () => {
  assert.equal(
    new Preamble({ shared_prefix: null, cache_busting: true }, 1).before("Why?", "abc-1"),
    "[abc-1]\nWhy?",
  );
  const both = new Preamble({ shared_prefix: { tokens: 5, words: 5 }, cache_busting: true }, 1);
  assert.equal(both.before("Why?", "abc-1"), `${prefixText(1, 5)}\n\n[abc-1]\nWhy?`);
});

Deno.test("the prefix depends on the seed alone; a longer one begins like a shorter one", () => {
  assert.equal(prefixText(1, 50), prefixText(1, 50));
  assert.notEqual(prefixText(2, 50), prefixText(1, 50));
  assert.ok(prefixText(1, 50).startsWith(`${prefixText(1, 10)} `));
  assert.equal(prefixText(1, 24).split(" ").filter((word) => word.endsWith(".")).length, 2);
});

Deno.test("a prefix has the fewest words that make so many tokens, by whatever counts them", () => {
  // Two tokens a word: 7 tokens are reached with 4 words, which make 8.
  const pairs = (text: string) => text.split(" ").length * 2;
  assert.deepEqual(sharedPrefix(7, 1, pairs), { tokens: 8, words: 4 });
  assert.deepEqual(sharedPrefix(1, 1, pairs), { tokens: 2, words: 1 });
  assert.deepEqual(sharedPrefix(0, 1, pairs), { tokens: 0, words: 0 });
});

Deno.test("without a tokenizer a word is a token and a full stop another one", () => {
  // 120 words have 10 full stops.
  assert.deepEqual(sharedPrefix(130, 1), { tokens: 130, words: 120 });
});

Deno.test("a conversation begins with the same as its prompt: in its first message, and nowhere else", () => {
  const messages = [{ role: "user", content: "Why?" }, { role: "assistant", content: "So." }];
  const talk = payload("p", { messages });
  const salted = new Preamble({ shared_prefix: null, cache_busting: true }, 1);
  assert.deepEqual(salted.beforeMessages(talk, "abc-1").messages, [
    { role: "user", content: "[abc-1]\nWhy?" },
    { role: "assistant", content: "So." },
  ]);
  const plain = new Preamble({ shared_prefix: null, cache_busting: false }, 1);
  assert.equal(plain.beforeMessages(talk, "abc-1"), talk);
  assert.equal(salted.beforeMessages(payload("q"), "abc-1").messages, undefined);
});
