/** `evaluations/votes.jsonl` and `votes_calls.jsonl`: what was voted, and which calls were made for it. */

import type { Vote } from "../../core/mod.ts";
import { type LineLog, openLineLog, readLineLog } from "../../storage/mod.ts";
import type { EarlierVotes } from "./judging_options.ts";

/** A line of `votes.jsonl`. */
export interface VoteLine extends Vote {
  /** `fingerprintOf` the judge that was asked. */
  readonly asked: string;
  /** Which start of the judging it is of, from 1. */
  readonly start: number;
}

/** A line of `votes_calls.jsonl`, written before the call is made. */
export interface CallLine {
  readonly answer_id: string;
  readonly judge: string;
  readonly start: number;
  /** UTC, ISO 8601. */
  readonly at: string;
}

/** The file with the calls, beside the one with the votes. */
export function callsPath(votes_path: string): string {
  return votes_path.replace(/(\.jsonl)?$/, "_calls.jsonl");
}

/** One judge on one answer. */
type Pair = Pick<Vote, "answer_id" | "judge">;
const keyOf = ({ answer_id, judge }: Pair) => `${answer_id} ${judge}`;

/**
 * The votes of a file, without what only a resumed judging needs: of two votes of a judge on an answer the later one.
 *
 * @throws {UserError} if a line that is not the last one is no JSON
 */
export async function readVotes(votes_path: string): Promise<Vote[]> {
  const { values } = await readLineLog<VoteLine>(votes_path);
  return [...new Map(values.map((line) => [keyOf(line), voteOf(line)])).values()];
}

function voteOf({ asked: _asked, start: _start, ...vote }: VoteLine): Vote {
  return vote;
}

/** By judge, answer and what was asked; each with the run that paid for it. */
type OtherVotes = ReadonlyMap<string, Vote>;

async function otherVotes(earlier: readonly EarlierVotes[]): Promise<OtherVotes> {
  const found = new Map<string, Vote>();
  for (const { run_id, votes_path } of earlier.toReversed()) {
    const { values } = await readLineLog<VoteLine>(votes_path).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return { values: [] };
      throw error;
    });
    for (const line of values) {
      if (line.outcome === "failed") continue;
      found.set(`${keyOf(line)} ${line.asked}`, { ...voteOf(line), from_run: line.from_run ?? run_id });
    }
  }
  return found;
}

/** Both files, open for more. A line outlives this process once it is appended, and the machine once it is synced. */
export class VotesFile {
  /** Calls noted in all starts. */
  calls: number;
  /** Calls of the start before this one whose vote was never written. */
  readonly again: number;
  readonly #votes: LineLog<VoteLine>;
  readonly #calls: LineLog<CallLine>;
  readonly #earlier: ReadonlyMap<string, VoteLine>;
  readonly #others: OtherVotes;
  readonly #start: number;
  #syncing: Promise<unknown> = Promise.resolve();

  private constructor(votes: LineLog<VoteLine>, calls: LineLog<CallLine>, others: OtherVotes) {
    this.#others = others;
    this.#votes = votes;
    this.#calls = calls;
    this.#earlier = new Map(votes.earlier.map((line) => [keyOf(line), line]));
    const before = calls.earlier.reduce((last, { start }) => Math.max(last, start), 0);
    const written = new Set(votes.earlier.filter(({ start }) => start === before).map(keyOf));
    this.calls = calls.earlier.length;
    this.again = calls.earlier.filter((call) => call.start === before && !written.has(keyOf(call))).length;
    this.#start = before + 1;
  }

  /**
   * @param earlier files of other runs, which are only read; the first comes first
   * @throws {UserError} if a line that is not the last one is damaged
   */
  static async open(votes_path: string, earlier: readonly EarlierVotes[] = []): Promise<VotesFile> {
    const others = await otherVotes(earlier);
    const votes = await openLineLog<VoteLine>(votes_path);
    try {
      return new VotesFile(votes, await openLineLog<CallLine>(callsPath(votes_path)), others);
    } catch (error) {
      await votes.close();
      throw error;
    }
  }

  /** The vote that an earlier start wrote, if the judge was asked as it is now. */
  earlier(pair: Pair, asked: string): Vote | null {
    const line = this.#earlier.get(keyOf(pair));
    return line === undefined || line.asked !== asked ? null : voteOf(line);
  }

  /** The vote that another run wrote, if the judge was asked as it is now, and answered; it is to be appended. */
  ofOtherRun(pair: Pair, asked: string): Vote | null {
    return this.#others.get(`${keyOf(pair)} ${asked}`) ?? null;
  }

  async noteCall({ answer_id, judge }: Pair, at: string): Promise<void> {
    this.calls++;
    await this.#calls.append({ answer_id, judge, start: this.#start, at });
  }

  async append(vote: Vote, asked: string): Promise<void> {
    await this.#votes.append({ ...vote, asked, start: this.#start });
    this.#syncing = Promise.all([this.#votes.sync(), this.#calls.sync()]);
    // Its failure comes out at the end.
    this.#syncing.catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#syncing;
    } finally {
      await Promise.allSettled([this.#votes.close(), this.#calls.close()]);
    }
  }
}
