/** The headless runner: executes the notebooks of the enabled steps in order and believes nothing but the manifest. */

import type { LoadedConfig, LoadOptions } from "../config/mod.ts";
import { Interrupted, messageOf, StepError, UserError } from "../core/mod.ts";
import { removeAll } from "../deploy/mod.ts";
import {
  lockHolder,
  type Manifest,
  markRunner,
  ProgressFollower,
  readManifest,
  type Run,
  RunLog,
  stepEntry,
  withStep,
  writeManifest,
} from "../run/mod.ts";
import { carryInputs } from "./carried_inputs.ts";
import { checkDeployments } from "./deployment_plans.ts";
import { describeFailure, placeOf } from "./diagnosis.ts";
import { toEnvironment } from "./environment.ts";
import { type NotebookEvent, NotebookSession } from "./nbconvert/session.ts";
import { enabledSteps, startRun } from "./new_run.ts";
import { checkWriteBucket, Mirroring, mirrorLine } from "./mirroring.ts";
import { findNotebooks } from "./notebook_files.ts";
import { ensureJupyter, type Jupyter } from "./python.ts";
import { becomesReport, renderReport } from "./rendering.ts";
import { resourcesLeft, settleCrashedRuns } from "./resources_left.ts";
import { reopenRun } from "./resumption.ts";
import type { RunDisplay } from "./run_display.ts";
import { removersFor } from "./removers.ts";

export interface RunnerOptions {
  readonly loaded: LoadedConfig;
  readonly load: LoadOptions;
  readonly resultsDir: string;
  /** `--from RUN`: the run whose output stands in for steps that are switched off. */
  readonly from: string | null;
  /** `--resume RUN`: go on with this run instead of starting one. */
  readonly resume?: string | null;
  readonly display: RunDisplay;
  /**
   * Whether the caller goes on with what step 2 creates, and removes it at the end: then it goes when this run fails, and nothing is
   * said of it when it does not. @default no: step 6 decides, and what it leaves is said
   */
  readonly createsForCaller?: boolean;
  /** Seconds without a sign of life (a cell's end, a progress event) after which a step is given up. */
  readonly silenceSeconds: number;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** A run that ended well. */
export interface FinishedRun {
  readonly run: Run;
  readonly manifest: Manifest;
  /** Where its copy is, and why that is incomplete, if it is. */
  readonly mirror: { readonly address: string; readonly failure: string | null } | null;
}

const POLL_MS = 200;
/** How long a stopped step may take to write down what it has. */
const STOP_GRACE_MS = 10_000;

/**
 * Runs the enabled steps. A step counts as done when its notebook was executed without an error *and* its entry in the
 * manifest says `finished`.
 *
 * @returns the run and its manifest as it is at the end
 * @throws {StepError} naming notebook, cell, line and reason; the run directory holds the evidence
 * @throws {Interrupted} after Ctrl-C, when everything that was started has ended
 */
export async function runSteps(options: RunnerOptions): Promise<FinishedRun> {
  const { display, loaded, load } = options;
  await checkWriteBucket(loaded.config, load);
  const steps = options.resume ? [] : enabledSteps(loaded);
  if (steps.includes("2_deploy_model")) await checkDeployments(loaded, "new");
  const { resultsDir, resume, from } = options;
  for (const line of await settleCrashedRuns(resultsDir, [resume, from])) display.note(line);
  const jupyter = await ensureJupyter("run", (line) => display.note(line));
  const { run, notebooks } = await prepare(options);
  await using _mark = { [Symbol.asyncDispose]: await markRunner(run.paths.runner) };
  display.started(run, [...notebooks.keys()]);
  using mirroring = await Mirroring.open(run, loaded.config, load, (line) => display.note(line));
  if (mirroring !== null && !options.resume) await carryInputs(run, loaded);
  const runner = new Runner(options, run, jupyter, notebooks, mirroring);
  try {
    await runner.execute();
  } catch (error) {
    await runner.abandon(error);
    throw error;
  }
  const left = options.createsForCaller ? null : resourcesLeft(run);
  if (left !== null) display.note(left);
  const mirror = mirroring === null ? null : { address: mirroring.address, failure: mirroring.failure };
  return { run, manifest: await readManifest(run.paths.manifest), mirror };
}

/** The run to work on with the notebooks to execute; when a notebook is missing, nothing is created. */
async function prepare(options: RunnerOptions): Promise<{ run: Run; notebooks: Map<string, string> }> {
  const { loaded, load, resultsDir, from, resume } = options;
  if (resume) {
    const { run, steps } = await reopenRun(resume, loaded);
    return { run, notebooks: await findNotebooks(steps, loaded.file, loaded.files.notebooks) };
  }
  const notebooks = await findNotebooks(enabledSteps(loaded), loaded.file, loaded.files.notebooks);
  const { parameters = {}, sets = [] } = load;
  const run = await startRun({ loaded, parameters, sets, resultsDir, from, now: new Date() });
  return { run, notebooks };
}

class Runner {
  #log: RunLog;
  #session: NotebookSession;
  #progress: ProgressFollower;
  #reports: Promise<unknown>[] = [];
  #current: string | null = null;
  #notebook = "";
  #cell: number | null = null;
  #lastSign = performance.now();

  constructor(
    readonly options: RunnerOptions,
    readonly run: Run,
    readonly jupyter: Jupyter,
    readonly notebooks: ReadonlyMap<string, string>,
    readonly mirroring: Mirroring | null,
  ) {
    this.#log = new RunLog(run.paths.log);
    this.#progress = new ProgressFollower(run.paths.progress, true);
    this.#session = new NotebookSession({
      jupyter,
      notebooks: [...notebooks.values()],
      evidenceDir: run.paths.notebooks,
      env: toEnvironment({
        config: options.loaded.file,
        run: run.paths.root,
        load: { ...options.load, ...(options.loaded.identity && { identity: options.loaded.identity }) },
      }),
      onStderr: (line) => {
        if (line.trim() !== "" && !line.includes("is unstable")) this.#log.write("info", "jupyter", line);
      },
    });
  }

  async execute(): Promise<void> {
    await this.mirroring?.begin();
    const watch = setInterval(() => this.#showProgress(), POLL_MS);
    try {
      for (const [step, notebook] of this.notebooks) {
        await this.#executeStep(step, notebook);
        // Before the next step begins: what it measures must not share the network with a copy.
        await this.mirroring?.update(step);
      }
      const code = await this.#session.end();
      if (code !== 0) throw this.#failure(`nbconvert ended with exit code ${code}`);
      await Promise.all(this.#reports);
      await this.#closeManifest("finished");
      await this.mirroring?.update("the end of the run");
    } finally {
      clearInterval(watch);
    }
  }

  async #executeStep(step: string, notebook: string): Promise<void> {
    this.#current = step;
    this.#notebook = notebook;
    this.#cell = null;
    const startedAt = performance.now();
    this.options.display.stepStarted(step);
    for (;;) {
      const event = await this.#nextEvent();
      if (event === null) throw this.#failure("nbconvert ended before the notebook was through");
      if (event.event === "ready") await this.#session.go();
      if (event.event === "executed") break;
      if (event.event === "failed" || event.event === "died" || event.event === "broken") {
        const entry = stepEntry(await readManifest(this.run.paths.manifest), step);
        if (entry?.status === "interrupted") {
          throw new Interrupted(entry.error ?? `Step ${step} was stopped.`);
        }
        if (event.event === "failed") this.#log.write("info", step, event.stack);
        throw this.#failure(await describeFailure(event, notebook));
      }
    }
    const entry = stepEntry(await readManifest(this.run.paths.manifest), step);
    if (entry?.status !== "finished") {
      throw this.#failure(
        `${step}.ipynb ran to its end, but the step is "${entry?.status ?? "unknown"}" in the manifest: ` +
          "its last cell must call `await step.finish()`",
      );
    }
    this.#showProgress();
    this.options.display.stepEnded(step, (performance.now() - startedAt) / 1000);
    if (becomesReport(step)) {
      const report = renderReport(this.jupyter, this.run, step);
      report.catch(() => {});
      this.#reports.push(report);
    }
    this.#current = null;
  }

  /** The next event of the notebook; gives the step up when the user stops it or when it shows no sign of life. */
  async #nextEvent(): Promise<NotebookEvent | null> {
    const next = this.#session.next();
    const { signal, silenceSeconds } = this.options;
    this.#lastSign = performance.now();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const silence = new Promise<"silent">((resolve) => {
      timer = setInterval(() => {
        if (performance.now() - this.#lastSign > silenceSeconds * 1000) resolve("silent");
      }, POLL_MS);
    });
    const stopped = new Promise<"stopped">((resolve) => {
      if (signal.aborted) resolve("stopped");
      signal.addEventListener("abort", () => resolve("stopped"), { once: true });
    });
    try {
      const first = await Promise.race([next, silence, stopped]);
      if (first === "silent") {
        const place = await placeOf(this.#notebook, this.#cell);
        throw this.#failure(`${place}: no sign of life for ${silenceSeconds} s`);
      }
      if (first === "stopped") {
        await this.#stopStep(next);
        throw new Interrupted(
          `The run was stopped in step ${this.#current}. Everything so far is in ${this.run.paths.root}; log: ${this.run.paths.log}`,
        );
      }
      if (first?.event === "cell") this.#cell = first.cell;
      return first;
    } finally {
      clearInterval(timer);
    }
  }

  /** Asks the step to stop as the notebook's stop button does, and gives it time to write down what it has. */
  async #stopStep(next: Promise<NotebookEvent | null>): Promise<void> {
    const holder = await lockHolder(this.run.paths.lock);
    if (holder === null) return;
    Deno.kill(holder.pid, "SIGINT");
    let timer: ReturnType<typeof setTimeout> | undefined;
    const grace = new Promise((resolve) => timer = setTimeout(resolve, STOP_GRACE_MS));
    await Promise.race([next, grace]);
    clearTimeout(timer);
  }

  #showProgress(): void {
    for (const event of this.#progress.read()) {
      this.#lastSign = performance.now();
      this.options.display.progress(event);
    }
  }

  #failure(reason: string): StepError {
    return new StepError(
      `${reason.replace(/\.$/, "")}. Evidence: ${this.run.paths.notebooks}; log: ${this.run.paths.log}`,
    );
  }

  /** Ends everything that was started and writes down how the run ended. Nothing that ran is lost. */
  async abandon(error: unknown): Promise<void> {
    this.options.display.ended();
    await this.#session.kill();
    await Promise.allSettled(this.#reports);
    const stopped = error instanceof Interrupted;
    const status = stopped ? "interrupted" : "failed";
    this.#log.write(stopped ? "warning" : "error", this.#current ?? "run", messageOf(error));
    if (this.#current !== null) {
      const manifest = await readManifest(this.run.paths.manifest);
      const entry = stepEntry(manifest, this.#current);
      const change = {
        status,
        ended_at: new Date().toISOString(),
        error: entry?.error ?? messageOf(error),
      } as const;
      await writeManifest(this.run.paths.manifest, withStep(manifest, this.#current, change));
    }
    await this.#removeCreated();
    await Deno.remove(this.run.paths.lock).catch(() => {});
    await this.#closeManifest(status);
    await this.mirroring?.update(this.#current ?? "the end of the run");
    if (this.mirroring) this.options.display.note(mirrorLine(this.mirroring, this.run.paths.root));
  }

  /** Removes what the run created, if step 6 would have; else says what is left. A failure to remove hides no other failure. */
  async #removeCreated(): Promise<void> {
    const { root, manifest } = this.run.paths;
    const cleansUp = this.options.createsForCaller ||
      stepEntry(await readManifest(manifest), "6_cleanup")?.status !== "skipped";
    try {
      for (
        const { kind, name, outcome } of cleansUp ? await removeAll(root, { removers: removersFor() }) : []
      ) {
        this.#log.write("info", "cleanup", `${kind} ${name} ${outcome}`);
      }
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#log.write("error", "cleanup", error.message);
      this.options.display.note(error.message);
    }
    const left = resourcesLeft(this.run);
    if (left !== null) this.options.display.note(left);
  }

  async #closeManifest(status: Manifest["status"]): Promise<void> {
    const { manifest } = this.run.paths;
    await writeManifest(manifest, { ...await readManifest(manifest), status });
    this.#log.write("info", "run", `run ${this.run.id} ${status}`);
  }
}
