/** Step 3: the plan, the load, and what became of every request. */

import { join } from "node:path";
import { defaultCredentials } from "../../aws/mod.ts";
import { configHash } from "../../config/mod.ts";
import {
  type Endpoint,
  Interrupted,
  type Level,
  type Payload,
  type Plan,
  showDuration,
  UserError,
  version,
} from "../../core/mod.ts";
import { payloadsIn } from "../../data/mod.ts";
import { isAlive, readEndpoints } from "../../deploy/mod.ts";
import {
  type AttemptMark,
  busiestSecond,
  type LevelSpec,
  loadLabel,
  markOf,
  outcomeOf,
  planLoad,
  readLevelEnds,
  readMarks,
  readPlan,
  remainingPlan,
  runLoad,
  writePlan,
} from "../../load/mod.ts";
import { attempt, type StepContext } from "../context.ts";
import { outputOf } from "../sources.ts";
import { table } from "../table.ts";
import { withTrust } from "./certification.ts";
import { countCompletions } from "./completion_counts.ts";
import { levelsOf } from "./levels.ts";
import { lastFleetSegment, lostWorkers, settleEarlierFleets, withFleet } from "./fleet.ts";
import { isCut, LimitWatch } from "./limit_watch.ts";
import { bringPrompts } from "./prompts.ts";
import { GapLog, readGaps } from "./gap_log.ts";
import { eachRecordOf } from "./records.ts";
import { studyPlan } from "./study_plan.ts";
import { StudyWatch } from "./study_watch.ts";
import { beginUtilisation } from "./utilisation.ts";
import { highest, type HighestLoad, workerCount } from "./worker_count.ts";

/**
 * Decides every request of the run and writes `plan.jsonl`.
 *
 * @returns a table of what is going to be sent
 */
export function planRequests(step: StepContext): Promise<string> {
  return attempt(step, async () => {
    await bringPrompts(step);
    const endpoints = await readEndpoints((await outputOf(step.run, "2_deploy_model")).paths.root);
    await checkAlive(endpoints);
    const levels: LevelSpec[] = [];
    for (const experiment of step.config.experiments) {
      const endpoint = endpointOf(endpoints, experiment.name);
      if (endpoint !== null) levels.push(...await levelsOf(step, experiment, endpoint));
      else if (!step.config.deployment.continue_without_failed) throw noEndpoint(experiment.name);
    }
    const trusted = await withTrust(step.run, levels, step.config.study?.parallel_calls ?? null);
    const plan = step.config.study === null ? await loadPlan(step, trusted) : studyPlan(step, trusted);
    await writePlan(step.run.paths.plan, plan);
    step.log("info", `planned ${plan.requests.length} requests in ${plan.header.levels.length} levels`);
    const byExperiment = Map.groupBy(plan.header.levels, ({ endpoint }) => endpoint.experiment_name);
    const rows = [...byExperiment].map(([name, own]) => [
      name,
      [...new Set(own.map(({ payload_file }) => payload_file))].join(", "),
      loadsIn(own),
      plan.requests.filter(({ level }) => own.some((one) => one.level === level)).length,
    ]);
    return table(["experiment", "payload files", "concurrency", "requests"], rows);
  });
}

async function loadPlan(step: StepContext, levels: readonly LevelSpec[]): Promise<Plan> {
  const prompts = new Map<string, Pick<Payload, "payload_id" | "prompt_tokens">[]>();
  for (const file of new Set(levels.map(({ payload_file }) => payload_file))) {
    const lengths = payloadsIn(join(step.run.paths.prompts, file));
    prompts.set(
      file,
      await Array.fromAsync(lengths, ({ payload_id, prompt_tokens }) => ({ payload_id, prompt_tokens })),
    );
  }
  return planLoad({
    seed: step.config.load.seed,
    config_hash: configHash(step.config),
    version,
    levels,
    payloads: (file) => prompts.get(file) ?? [],
  });
}

/** Endpoints may be those of an earlier run: all that are gone are named at once, before the first request. */
async function checkAlive(endpoints: readonly Endpoint[]): Promise<void> {
  const alive = await Promise.all(endpoints.map(isAlive));
  const gone = endpoints.filter((_, i) => !alive[i]);
  if (gone.length === 0) return;
  throw new UserError({
    action: "send load to",
    thing: gone.map(({ experiment_name }) => experiment_name).join(", "),
    found: `nothing answers at ${gone.map(({ url }) => url).join(", ")}`,
    expected: "endpoints that can be reached",
    remedy: "Run 2_deploy_model.ipynb again, or start your own endpoint.",
  });
}

function endpointOf(endpoints: readonly Endpoint[], experiment: string): Endpoint | null {
  return endpoints.find(({ experiment_name }) => experiment_name === experiment) ?? null;
}

function noEndpoint(experiment: string): UserError {
  return new UserError({
    action: "plan the load of",
    thing: experiment,
    found: "models/endpoints.json has no endpoint for it",
    expected: "one endpoint for each experiment",
    remedy: "Run 2_deploy_model.ipynb again.",
  });
}

/**
 * Sends the plan from worker processes and waits for the end. What happens to a request is a record in the journal. In a run
 * that was interrupted, only what is missing is sent.
 *
 * @throws {Interrupted} when the user or one of the run's limits stops it; everything so far is kept
 */
export function sendRequests(step: StepContext): Promise<void> {
  return attempt(step, async () => {
    await settleEarlierFleets(step);
    const whole = await readPlan(step.run.paths.plan);
    const last = Math.max(await lastSegment(step.run.paths.requests), await lastFleetSegment(step.run));
    const segment = `s${last + 1}`;
    const endpoints = whole.header.levels.map(({ endpoint }) => endpoint);
    const watch = new LimitWatch(step, { endpoints, segment });
    const study = StudyWatch.of(step, whole, segment);
    const earlier: AttemptMark[] = [];
    for await (const record of eachRecordOf(step.run)) {
      watch.takeEarlier(record);
      study?.takeEarlier(record);
      earlier.push(markOf(record));
    }
    const ends = await readLevelEnds(step.run.paths.root);
    const plan = remainingPlan(whole, earlier, ends, await readGaps(step.run));
    const done = whole.requests.length - plan.requests.length;
    if (done > 0) {
      step.log("notice", `${done} of ${whole.requests.length} requests ended in an earlier segment`);
    }
    watch.begin();
    if (watch.reason === null || plan.requests.length === 0) {
      const observer = plan.requests.length === 0 ? null : await beginUtilisation(step, endpoints, segment);
      const gaps = whole.header.study === undefined ? null : await GapLog.open(step.run);
      const started = performance.now();
      try {
        const { fleet } = step.config.load;
        await withFleet(step, plan.requests.length > 0, (hire) =>
          runLoad({
            plan: watch.within(plan),
            run_dir: step.run.paths.root,
            clock: step.config.load.clock,
            workers: fleet?.workers ?? workerCount(step.config.load.workers, highestLoadOf(plan)),
            segment,
            onNotice: (notice) => step.log("notice", notice),
            onProgress(event) {
              study?.look();
              step.progress(study === null ? event : study.told(event));
              watch.look();
            },
            ...gaps === null ? {} : { onGap: (gap) => gaps.keep(gap) },
            ...study === null ? {} : { enough: study.signal },
            onLevel: () => observer?.edge(),
            signal: AbortSignal.any([step.signal, watch.signal]),
            env: Deno.env.toObject(),
            credentials: defaultCredentials,
            ...hire === null ? {} : { hire },
          }));
        step.loadTime((performance.now() - started) / 1000);
      } finally {
        await observer?.stop();
        await gaps?.close();
      }
    }
    await countCompletions(step);
    await settleLoad(step, whole, watch, await lostWorkers(step.run, segment));
    // Polars is native code, loaded only when a table is made.
    const { buildParquet } = await import("../../analyze/mod.ts");
    await buildParquet(step.run.paths.root);
  });
}

/** Says what was sent. Throws Interrupted when the user stopped it, or a limit or a loss did while something was left to send. */
async function settleLoad(step: StepContext, whole: Plan, watch: LimitWatch, lost: number): Promise<void> {
  const { root } = step.run.paths;
  const [records, ends] = [await readMarks(step.run.paths.requests), await readLevelEnds(root)];
  const { ok, errors, cancelled, pending, planned } = outcomeOf(whole, records, ends);
  const words =
    `${planned} planned = ${ok} ok + ${errors} errors + ${cancelled} cancelled + ${pending} pending`;
  step.log("info", words);
  if (step.signal.aborted) {
    throw new Interrupted(`The load was stopped: ${words}. Everything so far is kept.`);
  }
  if (!isCut(whole, records, ends)) return;
  watch.look();
  if (watch.reason === null && lost > 0) {
    throw new Interrupted(
      `${lost} of the load's workers were lost (${words}). Everything so far is kept. ` +
        `To send what is missing: fmbench run --resume ${root}`,
    );
  }
  if (watch.reason === null) return;
  throw new Interrupted(
    `The load was stopped by ${watch.reason} (${words}). Everything so far is kept. ` +
      `To go on: fmbench run --resume ${root} --set ${watch.reason.split(":")[0]}=MORE`,
  );
}

/** The loads of levels in words, in ascending order: numbers of requests in flight, else rates. */
function loadsIn(levels: readonly Level[]): string {
  const size = ({ concurrency, request_rate_rps }: Level) => concurrency ?? request_rate_rps ?? 0;
  return [...new Set(levels.toSorted((a, b) => size(a) - size(b)).map(showLoad))].join(", ");
}

/** The load of a level in a table: the requests in flight, or the rate. */
function showLoad(level: Level): string {
  return level.concurrency === null ? loadLabel(level) : String(level.concurrency);
}

function highestLoadOf({ header, requests }: Plan): HighestLoad {
  const due = Map.groupBy(requests.filter(({ due_ms }) => due_ms !== null), ({ level }) => level);
  return {
    streams: highest(header.levels.map(({ concurrency }) => concurrency)),
    rate_rps: highest([...due.values()].map((own) => busiestSecond(own.map(({ due_ms }) => due_ms!)))),
  };
}

/** Number of the last start of the load, from 1, by the names of its journals (`s2-w0.jsonl`); 0 before the first. */
async function lastSegment(folder: string): Promise<number> {
  let last = 0;
  for await (const { name } of Deno.readDir(folder)) last = Math.max(last, segmentOf(name));
  return last;
}

const segmentOf = (journal: string) => Number(/^s(\d+)-/.exec(journal)?.[1] ?? 0);

/** What became of every planned request, as the journals of all segments say. */
export async function describeRequests({ run }: StepContext): Promise<string> {
  const ends = await readLevelEnds(run.paths.root);
  const outcome = outcomeOf(await readPlan(run.paths.plan), await readMarks(run.paths.requests), ends);
  const segments = await lastSegment(run.paths.requests);
  const rows = outcome.levels.map(({ level, ...counts }) => [
    level.endpoint.experiment_name,
    level.payload_file,
    showLoad(level),
    counts.planned,
    counts.ok,
    counts.errors,
    counts.cancelled,
    counts.pending,
    showDuration((counts.duration_s ?? NaN) * 1000),
  ]);
  const { planned, ok, errors, cancelled, pending } = outcome;
  return [
    table(
      [
        "experiment",
        "payload file",
        "concurrency",
        "planned",
        "ok",
        "errors",
        "cancelled",
        "pending",
        "took",
      ],
      rows,
    ),
    `${planned} planned = ${ok} ok + ${errors} errors + ${cancelled} cancelled + ${pending} pending.`,
    ...segments > 1 ? [`The load was started ${segments} times; each start sent what was missing.`] : [],
  ].join("\n\n");
}
