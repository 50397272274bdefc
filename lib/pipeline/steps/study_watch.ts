/** What a study knows while it runs, and whether that is enough. */

import {
  type Plan,
  type ProgressEvent,
  type RequestRecord,
  showNumber,
  showPercent,
  type StudyExperiment,
} from "../../core/mod.ts";
import { comparisonsOf, PairedProgress } from "../../metrics/mod.ts";
import type { StepContext } from "../context.ts";
import { SegmentNews } from "./segment_news.ts";
import { studyExperiments } from "./study_experiments.ts";

/** Two variants on their way to the wanted precision. */
interface Watched {
  readonly baseline: string;
  readonly candidate: string;
  readonly known: PairedProgress;
}

/** A call of a block that is not complete yet. */
type Call = Pick<RequestRecord, "payload_id" | "ttft_ms" | "sent_at" | "experiment_name">;

/** Blocks that wait for a call of theirs; a block whose call was lost must not be kept for ever. */
const mostBlocks = 10_000;

/**
 * Follows the journals of a study. At the end of each round it says how many more pairs the wanted precision of the TTFT's changes
 * needs; with `study.stop_when_precise` it ends the study when every comparison has it. It looks at the ends of rounds alone, for who looks
 * after every call stops at a lucky one.
 */
export class StudyWatch {
  readonly #news: SegmentNews;
  readonly #precision: number;
  readonly #stops: boolean;
  readonly #log: StepContext["log"];
  readonly #pairs: readonly Watched[];
  /** Calls of each block by the plan, and what came of them. */
  readonly #blocks = new Map<number, Call[]>();
  readonly #blockSizes: ReadonlyMap<number, number>;
  /** Calls of each round that are still to come. */
  readonly #missing = new Map<number, number>();
  readonly #rounds: ReadonlyMap<string, number>;
  /** Calls that have ended, if only in an attempt that is followed by another one. */
  readonly #ended = new Set<string>();
  readonly #enough = new AbortController();
  #needed: number | null = null;

  private constructor(step: StepContext, plan: Plan, segment: string, precision: number) {
    const experiments = studyExperiments(plan.header.levels.map(({ endpoint }) => endpoint));
    this.#news = new SegmentNews(step.run.paths.requests, segment);
    this.#precision = precision;
    this.#stops = step.config.study!.stop_when_precise;
    this.#log = (level, text) => step.log(level, text);
    this.#pairs = pairsOf(plan, experiments);
    const sizes = new Map<number, number>();
    const rounds = new Map<string, number>();
    for (const { request_id, call } of plan.requests) {
      sizes.set(call!.block, (sizes.get(call!.block) ?? 0) + 1);
      this.#missing.set(call!.round, (this.#missing.get(call!.round) ?? 0) + 1);
      rounds.set(request_id, call!.round);
    }
    this.#blockSizes = sizes;
    this.#rounds = rounds;
  }

  /** The watch of a run; null: it is no study, or no precision is asked for. */
  static of(step: StepContext, plan: Plan, segment: string): StudyWatch | null {
    const precision = step.config.study?.precision ?? null;
    if (plan.header.study === undefined || precision === null) return null;
    return new StudyWatch(step, plan, segment, precision);
  }

  /** Takes a record of an earlier start of the load; before this one begins. */
  takeEarlier(record: RequestRecord): void {
    this.#take(record);
  }

  /** Aborted when the study knows enough. */
  get signal(): AbortSignal {
    return this.#enough.signal;
  }

  /** Reads what the journals have got since. */
  look(): void {
    for (const record of this.#news.read()) {
      const round = this.#take(record);
      if (round !== null && this.#missing.get(round) === 0) this.#judge(round);
    }
  }

  /** An event of the load with what is still needed in it. */
  told(event: ProgressEvent): ProgressEvent {
    if (this.#needed === null) return event;
    const wanted = `±${showPercent(this.#precision)}`;
    const words = this.#needed === 0
      ? `known to ${wanted}`
      : `${showNumber(this.#needed, 9)} more pairs for ${wanted}`;
    return { ...event, last: event.last === undefined ? words : `${event.last} · ${words}` };
  }

  /** Takes an attempt. @returns the round of its call if this is the call's first, else null */
  #take(record: RequestRecord): number | null {
    const { request_id, status, block, payload_id, ttft_ms, sent_at, experiment_name } = record;
    const round = this.#rounds.get(request_id ?? "");
    if (request_id === null || round === undefined || status === "cancelled" || block === null) return null;
    const first = !this.#ended.has(request_id);
    this.#ended.add(request_id);
    if (first) this.#missing.set(round, this.#missing.get(round)! - 1);
    if (counts(record)) {
      const calls = this.#blocks.getOrInsertComputed(block, () => []);
      calls.push({ payload_id, ttft_ms, sent_at, experiment_name });
      if (calls.length === this.#blockSizes.get(block)) this.#settle(block, calls);
      if (this.#blocks.size > mostBlocks) {
        const [oldest] = this.#blocks;
        this.#settle(...oldest!);
      }
    }
    return first ? round : null;
  }

  #settle(block: number, calls: readonly Call[]): void {
    this.#blocks.delete(block);
    const of = new Map(calls.map((call) => [call.experiment_name, call]));
    for (const { baseline, candidate, known } of this.#pairs) {
      const [a, b] = [of.get(baseline), of.get(candidate)];
      if (a === undefined || b === undefined) continue;
      known.add({
        prompt: a.payload_id ?? "",
        at_ms: Date.parse(a.sent_at ?? ""),
        baseline: a.ttft_ms!,
        candidate: b.ttft_ms!,
      });
    }
  }

  #judge(round: number): void {
    const needed = this.#pairs.map(({ known }) => known.pairsNeeded(this.#precision));
    if (needed.length === 0) return;
    const wanted = `±${showPercent(this.#precision)} of the change of TTFT`;
    if (needed.some((one) => one === null)) {
      this.#log("info", `after round ${round}: how many pairs ${wanted} takes is not known yet`);
      return;
    }
    this.#needed = Math.max(...needed as number[]);
    this.#log(
      "info",
      this.#needed === 0
        ? `after round ${round} every comparison is known to ${wanted}`
        : `after round ${round}: ${this.#needed} more pairs are needed for ${wanted}`,
    );
    if (this.#needed === 0 && this.#stops) this.#enough.abort();
  }
}

/** Whether a call enters the figures: answered as asked, on a connection that was there. */
function counts(
  { status, ttft_ms, asked_latency_mode, served_latency_mode, connection_reused, connection_ahead }:
    RequestRecord,
): boolean {
  const otherwise = asked_latency_mode !== null && served_latency_mode !== null &&
    asked_latency_mode !== served_latency_mode;
  const cold = connection_reused === false && connection_ahead !== true;
  return status === "ok" && ttft_ms !== null && !otherwise && !cold;
}

/** The comparisons that the analysis will make, by the prompts that variants share in the plan. */
function pairsOf({ header, requests }: Plan, experiments: readonly StudyExperiment[]): Watched[] {
  const prompts = header.levels.map(() => new Set<string>());
  for (const { level, payload_id } of requests) prompts[level]!.add(payload_id);
  const share = (a: number, b: number) => !prompts[a]!.isDisjointFrom(prompts[b]!);
  return comparisonsOf(experiments, share).comparisons.map(({ baseline, candidate }) => ({
    baseline: experiments[baseline]!.experiment_name,
    candidate: experiments[candidate]!.experiment_name,
    known: new PairedProgress(),
  }));
}
