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

/** What is known to have been paid for votes by this run: all that a cap can be held against. */
export function spentOn(
  votes: Iterable<Vote>,
  judges: readonly Judge[],
  cost: NonNullable<JudgeAccess["cost"]>,
): number {
  const byName = new Map(judges.map((judge) => [judge.name, judge]));
  const costs = [...votes].filter(({ from_run }) => from_run === undefined).map((vote) => {
    const judge = byName.get(vote.judge);
    const { prompt_tokens, completion_tokens } = vote;
    return judge === undefined ? 0 : cost({ prompt_tokens, completion_tokens, ...noFurther }, judge) ?? 0;
  });
  return sum(costs);
}

const noFurther = { cached_prompt_tokens: null, cache_write_tokens: null, reasoning_tokens: null };

function accountOf(
  judge: Judge,
  votes: readonly Vote[],
  cost: NonNullable<JudgeAccess["cost"]>,
): JudgeAccount {
  const count = (wanted: Vote["outcome"]) => votes.filter(({ outcome }) => outcome === wanted).length;
  const paid = votes.filter(({ from_run }) => from_run === undefined);
  const tokens = {
    prompt_tokens: sum(paid.map((vote) => vote.prompt_tokens ?? 0)),
    completion_tokens: sum(paid.map((vote) => vote.completion_tokens ?? 0)),
  };
  // A call that failed without a count may have cost nothing; one that was answered has not.
  const uncounted = paid.some(({ outcome, prompt_tokens, completion_tokens }) =>
    outcome !== "failed" && (prompt_tokens === null || completion_tokens === null)
  );
  return {
    judge: judge.name,
    model_id: judge.endpoint.model_id,
    correct: count("correct"),
    incorrect: count("incorrect"),
    unparsable: count("unparsable"),
    failed: count("failed"),
    calls: sum(paid.map(({ calls }) => calls)),
    ...tokens,
    cost: uncounted ? null : cost({ ...tokens, ...noFurther }, judge),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
