/** A latency study: how its calls are spread over time, what interrupts it, and what it finds. */

import type { Change, ComparisonVerdict } from "./comparison.ts";
import type { Estimate } from "./summary.ts";

/** What an account may take in a minute, for some of the levels of a plan together. */
export interface StudyQuota {
  /** Levels that share it. */
  readonly levels: readonly number[];
  /** null: no limit. */
  readonly requests_per_minute: number | null;
  /** Prompt tokens and the cap on the answer until it has come, then what it took; null: no limit. */
  readonly tokens_per_minute: number | null;
}

/** When the calls of a study are made. Stands in the header of its plan. */
export interface StudySchedule {
  /** Most calls in flight. */
  readonly parallel_calls: number;
  /** From the end of a block to the beginning of the next one of its unit; not used where calls have due times. */
  readonly pause_ms: number;
  /** Greatest part of a pause, or of the time between two due times, by which it is drawn longer or shorter; 0 to 1. */
  readonly jitter: number;
  /** Calls have due times then; null: they follow each other after pauses. */
  readonly calls_per_minute: number | null;
  /** No call is begun after so long, gaps not counted; null: the plan's calls are all there are. */
  readonly duration_ms: number | null;
  /** A connection that has rested longer is replaced before the next call. */
  readonly idle_connection_ms: number;
  readonly quotas: readonly StudyQuota[];
}

/** A call's place in a study. */
export interface StudyCall {
  readonly scenario_id: string;
  /** From 1. */
  readonly round: number;
  /** Calls with one prompt on every variant that has it, made one right after the other; counted over the whole study, from 0. */
  readonly block: number;
  /** Blocks with the same prompt that follow each other after pauses within one round: one of `parallel_calls` works it off. From 0. */
  readonly unit: number;
}

/** Why nothing was sent for a while, or why times may be wrong. */
export type GapKind =
  /** The machine slept. */
  | "sleep"
  /** Its wall clock was set; nothing was lost. */
  | "clock_step"
  /** No endpoint could be reached. */
  | "network"
  /** Keys to AWS had ended, and there were no new ones. */
  | "credentials"
  /** The run was interrupted and resumed. */
  | "restart";

/** One line of `gaps.jsonl`. */
export interface StudyGap {
  readonly kind: GapKind;
  /** UTC, ISO 8601. */
  readonly from_at: string;
  /** null: it was not over when the study ended. */
  readonly until_at: string | null;
  /** How long; of a clock step, how far it went, negative where it went back. */
  readonly ms: number;
  /** In words: what failed, how far the clock went. */
  readonly detail: string;
}

/** What a study measures of an answer. */
export type StudyFigure = "ttft_ms" | "output_tokens_per_s" | "e2e_ms";

/** Of TTFT and E2E latency the high ones are the slow tail, of the speed the low ones. */
export interface StudyQuantiles {
  readonly p10: Estimate;
  readonly p50: Estimate;
  readonly p90: Estimate;
  readonly p99: Estimate;
}

/** A model in a region under a latency profile (and tier), as it was asked for. */
export interface StudyVariant {
  readonly experiment_name: string;
  readonly model_id: string;
  readonly region: string | null;
  /** Asked for; null: the protocol knows none. */
  readonly profile: string | null;
  readonly service_tier: string | null;
  /** Attempts; the one base of all rates. */
  readonly calls: number;
  readonly ok: number;
  readonly error_rate: Estimate;
  readonly throttle_rate: Estimate;
  /** Of the successes: served under the profile that was asked for. Only these enter the figures, beside the unknown. */
  readonly served_as_asked: number;
  readonly served_otherwise: number;
  /** The server said nothing of it. */
  readonly served_unknown: number;
  /** Answers that the cap cut off. */
  readonly cut: number;
  /** Calls that had to wait for a connection; of the latencies only in `cold_ttft_ms`. */
  readonly cold: number;
  /** Prompts behind the figures: the clusters of their intervals; 0: not known, as in an imported study. */
  readonly prompts: number;
  readonly ttft_ms: StudyQuantiles;
  readonly output_tokens_per_s: StudyQuantiles;
  readonly e2e_ms: StudyQuantiles;
  /** Median TTFT of calls on a new connection. */
  readonly cold_ttft_ms: Estimate;
  /** What the server says that it took, and the rest of the E2E latency: the way there and back. */
  readonly server_ms: StudyQuantiles;
  readonly network_ms: StudyQuantiles;
  readonly completion_tokens_mean: number | null;
  readonly cached_prompt_tokens_mean: number | null;
}

/** A variant of a study as it was asked for, under the name of its experiment. */
export type StudyExperiment = Pick<
  StudyVariant,
  "experiment_name" | "model_id" | "region" | "profile" | "service_tier"
>;

/** Two variants on the same prompts at the same time. */
export interface PairedDifference {
  /** Names of experiments. */
  readonly baseline: string;
  readonly candidate: string;
  readonly figure: StudyFigure;
  /** Blocks in which both succeeded as asked; for a latency both on a connection that was there. */
  readonly pairs: number;
  readonly prompts: number;
  /** How the pairs are grouped for the interval: `prompt`, or, where there are few, `prompt and time`. */
  readonly clustered_by: "prompt" | "prompt and time";
  /** Candidate relative to baseline, by the geometric mean over pairs: -0.2 = 20 % less. */
  readonly change: Change;
  /** Median of the differences, candidate minus baseline, in the figure's unit. */
  readonly difference: Estimate;
  /** Share of the pairs in which the candidate did better. */
  readonly wins: Estimate;
  /** That the candidate is better: one minus the one-sided p-value; null: not enough pairs. */
  readonly probability: number | null;
  readonly verdict: ComparisonVerdict;
  /** Further pairs until the change is known to the study's precision; 0: it is; null: not known yet, or these prompts can't give it. */
  readonly pairs_needed: number | null;
}

/** One hour of one day of the week, UTC. */
export interface StudyHour {
  readonly experiment_name: string;
  /** 0 = Monday. */
  readonly weekday: number;
  readonly hour: number;
  readonly calls: number;
  readonly errors: number;
  /** null: no success. */
  readonly ttft_p50_ms: number | null;
  readonly output_tokens_per_s_p50: number | null;
}

/** A slice of the study's time. */
export interface StudySlice {
  readonly experiment_name: string;
  readonly from_at: string;
  readonly until_at: string;
  readonly calls: number;
  readonly errors: number;
  readonly ttft_p50_ms: Estimate;
  readonly output_tokens_per_s_p50: Estimate;
}

/** How one figure of one variant is spread: quantiles for a distribution, box and tail. */
export interface StudySpread {
  readonly experiment_name: string;
  readonly figure: StudyFigure;
  readonly n: number;
  /** Values at 0, 0.005, 0.01, ... 1: 201 of them, ascending. */
  readonly quantiles: readonly number[];
  /** The most extreme values at the slow end, slowest first, 50 at most: every one that a box plot shows as a dot. */
  readonly slowest: readonly number[];
}

/** All that the analysis of a study shows. */
export interface StudyFigures {
  /** In the order of the scenario file. */
  readonly variants: readonly StudyVariant[];
  readonly pairs: readonly PairedDifference[];
  readonly hours: readonly StudyHour[];
  readonly slices: readonly StudySlice[];
  readonly spreads: readonly StudySpread[];
  readonly gaps: readonly StudyGap[];
  /** First and last call, UTC; null: there was none. */
  readonly from_at: string | null;
  readonly until_at: string | null;
  /** What a reader must know before believing a figure. */
  readonly notices: readonly string[];
}
