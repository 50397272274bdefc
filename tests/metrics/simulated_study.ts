/** Latency studies without HTTP: two profiles on the same prompts, with all that makes real latencies hard to compare. */

import type { Random } from "../../lib/core/mod.ts";
import type { Pair } from "../../lib/metrics/mod.ts";

export interface StudyModel {
  readonly prompts: number;
  /** Calls with each prompt on each profile. */
  readonly calls: number;
  /** Ratio of the candidate's figure to the baseline's, by the geometric mean over all prompts there could be. */
  readonly ratio: number;
  /** How long the study goes on. */
  readonly days: number;
  /** Spread of the logarithms: levels of prompts; how differently the profiles take a prompt; the noise of one call. */
  readonly levels: number;
  readonly interaction: number;
  readonly noise: number;
  /** Spread of what changes between the two profiles as the study goes on, and about how often it does so. */
  readonly weather: number;
  readonly weatherChanges: number;
}

/** TTFT of 400 ms around: one call in 30 is exponentially late, which makes the tail that of a power law. */
export const ttftModel: StudyModel = {
  prompts: 50,
  calls: 20,
  ratio: 0.8,
  days: 7,
  levels: 0.6,
  interaction: 0.05,
  noise: 0.3,
  weather: 0,
  weatherChanges: 50,
};

/** 60 tokens a second around: it varies less. */
export const speedModel: StudyModel = { ...ttftModel, ratio: 1, levels: 0.1, interaction: 0.02, noise: 0.12 };

export interface SimulatedStudy {
  /** In the order in which they were made. */
  readonly pairs: Pair[];
  /** Logarithm of the ratio of all prompts that there could be. */
  readonly logRatio: number;
  /** The same of these prompts, each as often as it was sent. */
  readonly logRatioOfThese: number;
}

const day = 86_400_000;
/** A Monday. */
const start = Date.UTC(2026, 0, 5);

/**
 * A round holds each prompt once, in random order, a pair's calls in either order. Both calls share the hour of the day (a third more
 * at the peak), a drift (a fifth more at the end), and bursts: some 40 in the study, each making all calls of a 200th of it up to four times
 * slower; at its ends it meets one of the two only. What is left differs call by call.
 */
export function simulatedStudy(random: Random, model: StudyModel): SimulatedStudy {
  const { prompts, calls, days } = model;
  const scale = model.noise / ttftModel.noise;
  const n = prompts * calls;
  const takes = Array.from({ length: prompts }, (_, id) => ({
    id: `p${id}`,
    level: model.levels * random.normal(),
    ratio: Math.log(model.ratio) + model.interaction * random.normal(),
  }));
  const bursts = burstsOf(random, n);
  const call = (at: number, log: number) => {
    const late = random.next() < 1 / 30 ? random.exponential(0.7) : 0;
    const slow = bursts[Math.min(2 * n - 1, at)]!;
    return Math.exp(log + scale * (slow + late) + model.noise * random.normal());
  };
  const pairs: Pair[] = [];
  let weather = random.normal();
  const kept = Math.exp(-model.weatherChanges / n);
  for (let round = 0; round < calls; round++) {
    for (const { id, level, ratio } of random.shuffled(takes)) {
      const i = pairs.length;
      const at = i / n;
      weather = kept * weather + Math.sqrt(1 - kept * kept) * random.normal();
      const shared = level + scale * (0.15 * Math.sin(2 * Math.PI * at * days) + 0.2 * at);
      const first = random.next() < 0.5 ? 0 : 1;
      const baseline = 400 * call(2 * i + first, shared);
      const candidate = 400 * call(2 * i + 1 - first, shared + ratio + model.weather * weather);
      pairs.push({ prompt: id, at_ms: start + at * days * day, baseline, candidate });
    }
  }
  const logRatioOfThese = takes.reduce((sum, { ratio }) => sum + ratio / prompts, 0);
  return { pairs, logRatio: Math.log(model.ratio), logRatioOfThese };
}

/** How much slower each of 2n calls is for bursts, as a logarithm. */
function burstsOf(random: Random, n: number): Float64Array {
  const slow = new Float64Array(2 * n);
  for (let burst = 0; burst < 40; burst++) {
    const from = random.below(2 * n);
    const length = Math.ceil(random.exponential(n / 100));
    const by = Math.log(4) * random.next();
    for (let i = from; i < Math.min(2 * n, from + length); i++) slow[i]! += by;
  }
  return slow;
}
