/** Which request is struck by what: drawn from the seed and the request, never from the time. */

import { seededRandom } from "../core/mod.ts";
import {
  type FailureName,
  failureNames,
  type FaultSettings,
  probabilityOf,
  type ShapeName,
  shapeNames,
} from "./fault_options.ts";

/** What is done to one request. */
export interface Disturbance {
  readonly failure: FailureName | null;
  readonly shapes: ReadonlySet<ShapeName>;
  /** Where in the answer it happens: a fraction of its length, uniform in [0, 1). */
  readonly place: number;
}

/** A request as the draw sees it. */
export interface Draw {
  /** What the client calls it, or its prompt: the same key and use are always struck by the same. */
  readonly key: string;
  /** How often the key was seen, this time included. */
  readonly use: number;
  /** Its position in the order of arrival, from 1: what schedules count. */
  readonly n: number;
}

/** Draws what strikes a request; null when nothing does. */
export function drawDisturbance({ seed, chances }: FaultSettings, { key, use, n }: Draw): Disturbance | null {
  const uniform = (name: string) => seededRandom(seed, ["fault", name, key, use]).next();
  const scheduled = (name: FailureName | ShapeName) => {
    const chance = chances.get(name);
    return typeof chance === "object" && chance.includes(n);
  };
  const failure = failureNames.find(scheduled) ?? pickFailure(chances, uniform);
  const shapes = new Set(
    shapeNames.filter((name) => {
      const probability = probabilityOf(chances.get(name));
      return scheduled(name) || (probability > 0 && uniform(name) < probability);
    }),
  );
  if (failure === null && shapes.size === 0) return null;
  return { failure, shapes, place: uniform("place") };
}

/** What is left of a disturbance where a protocol has no form for some of it; null when nothing is. */
export function possible(
  disturbance: Disturbance | null,
  without: ReadonlySet<FailureName | ShapeName> = new Set(),
): Disturbance | null {
  if (disturbance === null) return null;
  const failure = disturbance.failure !== null && without.has(disturbance.failure)
    ? null
    : disturbance.failure;
  const shapes = new Set([...disturbance.shapes].filter((shape) => !without.has(shape)));
  return failure === null && shapes.size === 0 ? null : { ...disturbance, failure, shapes };
}

/** One number decides among all failures: their probabilities laid end to end. */
function pickFailure(
  chances: FaultSettings["chances"],
  uniform: (name: string) => number,
): FailureName | null {
  if (!failureNames.some((name) => probabilityOf(chances.get(name)) > 0)) return null;
  let left = uniform("failure");
  for (const name of failureNames) {
    left -= probabilityOf(chances.get(name));
    if (left < 0) return name;
  }
  return null;
}
