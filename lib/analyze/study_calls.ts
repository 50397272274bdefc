/** The calls of a latency study as columns of numbers, one set for each variant. */

import { pl } from "nodejs-polars";
import type { Expr, LazyDataFrame } from "nodejs-polars";
import type { StudyExperiment } from "../core/mod.ts";
import { type DataFrame, lazily, type Requests } from "./frame.ts";

/** Numbers of a call; NaN: not known. Flags are 1 and 0. */
const numbers = [
  /** Sent, UTC in milliseconds; of a call that failed before, when the one next to it in the journal was sent. */
  "at_ms",
  "ok",
  "throttled",
  /** Served under another profile or tier than was asked for. */
  "served_otherwise",
  /** The server says how it was served, and that is as asked. */
  "served_as_asked",
  /** Waited for a connection of its own. */
  "cold",
  "cut",
  "counted_by_server",
  /** The same number for the same prompt in all variants. */
  "prompt",
  "block",
  "ttft_ms",
  "output_tokens_per_s",
  "e2e_ms",
  "server_latency_ms",
  "completion_tokens",
  "cached_prompt_tokens",
] as const;

export type CallNumber = (typeof numbers)[number];

/** The attempts of a variant in the order of sending, column by column; those that an interruption cut short are left out. */
export interface StudyCalls {
  readonly experiment: StudyExperiment;
  readonly length: number;
  readonly of: Readonly<Record<CallNumber, Float64Array>>;
}

/** Why an answer ended when the cap cut it off, in the words of the protocols. */
const cutReasons = ["max_tokens", "length", "max_output_tokens", "model_length"];
/** Tiers that an answer names when it was served under them. */
const namedTiers = ["priority", "flex", "reserved"];

/**
 * The attempts of the measure phase by variant, in the order of the experiments. Reads the columns that it needs and no texts: 130 bytes
 * a call are held.
 *
 * @throws {RangeError} if a call belongs to none of the experiments
 */
export function studyCalls(requests: Requests, experiments: readonly StudyExperiment[]): StudyCalls[] {
  const known = finishedCalls(requests)
    .select(variantOf(experiments).alias("variant"), ...numbers.map((name) => asNumbers(name)))
    .sort({ by: ["variant", "at_ms"], maintainOrder: true })
    .collectSync();
  const lengths = lengthsOf(known, experiments.length);
  const columns = numbers.map((name) =>
    [name, known.height === 0 ? new Float64Array() : column(known, name)] as const
  );
  let offset = 0;
  return experiments.map((experiment, i) => {
    const from = offset;
    offset += lengths[i]!;
    const of = Object.fromEntries(columns.map(([name, all]) => [name, all.subarray(from, offset)]));
    return { experiment, length: lengths[i]!, of: of as Record<CallNumber, Float64Array> };
  });
}

/** The attempts of the measure phase that nothing cut short. */
export function finishedCalls(requests: Requests): LazyDataFrame {
  return measured(requests).filter(pl.col("status").neq(pl.lit("cancelled")));
}

/** How many attempts an interruption cut short. */
export function cancelledCalls(requests: Requests): number {
  const [found] = measured(requests).filter(pl.col("status").eq(pl.lit("cancelled"))).select(pl.len())
    .collectSync().toRecords();
  return found!["len"] as number;
}

function measured(requests: Requests): LazyDataFrame {
  return lazily(requests).filter(pl.col("phase").eq(pl.lit("measure")));
}

/** Position of the experiment; what has none comes last. */
function variantOf(experiments: readonly StudyExperiment[]): Expr {
  return experiments.reduce<Expr>(
    (others, { experiment_name }, i) =>
      pl.when(pl.col("experiment_name").eq(pl.lit(experiment_name))).then(pl.lit(i)).otherwise(others),
    pl.lit(experiments.length),
  ).cast(pl.Float64);
}

function lengthsOf(known: DataFrame, variants: number): number[] {
  const lengths = new Array<number>(variants + 1).fill(0);
  if (known.height > 0) { for (const variant of column(known, "variant")) lengths[variant]!++; }
  if (lengths[variants]! > 0) {
    throw new RangeError(
      `Cannot tell the variant of ${lengths[variants]} calls: expected one of the study's`,
    );
  }
  return lengths;
}

function column(frame: DataFrame, name: string): Float64Array {
  return frame.getColumn(name).toTypedArray() as Float64Array;
}

const is = (name: string, value: string) => pl.col(name).eq(pl.lit(value));
const unless = (flag: Expr) => flag.fillNull(pl.lit(false));
const differ = (a: string, b: string) =>
  pl.col(a).isNotNull().and(pl.col(b).isNotNull()).and(unless(pl.col(a).neq(pl.col(b))));
const otherTier = unless(pl.col("asked_service_tier").isIn(namedTiers))
  .and(differ("asked_service_tier", "served_service_tier"));

/** What may be said of an attempt, never null. */
export const callFlags = {
  ok: unless(is("status", "ok")),
  throttled: unless(is("error_kind", "throttled")),
  served_otherwise: differ("asked_latency_mode", "served_latency_mode").or(otherTier),
  cold: unless(pl.col("connection_reused").eq(pl.lit(false)).and(unless(pl.col("connection_ahead")).not())),
};

/** How a number is made of the table's columns; the others are columns themselves. */
const derived: Partial<Record<CallNumber, Expr>> = {
  ...callFlags,
  at_ms: sentAt().forwardFill().backwardFill(),
  served_as_asked: pl.col("served_latency_mode").isNotNull().and(callFlags.served_otherwise.not()),
  cut: unless(pl.col("stop_reason").str.toLowerCase().isIn(cutReasons)),
  counted_by_server: unless(is("token_source", "server")),
  prompt: pl.col("payload_id").rank("dense"),
};

/** UTC in milliseconds. */
export function sentAt(): Expr {
  const parsed = pl.col("sent_at").str.strptime(pl.Datetime("ms"), "%Y-%m-%dT%H:%M:%S%.fZ");
  // Whatever unit was asked for, text is parsed to microseconds.
  return parsed.cast(pl.Datetime("ms")).cast(pl.Int64);
}

/** Only a column without nulls leaves Polars in one piece: NaN stands for null. */
function asNumbers(name: CallNumber): Expr {
  return (derived[name] ?? pl.col(name)).cast(pl.Float64).fillNull(pl.lit(NaN)).alias(name);
}
