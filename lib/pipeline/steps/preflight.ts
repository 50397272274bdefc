/** One cheap call to everything that load is about to be sent to, so that all that is wrong is known before it costs. */

import { join } from "node:path";
import { defaultCredentials } from "../../aws/mod.ts";
import { configHash } from "../../config/mod.ts";
import {
  isSigned,
  type Level,
  type Payload,
  type Prices,
  type RequestRecord,
  showDuration,
  showMoney,
  tariffOf,
  UserError,
  version,
} from "../../core/mod.ts";
import { planLoad, readPlan, runLoad } from "../../load/mod.ts";
import { tokenCost } from "../../metrics/mod.ts";
import { adviceFor } from "../../predict/mod.ts";
import { readJournal, writeJsonLines } from "../../storage/mod.ts";
import { attempt, type StepContext } from "../context.ts";
import { table } from "../table.ts";

/** The longest that a call may take; a model that is loaded answers one token long before. */
const timeout_ms = 60_000;
const file = "preflight.jsonl";
const prompt: Payload = {
  payload_id: "preflight",
  prompt: "Say yes.",
  prompt_tokens: 3,
  language: null,
  question: null,
  ground_truth: null,
};

/**
 * Asks every endpoint of the plan once, for one token, with the parameters of its experiment; what stands in for an endpoint
 * of ours needs no such question. The calls are kept in `preflight/`, not among the run's requests.
 *
 * @returns a table of the calls with what they cost
 * @throws {UserError} naming every endpoint that refuses, with what to do about it
 */
export function preflight(step: StepContext): Promise<string> {
  return attempt(step, async () => {
    if (!step.config.preflight) return "No pre-flight call: `preflight: no`.";
    const { header } = await readPlan(step.run.paths.plan);
    const asked = distinct(header.levels.filter(({ endpoint }) => !endpoint.simulated));
    if (asked.length === 0) return "No pre-flight call is needed: the run has started its endpoints itself.";
    const records = await callAll(step, asked);
    const calls = asked.map((level) => ({
      level,
      record: records.find(({ experiment_name }) => experiment_name === level.endpoint.experiment_name) ??
        null,
    }));
    const faults = calls.flatMap(faultOf);
    if (faults.length > 0) throw refusal(faults, asked.length);
    const { prices } = step.loaded;
    const rows = calls.map(({ level: { endpoint }, record }) => [
      endpoint.experiment_name,
      endpoint.model_id,
      endpoint.region ?? "",
      record?.error_kind === "throttled" ? "throttled: it may be called" : "answers",
      showDuration(record?.e2e_ms ?? NaN),
      costOf(record, endpoint, prices),
    ]);
    return table(["experiment", "model", "region", "pre-flight call", "took", "cost"], rows);
  });
}

/** One level for each experiment: two of the same endpoint may differ in their parameters. */
function distinct(levels: readonly Level[]): Level[] {
  return [...new Map(levels.map((level) => [level.endpoint.experiment_name, level])).values()];
}

async function callAll(step: StepContext, levels: readonly Level[]): Promise<RequestRecord[]> {
  const folder = join(step.run.paths.root, "preflight");
  // A pre-flight that is made again, for a resumed run or by hand, says how things are now.
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await writeJsonLines(join(folder, "data", "prompts", file), [prompt]);
  const planned = planLoad({
    seed: step.config.load.seed,
    config_hash: configHash(step.config),
    version,
    payloads: () => [prompt.payload_id],
    levels: levels.map(({ endpoint, stream, parameters }) => ({
      endpoint,
      stream,
      parameters,
      payload_file: file,
      ...{ arrival: "closed", concurrency: 1, warmup_requests: 0, requests: 1, min_iters: 1, max_iters: 1 },
      ...{ timeout_ms, stall_ms: timeout_ms, stop_error_rate: null },
    })),
  });
  const plan = { ...planned, requests: planned.requests.map((request) => ({ ...request, max_tokens: 1 })) };
  const started = performance.now();
  await runLoad({
    plan,
    run_dir: folder,
    clock: "user",
    segment: "s1",
    signal: step.signal,
    env: Deno.env.toObject(),
    credentials: defaultCredentials,
  });
  step.loadTime((performance.now() - started) / 1000);
  const records: RequestRecord[] = [];
  for await (const { name } of Deno.readDir(join(folder, "requests"))) {
    records.push(...(await readJournal(join(folder, "requests", name))).records);
  }
  return records;
}

interface Call {
  readonly level: Level;
  readonly record: RequestRecord | null;
}

/** What is wrong with an endpoint, in a line; nothing where it answered, or would if it were asked later. */
function faultOf({ level: { endpoint }, record }: Call): string[] {
  const { experiment_name, api_key_env, predictor } = endpoint;
  if (record === null) return [`${experiment_name}: it was not asked`];
  if (record.status === "ok" || record.error_kind === "throttled") return [];
  const advice = adviceFor({ ...record, api_key_env, signed: isSigned(predictor) });
  return [
    `${experiment_name}: ${record.error_message ?? record.status}${advice === null ? "" : `; ${advice}`}`,
  ];
}

function refusal(faults: readonly string[], asked: number): UserError {
  return new UserError([
    `Cannot send load to ${faults.length} of ${asked} experiments: the pre-flight call failed.`,
    ...faults.map((fault) => `  - ${fault}`),
    "Correct these, or leave the calls out with --no-preflight. No load was sent.",
  ].join("\n"));
}

function costOf(record: RequestRecord | null, endpoint: Level["endpoint"], prices: Prices): string {
  const tariff = tariffOf(endpoint, prices);
  if (record === null || tariff === null) return "not known";
  if (tariff.basis === "instance") return "within the hour";
  const cost = tokenCost(record, tariff.price);
  return cost === null ? "not known" : showMoney(cost, prices.meta.currency);
}
