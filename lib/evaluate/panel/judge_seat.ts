/** One judge at work: a vote with its calls, the waits between them, and the one repair. */

import type { Clock, DistinctAnswer, ErrorKind, Vote, VoteOutcome } from "../../core/mod.ts";
import { type Answer, type Prompt, type Usage, waitBeforeRetry } from "../../predict/mod.ts";
import type { Judge } from "./judge.ts";
import type { CallRetries, EndpointReply, Line } from "../endpoint_line.ts";
import { judgePrompt, newNonce, repairPrompt } from "./judge_prompt.ts";
import type { JudgingBudget } from "./judging_budget.ts";
import type { JudgeAccess } from "./judging_options.ts";
import { verdictForms } from "./verdict_form.ts";
import { parseVerdict } from "./verdict_parser.ts";
import type { VotesFile } from "./votes_file.ts";

/** What the seats of a panel share. */
export interface SeatContext {
  readonly cost: NonNullable<JudgeAccess["cost"]>;
  readonly retries: Required<CallRetries>;
  readonly budget: JudgingBudget;
  readonly votes: Pick<VotesFile, "noteCall">;
  readonly clock: Clock;
  /** Uniform in [0, 1), for the waits. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly notice: (text: string) => void;
}

/** What the calls of a vote came to so far. */
interface Tally {
  calls: number;
  prompt_tokens: number | null;
  completion_tokens: number | null;
  latency_ms: number | null;
}

const again: readonly ErrorKind[] = ["throttled", "network", "stream", "timeout"];
/** By these a server says that it does not know a form of structured output. */
const refusals: readonly (number | null)[] = [400, 422, 501];
const longestKept = 2_000;

/** No more calls may be made: the vote stays open. */
const stopped = Symbol("stopped");

export class JudgeSeat {
  readonly #judge: Judge;
  readonly #line: Line;
  readonly #context: SeatContext;
  readonly #forms: ReturnType<typeof verdictForms>;
  /** The strictest form that was not refused. */
  #form = 0;

  constructor(judge: Judge, line: Line, context: SeatContext) {
    this.#judge = judge;
    this.#line = line;
    this.#context = context;
    this.#forms = verdictForms(judge);
  }

  /** Takes the judge's vote on an answer; null when it was stopped before that. */
  async vote(asked: DistinctAnswer): Promise<Vote | null> {
    const tally: Tally = { calls: 0, prompt_tokens: null, completion_tokens: null, latency_ms: null };
    const shown = { answer: asked.answer, nonce: newNonce() };
    const prompt = judgePrompt(this.#judge, asked, shown.nonce);
    const first = await this.#ask({ prompt }, asked, tally);
    if (first === stopped) return null;
    if (first.error !== null) return this.#vote(asked, tally, "failed", { error: first.error.message });
    const verdict = parseVerdict(first.text, shown);
    if (verdict !== null) return this.#vote(asked, tally, verdict.verdict, verdict);
    const second = await this.#ask(repairPrompt(prompt, first.text), asked, tally);
    if (second === stopped) return null;
    const repaired = second.error === null ? parseVerdict(second.text, shown) : null;
    if (repaired !== null) return this.#vote(asked, tally, repaired.verdict, repaired);
    const raw = second.text === "" ? first.text : second.text;
    return this.#vote(asked, tally, "unparsable", {
      raw,
      ...(second.error === null ? {} : { error: `the request to repair it failed: ${second.error.message}` }),
    });
  }

  /** An answer, by as many attempts as the retries allow. */
  async #ask(prompt: Prompt, asked: DistinctAnswer, tally: Tally): Promise<Answer | typeof stopped> {
    const { retries, clock, random, signal } = this.#context;
    let form = this.#form;
    for (let attempts = 1;; attempts++) {
      const reply = await this.#call(prompt, form, asked, tally);
      if (reply === stopped) return stopped;
      const { answer: { error }, http_status, retry_after_ms } = reply;
      if (error === null) {
        this.#settleOn(form);
        return reply.answer;
      }
      if (refusals.includes(http_status) && form < this.#forms.length - 1) {
        form = Math.max(form + 1, this.#form);
        this.#refusal = error.message;
        attempts--;
        continue;
      }
      const on: readonly ErrorKind[] = (http_status ?? 0) >= 500 ? [...again, error.kind] : again;
      const wait_ms = waitBeforeRetry(
        { attempts: retries.attempts, backoff_ms: retries.backoff_ms, on },
        { status: "error", error_kind: error.kind, retry_after_ms },
        { attempts, random: random(), longest_ms: retries.longest_ms },
      );
      if (wait_ms === null) return reply.answer;
      if (!await clock.sleepUntil(clock.now() + wait_ms, signal).then(() => true, () => false)) {
        return stopped;
      }
    }
  }

  #refusal = "";

  /** A form that was refused, while a plainer one was not, is not tried again. */
  #settleOn(form: number): void {
    if (form <= this.#form) return;
    this.#form = form;
    const { name } = this.#judge;
    const instead = form === this.#forms.length - 1 ? "plainly" : "for any JSON";
    this.#context.notice(
      `The judge ${name} refuses the form for structured output (${this.#refusal}); it is asked ${instead}.`,
    );
  }

  async #call(
    prompt: Prompt,
    form: number,
    { answer_id }: DistinctAnswer,
    tally: Tally,
  ): Promise<EndpointReply | typeof stopped> {
    const { budget, votes, clock, cost, signal } = this.#context;
    const parameters = { ...this.#judge.parameters, ...this.#forms[form] };
    const estimate = cost(this.#mostUsage(prompt), this.#judge) ?? 0;
    if (signal.aborted || !await budget.take(estimate)) return stopped;
    let spent = 0;
    try {
      await votes.noteCall({ answer_id, judge: this.#judge.name }, clock.date().toISOString());
      tally.calls++;
      const reply = await this.#line.call(prompt, parameters, signal);
      if (reply.cancelled && !reply.answer.terminated) return stopped;
      const { prompt_tokens, completion_tokens } = reply.answer;
      tally.prompt_tokens = added(tally.prompt_tokens, prompt_tokens);
      tally.completion_tokens = added(tally.completion_tokens, completion_tokens);
      tally.latency_ms = added(tally.latency_ms, reply.latency_ms);
      spent = cost(reply.answer, this.#judge) ?? 0;
      return reply;
    } finally {
      budget.settle(estimate, spent);
    }
  }

  /** At least one token for every three bytes is more than any tokenizer makes of a prompt in letters. */
  #mostUsage({ prompt, messages }: Prompt): Usage {
    const text = messages === undefined ? prompt : messages.map(({ content }) => content).join("");
    return {
      prompt_tokens: Math.ceil(new TextEncoder().encode(text).length / 3),
      completion_tokens: this.#line.maxTokens(this.#judge.parameters) ?? 1_000,
      cached_prompt_tokens: null,
      cache_write_tokens: null,
      reasoning_tokens: null,
    };
  }

  #vote(
    { answer_id }: DistinctAnswer,
    tally: Tally,
    outcome: VoteOutcome,
    { explanation = null, raw = null, error = null }: {
      readonly explanation?: string | null;
      readonly raw?: string | null;
      readonly error?: string | null;
    },
  ): Vote {
    const { name, endpoint: { model_id } } = this.#judge;
    return {
      answer_id,
      judge: name,
      model_id,
      outcome,
      explanation: explanation?.slice(0, longestKept) ?? null,
      raw: raw?.slice(0, longestKept) ?? null,
      ...tally,
      error_message: error,
      at: this.#context.clock.date().toISOString(),
    };
  }
}

function added(sum: number | null, more: number | null): number | null {
  return more === null ? sum : (sum ?? 0) + more;
}
