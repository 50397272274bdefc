/** A person's labels, and how far judges agree with them. */

import type { JudgePair, Verdict, Vote, VoteOutcome } from "../core/mod.ts";
import { pairwiseAgreement } from "./panel/agreement.ts";

/** What a person says of an answer. */
export type HumanLabel = "correct" | "incorrect";

const words: Readonly<Record<string, HumanLabel>> = {
  correct: "correct",
  right: "correct",
  yes: "correct",
  y: "correct",
  true: "correct",
  "1": "correct",
  incorrect: "incorrect",
  wrong: "incorrect",
  no: "incorrect",
  n: "incorrect",
  false: "incorrect",
  "0": "incorrect",
};

/** Reads a label as people type it (`Correct`, `right`, `yes`, `1`, ...); null: it says neither, as an empty cell does. */
export function readLabel(text: string): HumanLabel | null {
  const word = text.trim().toLowerCase();
  return Object.hasOwn(words, word) ? words[word]! : null;
}

/** What stands for the person, and for the verdict that counts, beside the names of the judges. */
export const human = "human";
export const verdictRater = "verdict";

/**
 * How far the verdict, and each judge of the panel, agrees with the person, on the answers that both have spoken on. The verdict comes
 * first; a judge that gave no vote on a labelled answer is there with n = 0.
 */
export function labelAgreement(
  labels: ReadonlyMap<string, HumanLabel>,
  verdicts: readonly Verdict[],
): JudgePair[] {
  const judges = new Set<string>();
  const votes = new Map<string, Vote>();
  const put = (answer_id: string, judge: string, outcome: VoteOutcome) =>
    votes.set(JSON.stringify([answer_id, judge]), { ...silent, answer_id, judge, outcome });
  for (const { answer_id, verdict, votes: given } of verdicts) {
    const label = answer_id === undefined ? undefined : labels.get(answer_id);
    if (answer_id === undefined || label === undefined) continue;
    put(answer_id, human, label);
    if (verdict === "correct" || verdict === "incorrect") put(answer_id, verdictRater, verdict);
    for (const [judge, outcome] of Object.entries(given ?? {})) {
      judges.add(judge);
      put(answer_id, `judge ${judge}`, outcome);
    }
  }
  const raters = [human, verdictRater, ...[...judges].map((judge) => `judge ${judge}`)];
  return pairwiseAgreement(votes.values(), raters).filter(({ judge }) => judge === human)
    .map((pair) => ({ ...pair, other: pair.other.replace(/^judge /, "") }));
}

/** The parts of a vote that agreement doesn't look at. */
const silent: Omit<Vote, "answer_id" | "judge" | "outcome"> = {
  model_id: "",
  explanation: null,
  raw: null,
  calls: 0,
  prompt_tokens: null,
  completion_tokens: null,
  latency_ms: null,
  error_message: null,
  at: "",
};
