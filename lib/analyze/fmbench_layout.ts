/**
 * The requests of a run as FMBench's own step 3 would have left them: a record a request, and figures a chunk.
 *
 * FMBench sends `concurrency` requests, waits for all of them, and sends the next. Here the load is steady and there are no such chunks:
 * they are made up of consecutive requests, in the order of sending, so that programs that read FMBench's files find what they look for.
 */

import { pl } from "nodejs-polars";
import type { Endpoint } from "../core/mod.ts";
import { mean, quantile, sorted } from "../metrics/mod.ts";
import type { Attempt, AttemptRows } from "./attempt_rows.ts";
import { type Cell, eachCellAhead } from "./attempts.ts";
import { lazily, type Requests } from "./frame.ts";

/** A prompt by its id. */
export interface ExportedPrompt {
  readonly prompt: string;
  /** Base64 of the first image; null without one. */
  readonly base64_img: string | null;
}

/** What a request's record tells besides its figures. */
export interface ExportInput {
  /** `payload_id` -> prompt. */
  readonly prompts: ReadonlyMap<string, ExportedPrompt>;
  /** Inference parameters by experiment: each is a field of every record. */
  readonly parameters: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  readonly endpoints: readonly Endpoint[];
}

/** One request of the measure phase, by its final attempt. Times in seconds; null: not known, or it failed. */
export interface InferenceRecord {
  readonly endpoint_name: string | null;
  readonly prompt: string | null;
  readonly question: string | null;
  /** The right answers joined by commas. */
  readonly ground_truth: string | null;
  readonly base64_img: string | null;
  readonly payload_file: string;
  readonly completion: string | null;
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
  readonly latency: number | null;
  readonly time_to_first_token: number | null;
  readonly time_per_output_token: number | null;
  readonly time_to_last_token: number | null;
  readonly uuid: string;
  readonly experiment_name: string;
  readonly concurrency: number | null;
  readonly [parameter: string]: unknown;
}

/** The figures of one chunk. Times in seconds. */
export interface ChunkRecord {
  readonly experiment_name: string;
  readonly concurrency: number | null;
  readonly payload_file: string;
  readonly errors: readonly InferenceRecord[];
  readonly successes: number;
  readonly error_rate: number;
  readonly all_prompts_token_count: number;
  readonly prompt_token_count_mean: number | null;
  readonly prompt_token_throughput: number | null;
  readonly all_completions_token_count: number;
  readonly completion_token_count_mean: number | null;
  readonly completion_token_throughput: number | null;
  readonly transactions: number;
  readonly transactions_per_second: number | null;
  readonly transactions_per_minute: number | null;
  readonly latency_p50: number | null;
  readonly latency_p95: number | null;
  readonly latency_p99: number | null;
  readonly TTFT_p50: number | null;
  readonly TTFT_p99: number | null;
  readonly TPOT_p50: number | null;
  readonly TPOT_p99: number | null;
}

/** What FMBench joins to every request and chunk. */
export interface EndpointColumns {
  readonly instance_type: string | null;
  readonly instance_count: number;
  readonly EndpointName: string | null;
  readonly ModelName: string | null;
  readonly Image: null;
  readonly S3Uri: null;
}

/** A record with when it ended, which names its file. */
export interface Ended<T> {
  readonly record: T;
  /** Seconds since 1970. */
  readonly ended_epoch_s: number;
}

/** The requests of one cell in both forms. */
export interface CellExport {
  readonly endpoint: EndpointColumns;
  readonly requests: readonly Ended<InferenceRecord>[];
  readonly chunks: readonly Ended<ChunkRecord>[];
}

/** Cell by cell, in their order; one is held at a time. */
export async function* exportedCells(requests: Requests, input: ExportInput): AsyncGenerator<CellExport> {
  for await (const cell of eachCellAhead(requests)) {
    const texts = textsOf(requests, cell);
    const records = cell.finals.map((final) => recordOf(cell, final, texts.get(final.row)!, input));
    const size = chunkSize(cell);
    const chunks: Ended<ChunkRecord>[] = [];
    for (let from = 0; from < records.length; from += size) {
      chunks.push(chunkOf(cell, cell.finals.slice(from, from + size), records.slice(from, from + size)));
    }
    yield { endpoint: endpointColumns(cell, input.endpoints, records[0]), requests: records, chunks };
  }
}

/** As many as are in flight; of an open loop as many as come in a second. */
export function chunkSize({ concurrency, request_rate_rps }: Pick<Cell, "concurrency" | "request_rate_rps">) {
  return Math.max(1, Math.round(concurrency ?? request_rate_rps ?? 1));
}

const textColumns = [
  ...["payload_id", "endpoint_name", "question", "ground_truth", "completion", "sent_at", "last_token_ms"],
] as const;

interface Texts {
  readonly payload_id: string | null;
  readonly endpoint_name: string | null;
  readonly question: string | null;
  readonly ground_truth: string | null;
  readonly completion: string | null;
  readonly sent_at: string | null;
  readonly last_token_ms: number | null;
}

/** What the figures do without, of the finals of one cell, by row. */
function textsOf(requests: Requests, { experiment_name, payload_file, finals }: Cell): Map<number, Texts> {
  const wanted = pl.DataFrame({ row: pl.Series("row", finals.map(({ row }) => row), pl.UInt32) }).lazy();
  const rows = lazily(requests).withRowIndex("row")
    .filter(
      pl.col("experiment_name").eq(pl.lit(experiment_name)).and(
        pl.col("payload_file").eq(pl.lit(payload_file)),
      ),
    )
    .select("row", ...textColumns)
    .join(wanted, { on: "row", how: "semi" })
    .collectSync().toRecords() as unknown as (Texts & { row: number })[];
  return new Map(rows.map(({ row, ...texts }) => [row, texts]));
}

const seconds = (ms: number | null) => ms === null ? null : ms / 1000;

function recordOf(
  { experiment_name, payload_file, concurrency }: Cell,
  final: Attempt,
  texts: Texts,
  { prompts, parameters }: ExportInput,
): Ended<InferenceRecord> {
  const prompt = prompts.get(texts.payload_id ?? "");
  const { sent_ms, ended_ms } = final;
  const ok = final.status === "ok";
  const to_last_ms = texts.last_token_ms === null || sent_ms === null ? null : texts.last_token_ms - sent_ms;
  const record: InferenceRecord = {
    endpoint_name: texts.endpoint_name,
    prompt: prompt?.prompt ?? null,
    question: texts.question,
    ground_truth: texts.ground_truth === null ? null : joined(texts.ground_truth),
    base64_img: prompt?.base64_img ?? null,
    payload_file,
    ...parameters.get(experiment_name),
    completion: ok ? texts.completion : null,
    prompt_tokens: final.prompt_tokens,
    completion_tokens: ok ? final.completion_tokens : null,
    latency: seconds(final.e2e_ms),
    time_to_first_token: seconds(final.ttft_ms),
    time_per_output_token: seconds(final.tpot_ms),
    time_to_last_token: seconds(to_last_ms),
    uuid: final.request_id ?? "",
    experiment_name,
    concurrency,
  };
  const sent_epoch_ms = Date.parse(texts.sent_at ?? "");
  const took_ms = sent_ms === null || ended_ms === null ? 0 : ended_ms - sent_ms;
  const ended_epoch_s = Number.isNaN(sent_epoch_ms) ? 0 : (sent_epoch_ms + took_ms) / 1000;
  return { record, ended_epoch_s };
}

/** A JSON list of texts as FMBench writes it. */
function joined(ground_truth: string): string {
  try {
    const answers: unknown = JSON.parse(ground_truth);
    return Array.isArray(answers) ? answers.join(",") : ground_truth;
  } catch {
    return ground_truth;
  }
}

/**
 * FMBench's figures of a chunk: an error is a request without an answer or without a token count; throughput is tokens over the time from
 * the first send to the last end, with 2 decimals, as are transactions per second; percentiles are linear, over the values of the chunk
 * that are neither null nor 0.
 */
function chunkOf(
  { experiment_name, concurrency, payload_file }: Cell,
  finals: AttemptRows,
  records: readonly Ended<InferenceRecord>[],
): Ended<ChunkRecord> {
  const rows = records.map(({ record }) => record);
  const errors = rows.filter((row) => row.completion === null || row.completion_tokens === null);
  const successes = rows.length - errors.length;
  const elapsed_s = elapsedSeconds(finals);
  const values = (name: keyof InferenceRecord) =>
    rows.map((row) => row[name]).filter((value) => typeof value === "number" && value !== 0) as number[];
  const percentile = (name: keyof InferenceRecord, perMille: number) =>
    quantile(sorted(values(name)), perMille);
  const per_s = (count: number) => elapsed_s === 0 ? null : Math.round(count / elapsed_s * 100) / 100;
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const prompts = values("prompt_tokens");
  const completions = values("completion_tokens");
  const transactions_per_second = per_s(successes);
  const record: ChunkRecord = {
    experiment_name,
    concurrency,
    payload_file,
    errors,
    successes,
    error_rate: errors.length / rows.length,
    all_prompts_token_count: sum(prompts),
    prompt_token_count_mean: mean(prompts),
    prompt_token_throughput: per_s(sum(prompts)),
    all_completions_token_count: sum(completions),
    completion_token_count_mean: mean(completions),
    completion_token_throughput: per_s(sum(completions)),
    transactions: rows.length,
    transactions_per_second,
    transactions_per_minute: transactions_per_second === null ? null : transactions_per_second * 60,
    latency_p50: percentile("latency", 500),
    latency_p95: percentile("latency", 950),
    latency_p99: percentile("latency", 990),
    TTFT_p50: percentile("time_to_first_token", 500),
    TTFT_p99: percentile("time_to_first_token", 990),
    TPOT_p50: percentile("time_per_output_token", 500),
    TPOT_p99: percentile("time_per_output_token", 990),
  };
  return { record, ended_epoch_s: Math.max(...records.map(({ ended_epoch_s }) => ended_epoch_s)) };
}

/** Within each segment, whose clocks have nothing to do with each other. */
function elapsedSeconds(finals: AttemptRows): number {
  let total_ms = 0;
  for (const own of Map.groupBy(finals, ({ segment }) => segment).values()) {
    let [first, last] = [Infinity, -Infinity];
    for (const { sent_ms, ended_ms } of own) {
      if (sent_ms === null) continue;
      first = Math.min(first, sent_ms);
      last = Math.max(last, ended_ms ?? sent_ms);
    }
    total_ms += Math.max(0, last - first);
  }
  return total_ms / 1000;
}

function endpointColumns(
  { experiment_name, instance_type, model_id }: Cell,
  endpoints: readonly Endpoint[],
  first: Ended<InferenceRecord> | undefined,
): EndpointColumns {
  const endpoint = endpoints.find((one) => one.experiment_name === experiment_name);
  return {
    instance_type: endpoint?.instance_type ?? instance_type,
    instance_count: endpoint?.instance_count ?? 1,
    EndpointName: endpoint?.endpoint_name ?? first?.record.endpoint_name ?? null,
    ModelName: endpoint?.model_id ?? model_id,
    Image: null,
    S3Uri: null,
  };
}
