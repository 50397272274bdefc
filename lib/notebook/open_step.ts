/** Opening a step: what the first code cell of every notebook does. */

import { Interrupted, messageOf, type ProgressEvent, UserError } from "../core/mod.ts";
import { inputsThatDiffer, neededBy, outputOf, type StepContext } from "../pipeline/mod.ts";
import {
  type Manifest,
  ProgressWriter,
  readManifest,
  RunLog,
  type StepEntry,
  takeLock,
  withStep,
  writeManifest,
} from "../run/mod.ts";
import { armStopButton } from "./interrupt.ts";
import { joinByHand, type Joined, joinHeadless, type OpenOptions, startByHand } from "./joining.ts";
import { completeOutputs, headless, inKernel } from "./kernel.ts";
import { LiveProgress } from "./live_progress.ts";
import { renderOnSave } from "./render_on_save.ts";
import { type NotebookStep, openedStep, setOpenStep } from "./step.ts";

/**
 * Opens a step of the pipeline: finds run and config, takes the run's lock, checks that what the step reads is there, and
 * marks the step as running. Also makes outputs complete and the stop button safe. The step is then at hand as `step`.
 *
 * @param name the notebook's file name without `.ipynb`
 * @param options ignored where the headless runner says otherwise
 * @throws {UserError} naming the notebook to run when a predecessor is missing, the fault when the config has one
 */
export async function openStep(name: string, options: OpenOptions = {}): Promise<void> {
  completeOutputs();
  await openedStep()?.close();
  setOpenStep(null);
  const joined = headless
    ? await joinHeadless()
    : name === "0_setup"
    ? await startByHand(options)
    : await joinByHand(name, options);
  const release = await takeLock(joined.run.paths.lock, name);
  try {
    await checkSameInputs(name, joined);
    for (const needed of neededBy(name)) await outputOf(joined.run, needed);
    const step = new OpenStep(name, joined, armStopButton(), release);
    await step.mark({ status: "running", started_at: new Date().toISOString(), ended_at: null, error: null });
    setOpenStep(step);
    step.log("info", "step started");
    if (inKernel && !headless) console.log(`${name} · run ${joined.run.id}`);
  } catch (error) {
    await release();
    throw error;
  }
}

/** A run's steps must all see the same data, experiments and load; the config file may have been edited in between. */
async function checkSameInputs(name: string, { run, loaded }: Joined): Promise<void> {
  const different = inputsThatDiffer(loaded.config, await readManifest(run.paths.manifest));
  if (different.length === 0) return;
  throw new UserError({
    action: "open step",
    thing: name,
    found: `the config's ${different.join(", ")} changed since run ${run.id} was started`,
    expected: `${loaded.file} as it was then (budgets, prices and judges may change)`,
    remedy: "Start a new run with notebooks/0_setup.ipynb.",
  });
}

/** By hand no runner says how the run ended: it ends with its last step, and a step that is run again takes it up again. */
function statusByHand(steps: readonly StepEntry[]): Manifest["status"] {
  const has = (status: StepEntry["status"]) => steps.some((step) => step.status === status);
  if (has("running")) return "running";
  if (has("failed")) return "failed";
  if (has("interrupted")) return "interrupted";
  return has("pending") ? "running" : "finished";
}

class OpenStep implements NotebookStep {
  readonly name: string;
  readonly run: StepContext["run"];
  readonly loaded: StepContext["loaded"];
  readonly config: StepContext["config"];
  readonly signal: AbortSignal;
  #log: RunLog;
  #progress: ProgressWriter;
  #live = headless ? null : new LiveProgress();
  #liveLabel = "";
  #release: () => Promise<void>;
  #loadSeconds: number | null = null;
  #ended: "failed" | "interrupted" | null = null;

  constructor(name: string, { run, loaded }: Joined, signal: AbortSignal, release: () => Promise<void>) {
    this.name = name;
    this.run = run;
    this.loaded = loaded;
    this.config = loaded.config;
    this.signal = signal;
    this.#log = new RunLog(run.paths.log);
    this.#progress = new ProgressWriter(run.paths.progress);
    this.#release = release;
  }

  log(level: Parameters<StepContext["log"]>[0], text: string): void {
    this.#log.write(level, this.name, text);
  }

  progress(event: Omit<ProgressEvent, "at" | "step">): void {
    const whole = { at: new Date().toISOString(), step: this.name, ...event };
    this.#progress.write(whole);
    if (this.#live === null) return;
    if (event.label !== this.#liveLabel && event.done === 0) this.#live = new LiveProgress();
    this.#liveLabel = event.label;
    this.#live.update(whole);
  }

  loadTime(seconds: number): void {
    this.#loadSeconds = (this.#loadSeconds ?? 0) + seconds;
  }

  async mark(change: Partial<StepEntry>): Promise<void> {
    const { manifest: path } = this.run.paths;
    const manifest = withStep(await readManifest(path), this.name, change);
    await writeManifest(path, headless ? manifest : { ...manifest, status: statusByHand(manifest.steps) });
  }

  async fail(error: unknown): Promise<void> {
    const status = this.signal.aborted || error instanceof Interrupted ? "interrupted" : "failed";
    this.#ended = status;
    this.log(status === "failed" ? "error" : "warning", messageOf(error));
    await this.#live?.settle();
    await this.mark({
      status,
      ended_at: new Date().toISOString(),
      error: messageOf(error),
      load_s: this.#loadSeconds,
    });
    // What is wrong may have to be put right in another notebook, which needs the lock.
    await this.close();
  }

  async finish(): Promise<void> {
    if (this.#ended !== null) {
      // Run All goes on after a failed cell and would call this step finished.
      throw new UserError({
        action: "finish step",
        thing: this.name,
        found: this.#ended === "failed" ? "a cell above has failed" : "it was interrupted",
        remedy: "Run this notebook again from its first code cell.",
      });
    }
    await this.#live?.settle();
    await this.mark({
      status: "finished",
      ended_at: new Date().toISOString(),
      error: null,
      load_s: this.#loadSeconds,
    });
    this.log("info", "step finished");
    await this.close();
    if (inKernel && !headless) await renderOnSave(this);
  }

  async close(): Promise<void> {
    await this.#release();
  }
}
