/** The progress of a load over all its workers and levels. */

import type { Clock, Plan, ProgressEvent } from "../core/mod.ts";
import { levelLabel } from "./level_spec.ts";
import type { ProgressMessage, StudyNews } from "./messages.ts";

/** The rate shown is the one of the last so many milliseconds. */
const rateWindow_ms = 5000;

interface Tally {
  done: number;
  errors: number;
  service_ms: number;
}

/** Merges what workers report into events for terminal and notebook. */
export class LoadProgress {
  readonly #plan: Plan;
  readonly #clock: Clock;
  readonly #step: string;
  readonly #tallies = new Map<string, { level: number; tally: Tally }>();
  /** Requests of each level; when it is over, those that came about. */
  readonly #planned: number[];
  /** How long each level takes by itself: open loop by its due times, else at most its duration; null = not limited. */
  readonly #spans_ms: readonly (number | null)[];
  #begun_ms: number;
  #level = 0;
  #past: { at: number; done: number }[];
  /** How a study stands, as each of its workers says. */
  readonly #news = new Map<string, StudyNews>();
  #last: string | null = null;

  constructor(plan: Plan, clock: Clock, step = "3_run_inference") {
    this.#plan = plan;
    this.#clock = clock;
    this.#step = step;
    this.#planned = plan.header.levels.map(() => 0);
    for (const { level } of plan.requests) this.#planned[level]!++;
    this.#spans_ms = spansOf(plan);
    this.#begun_ms = clock.now();
    this.#past = [{ at: this.#begun_ms, done: 0 }];
  }

  /** A level begins. */
  begin(level: number): void {
    this.#level = level;
    this.#begun_ms = this.#clock.now();
  }

  /** A level is over: what was not sent by now is not to come. */
  end(level: number): void {
    this.#planned[level] = this.#sum((i) => i === level).done;
  }

  /** Takes a worker's totals. */
  take(worker: string, message: ProgressMessage): void {
    const { progress: level, done, errors, service_ms } = message;
    this.#tallies.set(`${worker} ${level}`, { level, tally: { done, errors, service_ms } });
  }

  /** Takes what a worker says of a study. */
  takeStudy(worker: string, news: StudyNews): void {
    if (news.last !== this.#news.get(worker)?.last) this.#last = news.last;
    this.#news.set(worker, news);
  }

  /** The state of things now. */
  event(): ProgressEvent {
    const now = this.#clock.now();
    const all = this.#sum(() => true);
    this.#past.push({ at: now, done: all.done });
    while (this.#past.length > 2 && this.#past[1]!.at <= now - rateWindow_ms) this.#past.shift();
    const oldest = this.#past[0]!;
    const seconds = (now - oldest.at) / 1000;
    const level = this.#plan.header.levels[this.#level];
    const study = this.#plan.header.study !== undefined;
    return {
      at: this.#clock.date().toISOString(),
      step: this.#step,
      label: study ? "study" : level === undefined ? "" : levelLabel(level),
      done: all.done,
      total: this.#planned.reduce((sum, count) => sum + count, 0),
      errors: all.errors,
      rate_per_s: all.done === 0 || seconds <= 0 ? null : (all.done - oldest.done) / seconds,
      eta_s: study ? this.#studySecondsLeft() : this.#secondsLeft(),
      ...this.#last === null ? {} : { last: this.#last },
    };
  }

  #sum(which: (level: number) => boolean): Tally {
    const sum = { done: 0, errors: 0, service_ms: 0 };
    for (const { level, tally } of this.#tallies.values()) {
      if (!which(level)) continue;
      sum.done += tally.done;
      sum.errors += tally.errors;
      sum.service_ms += tally.service_ms;
    }
    return sum;
  }

  /** The longest that one of the workers still takes. */
  #studySecondsLeft(): number | null {
    const known = [...this.#news.values()].flatMap(({ left_s }) => left_s === null ? [] : [left_s]);
    return known.length === 0 ? null : Math.max(...known);
  }

  /** What is left of each level from now on, by the mean service time of its experiment, N at a time, or by its schedule. */
  #secondsLeft(): number | null {
    const { levels } = this.#plan.header;
    const all = this.#sum(() => true);
    if (all.done === 0) return null;
    const means = new Map<string, number>();
    let left_ms = 0;
    for (const { level, endpoint, concurrency } of levels.slice(this.#level)) {
      const mean = means.getOrInsertComputed(endpoint.experiment_name, (name) => {
        const own = this.#sum((i) => levels[i]?.endpoint.experiment_name === name);
        return own.done > 0 ? own.service_ms / own.done : all.service_ms / all.done;
      });
      const left = this.#planned[level]! - this.#sum((i) => i === level).done;
      const passed_ms = level === this.#level ? this.#clock.now() - this.#begun_ms : 0;
      const span_ms = this.#spans_ms[level] ?? Infinity;
      const byTime_ms = left === 0 ? 0 : Math.max(0, span_ms + mean - passed_ms);
      left_ms += concurrency === null ? byTime_ms : Math.min(left * mean / concurrency, byTime_ms);
    }
    return left_ms / 1000;
  }
}

function spansOf({ header, requests }: Plan): (number | null)[] {
  const spans = header.levels.map(({ duration_ms, concurrency, drain_ms }) =>
    concurrency === null ? 0 : duration_ms === null ? null : duration_ms + drain_ms
  );
  for (const { level, due_ms } of requests) {
    if (due_ms !== null) spans[level] = Math.max(spans[level] ?? 0, due_ms);
  }
  return spans;
}
