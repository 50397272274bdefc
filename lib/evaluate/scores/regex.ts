/** `regex`: the answer has a given form. */

import { patternFault, type ScoreFault, type ScoreOptions, UserError } from "../../core/mod.ts";
import { normaliseAnswer } from "../normalisation.ts";
import { type Comparison, decidedBy } from "./comparison.ts";
import { exact } from "./exact.ts";

/**
 * With a pattern that has a group: what the first group took in the last match is compared with the right answers like
 * `exact`; rows without a right answer are not scored. With a pattern without a group: a match is enough, and no right answer
 * is needed. Without a pattern: each right answer is a pattern, and a match of any is enough; those that are none are passed
 * over.
 *
 * Patterns are JavaScript's, with the flag `u`; `(?i:...)` ignores case.
 */
export function regex({ pattern }: ScoreOptions): Comparison {
  if (pattern === undefined) return decidedBy(compiled, (answer, truth) => truth.test(answer));
  const fault = patternFault(pattern);
  if (fault !== null) throw unreadable(pattern, fault);
  const wanted = new RegExp(pattern, "u");
  if (groups(pattern) === 0) return (answer) => ({ value: null, correct: wanted.test(answer) });
  const every = new RegExp(pattern, "gu");
  const compare = exact();
  return (answer, truths) => {
    const taken = [...answer.matchAll(every)].at(-1)?.[1] ?? "";
    return normaliseAnswer(taken) === "" && truths.length > 0
      ? { value: null, correct: false }
      : compare(taken, truths);
  };
}

function compiled(pattern: string): RegExp | null {
  try {
    return new RegExp(pattern, "u");
  } catch {
    return null;
  }
}

/** How many capture groups a pattern has: all of them are in the match of nothing. */
function groups(pattern: string): number {
  return (new RegExp(`${pattern}|`, "u").exec("")?.length ?? 1) - 1;
}

function unreadable(pattern: string, { found, expected }: ScoreFault): UserError {
  return new UserError({
    action: "score answers by the regular expression",
    thing: pattern,
    found,
    expected,
    remedy: "Escape only what has a meaning there: write `-`, not `\\-`, outside of brackets.",
  });
}
