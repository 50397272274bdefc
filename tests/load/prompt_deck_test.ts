import assert from "node:assert/strict";
import { seededRandom } from "../../lib/core/mod.ts";
import { PromptDeck } from "../../lib/load/mod.ts";

const prompts = [100, 10, 50, 20].map((tokens) => ({ payload_id: `p${tokens}`, prompt_tokens: tokens }));

Deno.test("every prompt comes once before any comes again, each round in another order", () => {
  const deck = new PromptDeck(prompts, seededRandom(1, "deck"));
  const rounds = [1, 2, 3].map((round) =>
    prompts.map(() => {
      const { payload_id, prompt_use } = deck.next();
      assert.equal(prompt_use, round);
      return payload_id;
    })
  );
  for (const round of rounds) assert.equal(new Set(round).size, 4);
  assert.notDeepEqual(rounds[0], rounds[1]);
});

Deno.test("by length the nearest of those left in the round comes, of two equally near the shorter", () => {
  const deck = new PromptDeck(prompts, seededRandom(1, "deck"), true);
  const wanted = [7000, 35, 35, 35, 35];
  // 100 is nearest to 7000; 20 and 50 are equally near to 35; then 50, then 10; in the next round 20 again.
  assert.deepEqual(wanted.map((tokens) => deck.next(tokens)), [
    { payload_id: "p100", prompt_use: 1 },
    { payload_id: "p20", prompt_use: 1 },
    { payload_id: "p50", prompt_use: 1 },
    { payload_id: "p10", prompt_use: 1 },
    { payload_id: "p20", prompt_use: 2 },
  ]);
});
