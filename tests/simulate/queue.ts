/** The embedded endpoint's timing model under Poisson arrivals, in simulated time: no server, no clock. */

import { seededRandom } from "../../lib/core/mod.ts";
import { Engine, type Timing } from "../../lib/simulate/engine.ts";

/** Lengths of a request, drawn evenly between two bounds. */
export interface Lengths {
  readonly prompt_tokens: readonly [number, number];
  readonly completion_tokens: readonly [number, number];
}

export interface SimulatedRequest {
  readonly due_ms: number;
  readonly first_token_ms: number;
  readonly ended_ms: number;
  readonly completion_tokens: number;
}

/** Requests that come at a rate for so many seconds, from an empty engine on, each followed to its end. */
export function simulateArrivals(
  { timing, rate_rps, seconds, lengths, seed }: {
    timing: Timing;
    rate_rps: number;
    seconds: number;
    lengths: Lengths;
    seed: number | readonly (string | number)[];
  },
): SimulatedRequest[] {
  const random = seededRandom(1, ["queue", ...[seed].flat()]);
  const engine = new Engine<number>(timing);
  const requests: { due_ms: number; first_token_ms: number; ended_ms: number; completion_tokens: number }[] =
    [];
  const between = ([least, most]: readonly [number, number]) => least + random.below(most - least + 1);
  const follow = (until: number) => {
    for (let step = engine.take(until); step !== null; step = engine.take(until)) {
      if (step.kind !== "token") continue;
      const request = requests[step.request]!;
      if (step.index === 0) request.first_token_ms = step.at;
      if (step.last) request.ended_ms = step.at;
    }
  };
  for (let due_ms = random.exponential(1000 / rate_rps); due_ms < seconds * 1000;) {
    follow(due_ms);
    const completion_tokens = between(lengths.completion_tokens);
    const work = { prompt_tokens: between(lengths.prompt_tokens), completion_tokens, draw: random.next };
    engine.submit(requests.length, work, due_ms);
    requests.push({ due_ms, first_token_ms: 0, ended_ms: 0, completion_tokens });
    due_ms += random.exponential(1000 / rate_rps);
  }
  follow(Infinity);
  return requests;
}
