/** What embedding costs: every request on file, and the cap held before the next one. */

import type { EmbeddingAccount } from "../../core/mod.ts";
import type { Usage } from "../../predict/mod.ts";
import { type LineLog, openLineLog, readLineLog } from "../../storage/mod.ts";
import { JudgingBudget } from "../panel/judging_budget.ts";

/** A line of `evaluations/embedding_calls.jsonl`: one request, its retries included. */
export interface EmbeddingLine {
  readonly model_id: string;
  readonly texts: number;
  readonly calls: number;
  /** Whether vectors came. */
  readonly answered: boolean;
  readonly prompt_tokens: number | null;
  /** In the currency of the prices; null without a price or a count. */
  readonly cost: number | null;
  /** UTC, ISO 8601. */
  readonly at: string;
}

/** What embedding is paid by. */
export interface EmbeddingMoney {
  readonly model_id: string;
  /** What tokens of this model cost; null where there is no price. */
  readonly cost: (usage: Usage) => number | null;
  /** The most that embedding may cost over all starts, in the currency of the prices; null: no cap. */
  readonly dollars: number | null;
}

/** What the lines come to; null: there are none. The model is that of the last one. */
export function embeddingAccount(lines: readonly EmbeddingLine[]): EmbeddingAccount | null {
  const last = lines.at(-1);
  if (last === undefined) return null;
  const answered = lines.filter((line) => line.answered);
  return {
    model_id: last.model_id,
    calls: lines.reduce((sum, { calls }) => sum + calls, 0),
    prompt_tokens: answered.reduce((sum, { prompt_tokens }) => sum + (prompt_tokens ?? 0), 0),
    cost: answered.some(({ cost }) => cost === null) ? null : spentIn(answered),
  };
}

/** The account of a file; null: it is not there, or empty. */
export async function readEmbeddingAccount(path: string): Promise<EmbeddingAccount | null> {
  try {
    return embeddingAccount((await readLineLog<EmbeddingLine>(path)).values);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

export class EmbeddingLedger {
  readonly #file: LineLog<EmbeddingLine>;
  readonly #lines: EmbeddingLine[];
  readonly #money: EmbeddingMoney;
  readonly #budget: JudgingBudget;

  private constructor(file: LineLog<EmbeddingLine>, money: EmbeddingMoney) {
    this.#file = file;
    this.#lines = [...file.earlier];
    this.#money = money;
    this.#budget = new JudgingBudget({ dollars: money.dollars }, spentIn(this.#lines), 0);
  }

  /** @throws {UserError} if a line that is not the last one is damaged */
  static async open(path: string, money: EmbeddingMoney): Promise<EmbeddingLedger> {
    return new EmbeddingLedger(await openLineLog<EmbeddingLine>(path), money);
  }

  /** Whether the cap has kept a request from being made. */
  get reached(): boolean {
    return this.#budget.reached !== null;
  }

  /** Over all starts; null: nothing was asked for. */
  get account(): EmbeddingAccount | null {
    return embeddingAccount(this.#lines);
  }

  /** Makes a request and notes it; null: it could lead beyond the cap, and is not made. */
  async pay<T extends Pick<EmbeddingLine, "calls" | "prompt_tokens"> & { readonly vectors: unknown }>(
    texts: readonly string[],
    request: () => Promise<T>,
  ): Promise<T | null> {
    const { model_id, cost } = this.#money;
    // At least one token for every three bytes is more than any tokenizer makes of letters.
    const bytes = texts.reduce((sum, text) => sum + new TextEncoder().encode(text).length, 0);
    const estimate = cost(usageOf(Math.ceil(bytes / 3) + texts.length)) ?? 0;
    if (!await this.#budget.take(estimate)) return null;
    let spent = 0;
    try {
      const made = await request();
      const { calls, prompt_tokens } = made;
      const paid = prompt_tokens === null ? null : cost(usageOf(prompt_tokens));
      spent = paid ?? 0;
      const line = {
        ...{ model_id, texts: texts.length, calls, answered: made.vectors !== null, prompt_tokens },
        ...{ cost: paid, at: new Date().toISOString() },
      };
      this.#lines.push(line);
      await this.#file.append(line);
      return made;
    } finally {
      this.#budget.settle(estimate, spent);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

function spentIn(lines: readonly EmbeddingLine[]): number {
  return lines.reduce((sum, { cost }) => sum + (cost ?? 0), 0);
}

function usageOf(prompt_tokens: number): Usage {
  return {
    prompt_tokens,
    completion_tokens: 0,
    cached_prompt_tokens: null,
    cache_write_tokens: null,
    reasoning_tokens: null,
  };
}
