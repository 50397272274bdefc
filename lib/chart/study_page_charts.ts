/** The two charts of a study's one page, drawn so that a page has room for them. */

import type { StudyFigures } from "../core/mod.ts";
import type { Chart } from "./chart.ts";
import { studyBoxes } from "./study_boxes.ts";
import { studyPairs } from "./study_pairs.ts";
import { studyTrend } from "./study_trend.ts";

const mostPairs = 4;
const mostVariants = 5;

/**
 * Paired differences (of TTFT and speed where there are two variants, else of TTFT, the closest ones), and the trend of up to four
 * variants or the boxes of the five that start soonest.
 */
export function studyPageCharts(figures: StudyFigures): Chart[] {
  const few = figures.variants.length <= 2;
  const pairs = studyPairs(figures, few ? ["ttft_ms", "output_tokens_per_s"] : ["ttft_ms"], mostPairs);
  const rank = (ms: number | null) => ms ?? Infinity;
  const soonest = [...figures.variants]
    .sort((a, b) => rank(a.ttft_ms.p50.value) < rank(b.ttft_ms.p50.value) ? -1 : 1)
    .slice(0, mostVariants).map(({ experiment_name }) => experiment_name);
  const second = figures.variants.length <= 4
    ? studyTrend(figures, "ttft_ms", 150) ?? studyBoxes(figures)
    : studyBoxes(figures, "ttft_ms", soonest);
  return [pairs, second].filter((chart) => chart !== null);
}
