/** What each judge took and gave. */

import type { JudgeAccount, Vote } from "../../core/mod.ts";
import type { Judge } from "./judge.ts";
import type { JudgeAccess } from "./judging_options.ts";

/** The accounts of judges in their order, and what they come to together; null: nobody has a price. */
export function accountsOf(
  votes: Iterable<Vote>,
  judges: readonly Judge[],
  cost: NonNullable<JudgeAccess["cost"]>,
): { readonly accounts: readonly JudgeAccount[]; readonly cost: number | null } {
  const byJudge = Map.groupBy(votes, ({ judge }) => judge);
  const accounts = judges.map((judge) => accountOf(judge, byJudge.get(judge.name) ?? [], cost));
  const costs = accounts.map((account) => account.cost).filter((amount) => amount !== null);
  return { accounts, cost: costs.length === 0 ? null : sum(costs) };
}

function accountOf(
  judge: Judge,
  votes: readonly Vote[],
  cost: NonNullable<JudgeAccess["cost"]>,
): JudgeAccount {
  const count = (wanted: Vote["outcome"]) => votes.filter(({ outcome }) => outcome === wanted).length;
  const tokens = {
    prompt_tokens: sum(votes.map((vote) => vote.prompt_tokens ?? 0)),
    completion_tokens: sum(votes.map((vote) => vote.completion_tokens ?? 0)),
  };
  return {
    judge: judge.name,
    model_id: judge.endpoint.model_id,
    correct: count("correct"),
    incorrect: count("incorrect"),
    unparsable: count("unparsable"),
    failed: count("failed"),
    calls: sum(votes.map(({ calls }) => calls)),
    ...tokens,
    cost: cost(
      { ...tokens, cached_prompt_tokens: null, cache_write_tokens: null, reasoning_tokens: null },
      judge,
    ),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
