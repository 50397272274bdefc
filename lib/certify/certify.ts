/** Drives the embedded endpoint through the workers of a run, and says how far this machine's client can be believed. */

import { join } from "node:path";
import {
  type Certificate,
  type Endpoint,
  type Plan,
  type ProgressEvent,
  type RequestRecord,
  UserError,
  version,
} from "../core/mod.ts";
import { cpuBetween, lagsBetween, readVitals, runLoad } from "../load/mod.ts";
import type { Truth } from "../simulate/mod.ts";
import { type JournalHeader, readJournal, readJsonLines, writeJsonLines } from "../storage/mod.ts";
import { startEndpoint } from "./endpoint_process.ts";
import { judge, limits } from "./judgement.ts";
import { certifyPayloads, type Ladder, payloadFile, planLadder, timing } from "./ladder.ts";
import { measureRung } from "./measurement.ts";

export interface CertifyOptions {
  /** What to try. */
  readonly ladder: Ladder;
  /** Highest concurrency of the plan it is for; null: it has none. */
  readonly planned_streams: number | null;
  /** Highest arrival rate of that plan; null: it has none. */
  readonly planned_rate_rps: number | null;
  /** For all of it: what is not done by then is cut. */
  readonly seconds: number;
  /** Load processes. @default 1 */
  readonly workers?: number;
  /** Whether nothing else is certified on this machine at the same time. @default true */
  readonly alone?: boolean;
  /** What the machine is, for the certificate. */
  readonly machine: Readonly<Record<string, string | number>>;
  /** Where a folder for plan, journals and log is made and removed again. @default the system's */
  readonly scratch_dir?: string;
  readonly onProgress?: (event: ProgressEvent) => void;
  readonly signal?: AbortSignal;
  /** @default the environment of this process */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** What ending the workers and the endpoint takes. */
const ending_ms = 500;

/**
 * Measures the client's own error. A machine that is too busy, or where the endpoint does not start, is a finding too: the
 * certificate says so. Aborted, it resolves to what was measured until then.
 */
export async function certify(options: CertifyOptions): Promise<Certificate> {
  const started = performance.now();
  const { planned_streams, planned_rate_rps, workers = 1, machine } = options;
  const frame = {
    schema: "fmbench.certify/1",
    certified_at: new Date().toISOString(),
    versions: { fmbench: version, deno: Deno.version.deno },
    machine,
    workers,
    events_per_stream_s: 1000 / timing.decode_ms,
    limits,
    planned_streams,
    planned_rate_rps,
  } as const;
  const folder = await Deno.makeTempDir({
    prefix: ".certify-",
    ...(options.scratch_dir === undefined ? {} : { dir: options.scratch_dir }),
  });
  try {
    const { rungs, ...how } = await measure(folder, options, started);
    return { ...frame, ...how, ...judge(rungs), took_s: secondsSince(started), fault: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const nothing = { clock: null, endpoint_realtime: null, ...judge([]) };
    return { ...frame, ...nothing, took_s: secondsSince(started), fault: error.message };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function measure(folder: string, options: CertifyOptions, started: number) {
  const { ladder, seconds, workers = 1, onProgress, signal, env = Deno.env.toObject() } = options;
  const prompts_dir = join(folder, "data", "prompts");
  const log_path = join(folder, "truth.jsonl");
  await writeJsonLines(join(prompts_dir, payloadFile), certifyPayloads());
  const simulated = {
    profile: timing,
    model_id: endpointName,
    accuracy: 1,
    prompts_dir,
    log_path,
    log_tokens: true,
  };
  const server = await startEndpoint(folder, simulated, options.alone ?? true);
  const left_ms = Math.max(0, seconds * 1000 - ending_ms - (performance.now() - started));
  const timeUp = AbortSignal.timeout(left_ms);
  let plan: Plan;
  try {
    plan = planLadder({ ladder, seconds, endpoint: endpointAt(server.url) });
    await runLoad({
      plan,
      run_dir: folder,
      segment,
      workers,
      signal: signal === undefined ? timeUp : AbortSignal.any([timeUp, signal]),
      env,
      ...(onProgress === undefined ? {} : { onProgress }),
    });
  } finally {
    await server.stop();
  }
  const { header, records } = await readJournals(folder, workers);
  const truths = new Map((await readJsonLines<Truth>(log_path)).map((truth) => [truth.request_id, truth]));
  const crew = (await readVitals(folder)).map(({ signs }) => signs);
  return {
    clock: header?.clock ?? null,
    endpoint_realtime: server.realtime,
    rungs: evidenceOf(plan, records).map((evidence) =>
      measureRung({
        ...evidence,
        truths,
        cpuBetween: (from, to) => sumOf(crew.map((signs) => cpuBetween(signs, from, to))),
        lagsBetween: (from, to) => crew.flatMap((signs) => lagsBetween(signs, from, to)),
      })
    ),
  };
}

const segment = "s1";
const endpointName = "certify";

function endpointAt(url: string): Endpoint {
  return {
    experiment_name: endpointName,
    endpoint_name: endpointName,
    predictor: "openai_chat",
    url,
    model_id: endpointName,
    instance_type: endpointName,
    instance_count: 1,
    region: null,
    deployed: true,
    simulated: true,
    api_key_env: null,
  };
}

/** What was planned and what came of it, rung by rung. */
function evidenceOf(plan: Plan, records: readonly RequestRecord[]) {
  const byId = new Map(records.map((record) => [record.request_id, record]));
  return plan.header.levels.map(({ level, concurrency, request_rate_rps }) => {
    const planned = plan.requests.filter((request) => request.level === level);
    return {
      streams: concurrency,
      rate_rps: request_rate_rps,
      planned,
      records: planned.flatMap(({ request_id }) => byId.get(request_id) ?? []),
    };
  });
}

async function readJournals(folder: string, workers: number) {
  const records: RequestRecord[] = [];
  let header: JournalHeader | null = null;
  for (let worker = 0; worker < workers; worker++) {
    const journal = await readJournal(join(folder, "requests", `${segment}-w${worker}.jsonl`));
    header ??= journal.header;
    records.push(...journal.records);
  }
  return { header, records };
}

/** null when a part is missing. */
function sumOf(parts: readonly (number | null)[]): number | null {
  return parts.reduce((sum, part) => sum === null || part === null ? null : sum + part, 0);
}

function secondsSince(started: number): number {
  return Math.round(performance.now() - started) / 1000;
}
