/** Calls of two variants with one prompt at one time: what makes a difference between them visible. */

import type { PairedDifference, StudyFigure } from "../core/mod.ts";
import { comparisonsOf, type Pair, pairedDifference } from "../metrics/mod.ts";
import type { StudyCalls } from "./study_calls.ts";
import { figuresOfStudies, fits } from "./study_samples.ts";

/** What the pairs of a study say, and what must be known of them. */
export interface StudyPairs {
  readonly differences: readonly PairedDifference[];
  readonly notices: readonly string[];
}

/** Share of the blocks that may fail without a word. */
const worthNotice = 0.05;
/** Differences among which one is expected to look real by chance. */
const manyDifferences = 20;

/**
 * The paired differences between variants, joined by block and prompt; a request counts by its last success. A block in which one of
 * the two failed, or was served otherwise than asked, is in no pair.
 */
export function studyPairs(calls: readonly StudyCalls[], precision: number | null): StudyPairs {
  const blocks = calls.map(blocksOf);
  const share = (a: number, b: number) => blocks[a]!.keys().some((key) => blocks[b]!.has(key));
  const { comparisons, all } = comparisonsOf(calls.map(({ experiment }) => experiment), share);
  const lost: string[] = [];
  const differences = comparisons.flatMap(({ baseline, candidate }) => {
    const joined = joinedBlocks([calls[baseline]!, blocks[baseline]!], [
      calls[candidate]!,
      blocks[candidate]!,
    ]);
    const names = [baseline, candidate].map((i) => calls[i]!.experiment.experiment_name);
    const called = joined.both.length + joined.failed + joined.otherwise;
    if (joined.failed > worthNotice * called) {
      lost.push(`${joined.failed} of ${called} of ${names[1]} against ${names[0]}`);
    }
    return figuresOfStudies.map((figure): PairedDifference => ({
      baseline: names[0]!,
      candidate: names[1]!,
      ...pairedDifference(pairsOf(joined, figure), { figure, precision }),
    }));
  });
  return { differences, notices: noticesOf(calls, { lost, all, count: differences.length }) };
}

/** Position of the last success of a block's request, -1 where it has none, by block and prompt. */
type Blocks = ReadonlyMap<string, number>;

function blocksOf({ of, length }: StudyCalls): Blocks {
  const blocks = new Map<string, number>();
  for (let i = 0; i < length; i++) {
    if (Number.isNaN(of.block[i]!)) continue;
    const key = `${of.block[i]} ${of.prompt[i]}`;
    blocks.set(key, of.ok[i] === 1 ? i : blocks.get(key) ?? -1);
  }
  return blocks;
}

interface Joined {
  readonly baseline: StudyCalls;
  readonly candidate: StudyCalls;
  /** Positions in baseline and candidate of what was served as asked in both. */
  readonly both: readonly (readonly [number, number])[];
  /** Blocks with a request of either that never succeeded. */
  readonly failed: number;
  readonly otherwise: number;
}

function joinedBlocks([baseline, from]: [StudyCalls, Blocks], [candidate, to]: [StudyCalls, Blocks]): Joined {
  const both: [number, number][] = [];
  let [failed, otherwise] = [0, 0];
  for (const [key, i] of from) {
    const j = to.get(key);
    if (j === undefined) continue;
    if (i < 0 || j < 0) failed++;
    else if (baseline.of.served_otherwise[i] === 1 || candidate.of.served_otherwise[j] === 1) otherwise++;
    else both.push([i, j]);
  }
  return { baseline, candidate, both, failed, otherwise };
}

function pairsOf({ baseline, candidate, both }: Joined, figure: StudyFigure): Pair[] {
  return both.flatMap(([i, j]): Pair[] => {
    if (!fits(baseline, i, figure) || !fits(candidate, j, figure)) return [];
    const [from, to] = [baseline.of[figure][i]!, candidate.of[figure][j]!];
    if (Number.isNaN(from) || Number.isNaN(to)) return [];
    const at_ms = Math.min(baseline.of.at_ms[i]!, candidate.of.at_ms[j]!);
    return [{ prompt: String(baseline.of.prompt[i]), at_ms, baseline: from, candidate: to }];
  });
}

function noticesOf(
  calls: readonly StudyCalls[],
  { lost, all, count }: { lost: readonly string[]; all: boolean; count: number },
): string[] {
  const called = calls.filter(({ length }) => length > 0);
  const unpaired = called.every(({ of }) => of.block.every(Number.isNaN));
  return [
    ...called.length > 1 && unpaired
      ? ["Which calls belong together is not known, so that no two variants are compared pair by pair."]
      : [],
    ...called.length > 1 && !unpaired && count === 0
      ? ["No two variants were called with the same prompts, so that none are compared pair by pair."]
      : [],
    ...lost.length > 0
      ? [
        `Blocks in which one of the two failed are in no pair: ${
          listed(lost)
        }. The differences say nothing of them.`,
      ]
      : [],
    ...all ? [] : [
      `Paired differences are told between the profiles and tiers of one model, and against the first variant with the same prompts; ` +
      `other pairs of the ${called.length} variants are not told.`,
    ],
    ...count > manyDifferences
      ? [
        `Of ${count} paired differences about ${
          Math.round(count / 20)
        } would look real by chance alone if all variants were equal: ` +
        `each interval is one of 95 % by itself.`,
      ]
      : [],
  ];
}

function listed(texts: readonly string[], most = 4): string {
  const rest = texts.length - most;
  return texts.slice(0, most).join("; ") + (rest > 0 ? `; and in ${rest} comparisons more` : "");
}
