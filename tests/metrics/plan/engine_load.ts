/** Load on the timing model of the embedded endpoint, in simulated time: what a benchmark would measure, and what is true. */

import { seededRandom } from "../../../lib/core/mod.ts";
import { Engine, type Timing } from "../../../lib/simulate/engine.ts";

interface Running {
  readonly arrived: number;
}

/** Answers of 40 to 80 tokens to prompts of 400, drawn by name. */
function works(name: string) {
  const random = seededRandom(11, ["engine load", name]);
  return () => ({
    prompt_tokens: 400,
    completion_tokens: 40 + random.below(41),
    draw: () => random.next(),
  });
}

/** Response times with so many requests in flight, after one round that is not counted. */
export function closedLoop(timing: Timing, concurrency: number, requests: number): Float64Array {
  const engine = new Engine<Running>(timing);
  const work = works(`closed ${concurrency}`);
  const times: number[] = [];
  for (let i = 0; i < concurrency; i++) engine.submit({ arrived: 0 }, work(), 0);
  while (times.length < requests + concurrency) {
    const step = engine.take(Infinity)!;
    if (!step.last) continue;
    times.push(step.at - step.request.arrived);
    engine.submit({ arrived: step.at }, work(), step.at);
  }
  return Float64Array.from(times.slice(concurrency));
}

/** Response times of one engine under Poisson arrivals, after the first tenth. */
export function openLoop(timing: Timing, requests_per_minute: number, requests: number, name = "open") {
  const engine = new Engine<Running>(timing);
  const work = works(name);
  const gaps = seededRandom(12, ["gaps", name]);
  const times: number[] = [];
  const take = (until: number) => {
    for (let step = engine.take(until); step !== null; step = engine.take(until)) {
      if (step.last) times.push(step.at - step.request.arrived);
    }
  };
  for (let i = 0, now = 0; i < requests; i++) {
    now += gaps.exponential(60_000 / requests_per_minute);
    take(now);
    engine.submit({ arrived: now }, work(), now);
  }
  take(Infinity);
  return Float64Array.from(times.slice(Math.floor(requests / 10)));
}
