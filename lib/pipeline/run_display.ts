/** How a run shows itself: a bar in a terminal, plain lines elsewhere, nothing when quiet. */

import cliProgress from "cli-progress";
import pico from "picocolors";
import { type ProgressEvent, showDuration, showRate } from "../core/mod.ts";
import type { Run } from "../run/mod.ts";

/** What the runner tells while it goes. */
export interface RunDisplay {
  note(line: string): void;
  started(run: Run, steps: readonly string[]): void;
  stepStarted(step: string): void;
  progress(event: ProgressEvent): void;
  stepEnded(step: string, seconds: number): void;
  /** The run is over before its last step. */
  ended(): void;
}

/** Shows nothing. */
export const quietDisplay: RunDisplay = {
  note() {},
  started() {},
  stepStarted() {},
  progress() {},
  stepEnded() {},
  ended() {},
};

const stepsOf = (steps: readonly string[]) => `${steps.length} ${steps.length === 1 ? "step" : "steps"}`;
/** `12 errors`, or nothing. */
const errorsOf = (event: ProgressEvent) => event.errors === 0 ? "" : ` · ${event.errors} errors`;
const rateOf = (event: ProgressEvent) => event.rate_per_s === null ? "" : ` · ${showRate(event.rate_per_s)}`;
const lastOf = (event: ProgressEvent) => event.last === undefined ? "" : ` · ${event.last}`;
/** Of what takes days, a line each minute is enough. */
const longestPauseMs = 60_000;
const etaOf = (event: ProgressEvent) =>
  event.eta_s === null ? "" : ` · ${showDuration(event.eta_s * 1000)} left`;

/**
 * One line an event, at most one each `everyMs` for progress, and one in a thousandth of the time that a step has taken already: for
 * logs, CI and pipes.
 */
export class PlainDisplay implements RunDisplay {
  #write: (line: string) => void;
  #everyMs: number;
  #lastAt = -Infinity;
  #begunAt = performance.now();

  constructor(write: (line: string) => void, everyMs = 5000) {
    this.#write = write;
    this.#everyMs = everyMs;
  }
  note(line: string): void {
    this.#write(line);
  }
  started(run: Run, steps: readonly string[]): void {
    this.#write(`run ${run.id}: ${stepsOf(steps)}, in ${run.paths.root}`);
  }
  stepStarted(step: string): void {
    this.#lastAt = -Infinity;
    this.#begunAt = performance.now();
    this.#write(`${step} ...`);
  }
  progress(event: ProgressEvent): void {
    const now = performance.now();
    const rest = Math.floor((now - this.#begunAt) / 1000);
    const pauseMs = Math.max(this.#everyMs, Math.min(longestPauseMs, rest));
    if (now - this.#lastAt < pauseMs) return;
    this.#lastAt = now;
    const counts = `${event.done}/${event.total}`;
    this.#write(
      `  ${counts}${rateOf(event)}${errorsOf(event)}${etaOf(event)} · ${event.label}${lastOf(event)}`,
    );
  }
  stepEnded(step: string, seconds: number): void {
    this.#write(`${step} done in ${showDuration(seconds * 1000)}`);
  }
  ended(): void {}
}

/** A bar for the running step and a line for each finished one. */
export class TerminalDisplay implements RunDisplay {
  #bar: cliProgress.SingleBar | null = null;
  #step = "";

  note(line: string): void {
    this.#clear();
    console.error(line);
  }
  started(run: Run, steps: readonly string[]): void {
    console.error(`${pico.bold(`run ${run.id}`)} · ${stepsOf(steps)} · ${pico.dim(run.paths.root)}`);
  }
  stepStarted(step: string): void {
    this.#clear();
    this.#step = step;
    this.#open();
  }
  progress(event: ProgressEvent): void {
    this.#bar?.setTotal(Math.max(1, event.total));
    this.#bar?.update(event.done, {
      facts: `${event.done}/${event.total}${rateOf(event)}${errorsOf(event)}${etaOf(event)}`,
      label: `${event.label}${lastOf(event)}`,
    });
  }
  stepEnded(step: string, seconds: number): void {
    this.#clear();
    console.error(`${pico.green("✔")} ${step.padEnd(24)} ${pico.dim(showDuration(seconds * 1000))}`);
  }

  ended(): void {
    this.#clear();
  }

  /** Takes the bar away. */
  #clear(): void {
    this.#bar?.stop();
    this.#bar = null;
  }
  #open(): void {
    this.#bar = new cliProgress.SingleBar({
      format: `  ${this.#step} {bar} {facts} ${pico.dim("{label}")}`,
      barsize: 20,
      hideCursor: true,
      clearOnComplete: true,
      linewrap: false,
    }, cliProgress.Presets.shades_classic);
    this.#bar.start(1, 0, { facts: "", label: "" });
  }
}
