import assert from "node:assert/strict";
import { EmbeddingLedger, readEmbeddingAccount } from "../../../lib/evaluate/mod.ts";

/** Runs with the path of a ledger that is not there yet. */
async function withLedger(work: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(`${folder}/evaluations/embedding_calls.jsonl`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A tenth of the currency's unit for a token. */
const money = {
  model_id: "e",
  cost: ({ prompt_tokens }: { prompt_tokens: number | null }) => prompt_tokens! / 10,
};
const made = (prompt_tokens: number | null, vectors: unknown = []) => () =>
  Promise.resolve({ vectors, calls: 1, prompt_tokens });

Deno.test("what embedding cost adds up over all starts; a request without vectors costs nothing", () =>
  withLedger(async (path) => {
    assert.equal(await readEmbeddingAccount(path), null);
    {
      await using ledger = await EmbeddingLedger.open(path, { ...money, dollars: null });
      assert.equal(ledger.account, null);
      await ledger.pay(["a", "b"], made(7));
      await ledger.pay(["c"], made(null, null));
      assert.deepEqual(ledger.account, { model_id: "e", calls: 2, prompt_tokens: 7, cost: 0.7 });
    }
    await using again = await EmbeddingLedger.open(path, { ...money, dollars: null });
    await again.pay(["d"], made(3));
    assert.deepEqual(again.account, { model_id: "e", calls: 3, prompt_tokens: 10, cost: 1 });
    assert.deepEqual(await readEmbeddingAccount(path), again.account);
  }));

Deno.test("without a price, or a count, what embedding cost is not known", () =>
  withLedger(async (path) => {
    {
      await using ledger = await EmbeddingLedger.open(path, { model_id: "e", cost: () => null, dollars: 1 });
      assert.ok(await ledger.pay(["a"], made(7)) !== null, "no cap stops what has no price");
      assert.deepEqual(ledger.account, { model_id: "e", calls: 1, prompt_tokens: 7, cost: null });
    }
    await using priced = await EmbeddingLedger.open(path.replace(".jsonl", "2.jsonl"), {
      ...money,
      dollars: null,
    });
    await priced.pay(["a"], made(null));
    assert.deepEqual(priced.account, { model_id: "e", calls: 1, prompt_tokens: 0, cost: null });
  }));

Deno.test("a request that could lead beyond the cap is not made, in this start or a later one", () =>
  withLedger(async (path) => {
    {
      await using ledger = await EmbeddingLedger.open(path, { ...money, dollars: 1 });
      // Six bytes and one text: at most three tokens, 0.3.
      assert.ok(await ledger.pay(["abcdef"], made(3)) !== null);
      assert.ok(await ledger.pay(["abcdef"], made(5)) !== null);
      let asked = false;
      const refused = await ledger.pay(["abcdef"], () => {
        asked = true;
        return made(1)();
      });
      assert.deepEqual([refused, asked, ledger.reached], [null, false, true]);
      assert.equal(ledger.account!.cost, 0.8);
    }
    await using again = await EmbeddingLedger.open(path, { ...money, dollars: 1 });
    assert.equal(await again.pay(["abcdef"], made(1)), null);
  }));
