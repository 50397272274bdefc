import fc from "fast-check";
import assert from "node:assert/strict";
import { join } from "node:path";
import { UserError } from "../../lib/core/mod.ts";
import { loadTokenizer } from "../../lib/data/mod.ts";
import { parseSyntheticName, syntheticRows } from "../../lib/data/synthetic_source.ts";
import { rejectedWith } from "./scratch.ts";

const { count } = await loadTokenizer(join(import.meta.dirname!, "../../source_data/tokenizers/gpt2"));
const asItIs = (text: string) => text;

async function textsOf(name: string, options: Partial<Parameters<typeof syntheticRows>[1]> = {}) {
  const texts: string[] = [];
  for await (const { value } of syntheticRows(name, { seed: 1, count, render: asItIs, ...options })) {
    assert.deepEqual(Object.keys(value), ["prompt"]);
    texts.push(value.prompt as string);
  }
  return texts;
}

Deno.test("parseSyntheticName reads its parts in any order, with their defaults", () => {
  assert.deepEqual(parseSyntheticName("synthetic:tokens=500"), { tokens: 500, rows: 100, shared_prefix: 0 });
  assert.deepEqual(parseSyntheticName("synthetic: shared_prefix=10, rows=2, tokens=30"), {
    tokens: 30,
    rows: 2,
    shared_prefix: 10,
  });
});

Deno.test("parseSyntheticName refuses what it can't mean", () => {
  const faults: [string, RegExp][] = [
    ["synthetic:", /"" has another form/],
    ["synthetic:tokens=five", /"tokens=five" has another form/],
    ["synthetic:tokens=5,token=5", /"token=5" has another form/],
    ["synthetic:rows=5", /tokens is 0; expected 1 to/],
    ["synthetic:tokens=5,rows=0", /rows is 0/],
    ["synthetic:tokens=5,shared_prefix=5", /shared_prefix is 5; expected fewer than its 5 tokens/],
  ];
  for (const [name, message] of faults) {
    assert.throws(() => parseSyntheticName(name), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("every prompt has exactly the tokens asked for, whatever the length, prefix and seed", async () => {
  const lengths = fc.integer({ min: 1, max: 2000 });
  await fc.assert(
    fc.asyncProperty(
      lengths,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(),
      async (tokens, share, seed) => {
        const shared = Math.floor(share * (tokens - 1));
        const texts = await textsOf(`synthetic:tokens=${tokens},rows=3,shared_prefix=${shared}`, { seed });
        assert.deepEqual(texts.map(count), [tokens, tokens, tokens]);
        assert.equal(new Set(texts).size, 3);
      },
    ),
    { numRuns: 150, seed: 7 },
  );
});

Deno.test("each of the lengths 1 to 300 is met", async () => {
  for (let tokens = 1; tokens <= 300; tokens++) {
    assert.deepEqual((await textsOf(`synthetic:tokens=${tokens},rows=2`)).map(count), [tokens, tokens]);
  }
});

Deno.test("rows share a prefix of exactly the tokens asked for, and nothing beyond it", async () => {
  const texts = await textsOf("synthetic:tokens=300,rows=50,shared_prefix=100");
  const [first] = texts;
  let common = first!.length;
  for (const text of texts) while (!text.startsWith(first!.slice(0, common))) common--;
  // What all 50 have in common ends with the prefix: at most a letter or two of the next words agree by chance.
  const prefix = first!.slice(0, common).replace(/ \w*$/, "");
  assert.equal(count(prefix), 100);
  const apart = await textsOf("synthetic:tokens=300,rows=50");
  assert.ok(new Set(apart.map((text) => text.split(" ")[0])).size > 20, "without a prefix they begin apart");
});

Deno.test("the template's own text counts as part of the prompt", async () => {
  const render = (text: string) => `Answer in one word.\n\n${text}\n\nAnswer:`;
  const texts = await textsOf("synthetic:tokens=60,rows=20", { render });
  for (const text of texts) assert.equal(count(render(text)), 60);
  await rejectedWith(
    textsOf("synthetic:tokens=7", { render }),
    /the template alone is 10 tokens; expected fewer than the 7/,
  );
});

Deno.test("the same seed makes the same prompts, another seed others", async () => {
  const name = "synthetic:tokens=40,rows=5";
  assert.deepEqual(await textsOf(name), await textsOf(name));
  const other = await textsOf(name, { seed: 2 });
  assert.ok((await textsOf(name)).every((text) => !other.includes(text)));
});

Deno.test("a length of which there are too few prompts is refused, not repeated", async () => {
  await rejectedWith(
    textsOf("synthetic:tokens=1,rows=100000"),
    /only \d+ different prompts of that length can be made by this tokenizer; expected fewer rows/,
  );
});

Deno.test("a tokenizer that counts letters is met exactly, too", async () => {
  const letters = (text: string) => text.length;
  for (const tokens of [1, 2, 3, 10, 57, 400]) {
    const texts = await textsOf(`synthetic:tokens=${tokens},rows=2`, { count: letters });
    assert.deepEqual(texts.map(letters), [tokens, tokens]);
  }
});
