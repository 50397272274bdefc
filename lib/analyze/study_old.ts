/** Studies that AWS's latency notebook made, as records of calls. */

import {
  emptyRecord,
  type ErrorKind,
  errorKinds,
  redact,
  type RequestRecord,
  type StudyExperiment,
} from "../core/mod.ts";
import { outputTokensPerS, tpotMs } from "../metrics/mod.ts";
import { oldStudyNotices } from "./study_old_notices.ts";
import { isSuccess, type OldRow, readOldRows } from "./study_old_rows.ts";

/** What is known of a study of the notebook. */
export interface OldStudy {
  /** The names that it was made under (`EXPERIMENT_NAME`), in order of first appearance; none where it says none. */
  readonly names: readonly string[];
  /** Its variants in order of first appearance. */
  readonly experiments: readonly StudyExperiment[];
  /** One record a row, in the order of sending. */
  readonly records: readonly RequestRecord[];
  /** What such files can't tell, for `StudyOptions.notices`; what `studyFigures` sees by itself is not among it. */
  readonly notices: readonly string[];
}

/**
 * Reads `invocations_*.csv` of a folder, or one such file. A variant is a model, region and profile; of files that were made under several names
 * each name's are variants of their own. `ttft_ms` and `e2e_ms` are the notebook's seconds, `output_tokens_per_s` is
 * (output tokens - 1) / (last - first byte) and not the notebook's; what a file does not say is null.
 *
 * @throws {UserError} if there is no such file, or one is no table of the notebook's
 */
export async function readOldStudy(path: string): Promise<OldStudy> {
  const found = await readOldRows(path);
  const rows = inOrder(found.rows);
  const names = [...new Set(rows.flatMap((row) => row.EXPERIMENT_NAME ?? []))];
  const experiments = new Map<string, StudyExperiment>();
  const origin_ms = rows.find(({ sent_at_ms }) => sent_at_ms !== null)?.sent_at_ms ?? 0;
  const records = rows.map((row, i) => {
    const experiment = experimentOf(row, names.length > 1);
    experiments.getOrInsert(experiment.experiment_name, experiment);
    return recordOf(row, { experiment, index: i, origin_ms });
  });
  return {
    names,
    experiments: [...experiments.values()],
    records,
    notices: oldStudyNotices({ ...found, rows, names }),
  };
}

/** By the time of sending, to the second; those of one second, and those without a time, stay where they are. */
function inOrder(rows: readonly OldRow[]): OldRow[] {
  let last = -Infinity;
  return rows.map((row) => ({ row, at: last = row.sent_at_ms ?? last }))
    .sort((a, b) => a.at === b.at ? 0 : a.at - b.at)
    .map(({ row }) => row);
}

function experimentOf(row: OldRow, severalNames: boolean): StudyExperiment {
  const name = [row.model ?? "unknown model", row.region, row.inference_profile].filter((part) =>
    part !== null
  );
  const suffix = severalNames ? ` (${row.EXPERIMENT_NAME ?? "no name"})` : "";
  return {
    experiment_name: name.join(" ") + suffix,
    model_id: row.model ?? "unknown model",
    region: row.region,
    profile: row.inference_profile,
    service_tier: null,
  };
}

interface Place {
  readonly experiment: StudyExperiment;
  /** In the order of sending, from 0. */
  readonly index: number;
  /** When the first call was sent, UTC in milliseconds. */
  readonly origin_ms: number;
}

function recordOf(row: OldRow, { experiment, index, origin_ms }: Place): RequestRecord {
  const ok = isSuccess(row);
  const sent_ms = row.sent_at_ms === null ? null : row.sent_at_ms - origin_ms;
  const [ttft_ms, e2e_ms] = ok ? [inMs(row.time_to_first_byte), inMs(row.time_to_last_byte)] : [null, null];
  const after = (ms: number | null) => sent_ms === null || ms === null ? null : sent_ms + ms;
  const generation = {
    first_token_ms: ttft_ms,
    last_token_ms: e2e_ms,
    completion_tokens: row.model_output_tokens,
  };
  return {
    ...emptyRecord(),
    request_id: index.toString(16).padStart(16, "0"),
    attempt: 1,
    segment: "imported",
    round: row.run_count,
    experiment_name: experiment.experiment_name,
    model_id: experiment.model_id,
    region: experiment.region,
    arrival: "study",
    phase: "measure",
    sent_ms,
    first_token_ms: after(ttft_ms),
    last_token_ms: after(e2e_ms),
    ended_ms: after(e2e_ms),
    sent_at: row.sent_at_ms === null ? null : new Date(row.sent_at_ms).toISOString(),
    ttft_ms,
    e2e_ms,
    tpot_ms: ok ? tpotMs(generation) : null,
    output_tokens_per_s: ok ? outputTokensPerS(generation) : null,
    prompt_tokens: row.model_input_tokens,
    completion_tokens: row.model_output_tokens,
    max_tokens: row.configured_output_tokens_for_request,
    token_source: row.model_output_tokens === null ? null : "server",
    status: ok ? "ok" : "error",
    error_kind: ok ? null : kindOf(row.api_call_status),
    error_message: ok ? null : redact(row.full_error_message ?? row.api_call_status ?? "no reason given"),
    asked_latency_mode: experiment.profile,
  };
}

/** Seconds of two decimals as milliseconds. */
function inMs(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 1e6) / 1000;
}

const throttling = new Set([
  "throttlingexception",
  "toomanyrequestsexception",
  "servicequotaexceededexception",
]);

/** The kind of failure by the service's name for it; names of what breaks a stream off begin with a small letter. */
function kindOf(status: string | null): ErrorKind | null {
  if (status === null) return null;
  const own = errorKinds.find((kind) => kind === status);
  if (own !== undefined) return own;
  if (throttling.has(status.toLowerCase())) return "throttled";
  if (status.toLowerCase() === "modeltimeoutexception") return "timeout";
  if (!/^[a-z]/.test(status)) return "http";
  return status === "validationException" ? "validation" : "stream";
}
