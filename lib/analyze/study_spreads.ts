/** How the figures of a study's variants are spread, in few numbers: distribution, box and tail. */

import type { StudySpread } from "../core/mod.ts";
import { quantile, sorted, type SortedNumbers } from "../metrics/mod.ts";
import { figuresOfStudies, type StudySamples } from "./study_samples.ts";

/** Steps between the least and the greatest value. */
const steps = 200;
/** Values that are shown one by one. */
const mostDots = 50;
/** Beyond so many interquartile ranges from the box a value is a dot of its own: Tukey's rule. */
const reach = 1.5;

/** The spreads of a variant by figure; none where a figure has no value. */
export function studySpreads(experiment_name: string, samples: StudySamples): StudySpread[] {
  return figuresOfStudies.flatMap((figure): StudySpread[] => {
    const values = sorted(samples[figure].values);
    if (values.length === 0) return [];
    const at = (perMille: number) => quantile(values, perMille)!;
    const quantiles = Array.from({ length: steps + 1 }, (_, i) => at(i * 1000 / steps));
    const slowIsHigh = figure !== "output_tokens_per_s";
    return [{ experiment_name, figure, n: values.length, quantiles, slowest: dots(values, slowIsHigh) }];
  });
}

/** The values beyond the whisker at the slow end, slowest first. */
function dots(values: SortedNumbers, slowIsHigh: boolean): number[] {
  const [low, high] = [quantile(values, 250)!, quantile(values, 750)!];
  const outermost = slowIsHigh ? values.slice(-mostDots).reverse() : values.slice(0, mostDots);
  const isDot = (value: number) =>
    slowIsHigh ? value > high + reach * (high - low) : value < low - reach * (high - low);
  return [...outermost].filter(isDot);
}
