/** Many answers before a panel of judges: every judge votes once on every answer, and no vote is ever paid for twice. */

import { systemClock, type Vote } from "../../core/mod.ts";
import type { Usage } from "../../predict/mod.ts";
import { checkPanel, fingerprintOf } from "./judge.ts";
import { accountsOf, spentOn } from "./judge_account.ts";
import { type CallRetries, type Line, openLines } from "../endpoint_line.ts";
import { JudgeSeat, type SeatContext } from "./judge_seat.ts";
import { JudgeVotes } from "./judge_votes.ts";
import type { Judging, JudgingOptions } from "./judging_options.ts";
import { JudgingBudget } from "./judging_budget.ts";
import { Turns } from "./turns.ts";
import { VotesFile } from "./votes_file.ts";

const retryDefaults: Required<CallRetries> = { attempts: 5, backoff_ms: 1_000, longest_ms: 60_000 };

/**
 * Asks every judge about every answer: one call each, retries and at most one request to repair an unreadable verdict aside. What
 * happens to a call is a vote (`failed`, `unparsable`), never an exception.
 *
 * A vote is on the disk before it counts, so that after `kill -9` the same call of this function goes on where it was; only
 * calls in flight are made again. A vote given under other parameters, template or rules is not used again. Votes of other runs
 * are copied into this one's file.
 *
 * @throws {UserError} for a panel that can't be asked (see `checkPanel`), or a predictor that can't be made
 */
export async function judgeAnswers(options: JudgingOptions): Promise<Judging> {
  const { judges, votes_path } = options;
  checkPanel(judges);
  const lines = await openLines(judges, options);
  try {
    await using file = await VotesFile.open(votes_path, options.earlier);
    return await new Session(options, lines, file).run();
  } finally {
    await Promise.all(lines.map((line) => line.close()));
  }
}

/** One start of the judging. */
class Session {
  readonly #options: JudgingOptions;
  readonly #file: VotesFile;
  readonly #votes = new JudgeVotes();
  readonly #budget: JudgingBudget;
  readonly #seats: readonly JudgeSeat[];
  readonly #turns: Turns;
  readonly #resumed: number;
  readonly #takenOver: number;
  /** Votes of other runs that this one's file lacks, with what was asked. */
  readonly #taken: [Vote, string][] = [];
  /** Ends what is in flight: the caller's wish, or a failure of this process. */
  readonly #stop = new AbortController();

  constructor(options: JudgingOptions, lines: readonly Line[], file: VotesFile) {
    const { answers, judges, cap = {}, cost = () => null, signal, failed_again = false } = options;
    const clock = options.clock ?? systemClock;
    this.#options = options;
    this.#file = file;
    const open = judges.map((judge) => {
      const asked = fingerprintOf(judge);
      return answers.filter(({ answer_id }) => {
        const pair = { answer_id, judge: judge.name };
        const own = file.earlier(pair, asked);
        const other = own === null || own.outcome === "failed" ? file.ofOtherRun(pair, asked) : null;
        const vote = other ?? own;
        if (vote === null || (failed_again && vote.outcome === "failed")) return true;
        if (other !== null) this.#taken.push([other, asked]);
        this.#votes.add(vote);
        return false;
      });
    });
    this.#takenOver = [...this.#votes].filter(({ from_run }) => from_run !== undefined).length;
    this.#resumed = this.#votes.size - this.#takenOver;
    this.#turns = new Turns(open);
    this.#budget = new JudgingBudget(cap, spentOn(this.#votes, judges, cost), file.calls);
    const context: SeatContext = {
      cost,
      retries: { ...retryDefaults, ...options.retries },
      budget: this.#budget,
      votes: file,
      clock,
      random: Math.random,
      signal: signal === undefined ? this.#stop.signal : AbortSignal.any([signal, this.#stop.signal]),
      notice: (text) => options.onNotice?.(text),
    };
    this.#seats = judges.map((judge, i) => new JudgeSeat(judge, lines[i]!, context));
  }

  async run(): Promise<Judging> {
    const { judges, parallel = 5, cost = () => null, signal } = this.#options;
    this.#announce();
    for (const [vote, asked] of this.#taken) await this.#file.append(vote, asked);
    const lanes = Array.from({ length: Math.max(1, parallel) }, () => this.#lane());
    const failures = (await Promise.allSettled(lanes)).filter(({ status }) => status === "rejected");
    for (const { reason } of failures as PromiseRejectedResult[]) throw reason;
    const { accounts, cost: total } = accountsOf(this.#votes, judges, cost);
    const complete = this.#votes.size === this.#total;
    return {
      votes: this.#votes.inOrder(this.#options.answers, judges),
      accounts,
      cost: total,
      calls: this.#file.calls,
      resumed: this.#resumed,
      taken_over: this.#takenOver,
      again: this.#file.again,
      stopped_by: complete ? null : signal?.aborted ? "signal" : this.#budget.reached,
    };
  }

  get #total(): number {
    return this.#options.answers.length * this.#options.judges.length;
  }

  #announce(): void {
    const { cap, judges, cost = () => null, onNotice } = this.#options;
    const { again } = this.#file;
    if (again > 0) {
      onNotice?.(`Calls of judges in flight when the judging was cut off, which are made again: ${again}.`);
    }
    if ((cap?.dollars ?? null) === null) return;
    const unpriced = judges.filter((judge) => cost(oneToken, judge) === null).map(({ name }) => name);
    if (unpriced.length > 0) {
      onNotice?.(`The cap on cost leaves out judges without a price: ${unpriced.join(", ")}.`);
    }
  }

  /** Takes one vote after the other. */
  async #lane(): Promise<void> {
    try {
      for (let turn = this.#turns.next(); turn !== null; turn = this.#turns.next()) {
        const vote = await this.#seats[turn.judge]!.vote(turn.answer);
        this.#turns.done(turn);
        if (vote === null) return;
        await this.#file.append(vote, fingerprintOf(this.#options.judges[turn.judge]!));
        this.#votes.add(vote);
        this.#report();
      }
    } catch (error) {
      this.#stop.abort(error);
      throw error;
    }
  }

  #report(): void {
    this.#options.onProgress?.({
      done: this.#votes.size,
      total: this.#total,
      missing: this.#votes.missing,
      calls: this.#file.calls,
      cost: this.#options.cost === undefined ? null : this.#budget.spent,
    });
  }
}

const oneToken: Usage = {
  prompt_tokens: 1,
  completion_tokens: 1,
  cached_prompt_tokens: null,
  cache_write_tokens: null,
  reasoning_tokens: null,
};
