/**
 * The columns of a request record: the only list there is. The journal, `requests.parquet`, the CSV files and
 * `docs/columns.md` derive from it.
 *
 * Times are milliseconds from the segment's origin on one monotonic clock, unless the name ends in `_at` (UTC, ISO 8601).
 * `null` means: not known or not applicable. It never means zero.
 */

export type ColumnKind = "text" | "float" | "integer" | "boolean" | "integers";

interface Column<K extends ColumnKind> {
  readonly kind: K;
  /** `ms`, `tokens`, `us`, ...; empty when the value has none. */
  readonly unit: string;
  readonly doc: string;
}

const column = <K extends ColumnKind>(kind: K) => (doc: string, unit = ""): Column<K> => ({
  kind,
  unit,
  doc,
});
const text = column("text");
const integer = column("integer");
const boolean = column("boolean");
const integers = column("integers");
const ms = (doc: string): Column<"float"> => ({ kind: "float", unit: "ms", doc });
const float = column("float");
const tokens = (doc: string): Column<"integer"> => ({ kind: "integer", unit: "tokens", doc });

export const columns = {
  request_id: text(
    "first 16 hex digits of SHA-256 over seed, experiment, payload file, load level and index",
  ),
  attempt: integer("1 for the first try of this request; a retry is a row of its own"),
  segment: text("one uninterrupted start of the run; rates are taken within a segment, never over a gap"),
  scenario_id: text("scenario of a latency study; null otherwise"),
  round: integer("latency study: in which round, from 1; null otherwise"),
  block: integer(
    "latency study: calls of a block have one prompt and differ in their variant, and are made close together; null otherwise",
  ),
  experiment_name: text("`experiments[].name`"),
  model_id: text("model asked for"),
  instance_type: text("price key of the experiment"),
  region: text("region of the endpoint"),
  endpoint_name: text("`ep_name` as deployed or brought"),
  payload_file: text("which filter of `datasets.filters` the prompt belongs to"),
  payload_id: text("which prompt: hash of its text"),
  prompt_use: integer("1 = first time in this level that this prompt is sent"),
  concurrency: integer("requests held in flight; null in open loop"),
  request_rate_rps: float("arrivals per second asked for; null in closed loop", "1/s"),
  arrival: text("`closed`, or the arrival process of the open loop"),
  phase: text("`warmup`, `measure` or `drain`; only `measure` enters a figure"),
  worker: text("which worker process sent it"),
  replica: integer(
    "which copy of the endpoint it was sent to, from 0; null where there is one, or another shares requests among them",
  ),
  scheduled_ms: ms("when it was due; null in closed loop"),
  sent_ms: ms("just before its first byte was written"),
  body_sent_ms: ms("when the last byte of the request was handed to the system"),
  headers_ms: ms("when the response's headers were complete"),
  first_token_ms: ms("first content-bearing token, visible or reasoning"),
  first_visible_token_ms: ms("first visible token"),
  last_token_ms: ms("last content-bearing token"),
  ended_ms: ms("end of the response, or the moment it failed"),
  sent_at: text("`sent_ms` on the wall clock"),
  send_lag_ms: ms("sent minus due; null in closed loop"),
  dns_ms: ms("name look-up; null on a reused connection"),
  connect_ms: ms("TCP connection; null on a reused connection"),
  tls_ms: ms("TLS handshake; null without TLS or on a reused connection"),
  ttft_ms: ms("TTFT: first content-bearing token minus sent; null when not streamed"),
  ttft_visible_ms: ms("TTFT without reasoning tokens"),
  e2e_ms: ms("E2E latency: ended minus sent; null unless ok"),
  response_ms: ms("ended minus due, retries and waits included"),
  service_ms: ms("E2E latency of the last attempt"),
  tpot_ms: ms("(last - first token) / (completion tokens - 1); null under 2 tokens"),
  output_tokens_per_s: float("(completion tokens - 1) / (last - first token)", "tokens/s"),
  itl_us: integers("gaps between content chunks", "us"),
  itl_p50_ms: ms("median gap between content chunks"),
  itl_p99_ms: ms("99th percentile of the gaps"),
  itl_max_ms: ms("longest gap"),
  chunks: integer("content-bearing chunks received"),
  coalesced_chunks: integer(
    "chunks that shared a read with an earlier one, so that their own arrival is not known",
  ),
  clock: text("`kernel` or `user`: who stamped the arrivals"),
  trusted: boolean(
    "false beyond the load for which this machine's client is certified; null when not certified",
  ),
  prompt_tokens: tokens("tokens of the prompt"),
  completion_tokens: tokens("tokens of the answer, reasoning included"),
  max_tokens: tokens("cap asked for"),
  cached_prompt_tokens: tokens("prompt tokens read from a cache"),
  cache_write_tokens: tokens("prompt tokens written to a cache"),
  reasoning_tokens: tokens("of the completion tokens, those spent on reasoning"),
  token_source: text("`server`, `tokenizer` or `estimate`: who counted"),
  server_request_id: text("id the server gave"),
  status: text("`ok`, `error` or `cancelled`"),
  error_kind: text("`timeout`, `throttled`, `http`, `stream`, `parse`, `network` or `validation`"),
  http_status: integer("status code of the response"),
  error_message: text("what went wrong, redacted"),
  stop_reason: text("why the answer ended, as the server says"),
  server_latency_ms: ms("latency that the server reports"),
  served_model: text("model that the server says it used"),
  asked_latency_mode: text("latency profile asked for"),
  served_latency_mode: text("latency profile that was served"),
  asked_service_tier: text("service tier asked for"),
  served_service_tier: text("service tier that was served"),
  connection_reused: boolean("whether the connection had carried a request before"),
  connection_ahead: boolean(
    "whether a new connection was opened ahead of the call, which so did not wait for it; null on a reused one",
  ),
  completion: text("the answer"),
  ground_truth: text("JSON list of the right answers of the row; null when it has none"),
  question: text("the question of the row, for the judges"),
} as const;

export type ColumnName = keyof typeof columns;

interface ValueOf {
  text: string;
  float: number;
  integer: number;
  boolean: boolean;
  integers: number[];
}

/** One attempt of one request: every column, `null` where nothing is known. */
export type RequestRecord = { [C in ColumnName]: ValueOf[(typeof columns)[C]["kind"]] | null };

export const columnNames = Object.keys(columns) as readonly ColumnName[];

const empty = Object.fromEntries(columnNames.map((name) => [name, null])) as RequestRecord;

/** A record with every column null, to be filled in as the request goes on. */
export function emptyRecord(): RequestRecord {
  return { ...empty };
}

export type Phase = "warmup" | "measure" | "drain";
export type Status = "ok" | "error" | "cancelled";
export const errorKinds = [
  "timeout",
  "throttled",
  "http",
  "stream",
  "parse",
  "network",
  "validation",
] as const;
export type ErrorKind = (typeof errorKinds)[number];
export type TokenSource = "server" | "tokenizer" | "estimate";
