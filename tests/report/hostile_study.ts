/** What is shown of a study, with hostile text wherever text from outside can stand. */

import * as chart from "../../lib/chart/mod.ts";
import type { StudyFigures } from "../../lib/core/mod.ts";
import * as report from "../../lib/report/mod.ts";
import { sampleStudy } from "../chart/sample_study.ts";
import { studyContext } from "./study_context.ts";

/** Every fragment and every chart of studies whose variants have these names, by turns. */
export function hostileStudy(attacks: readonly string[]): (string | chart.Chart)[] {
  const everything = attacks.join(" ");
  const context = {
    ...studyContext,
    ...{ title: everything, run_id: attacks[0]!, date: attacks[1]!, client_region: everything },
  };
  const study = (names: readonly string[]): StudyFigures => {
    const figures = sampleStudy(names.length, { names });
    return {
      ...figures,
      variants: figures.variants.map((variant, i) => ({
        ...variant,
        ...{ region: attacks[i]!, profile: everything, service_tier: attacks[i + 3]! },
        ...{ served_otherwise: 5, ok: 990 },
      })),
      gaps: figures.gaps.map((gap, i) => ({ ...gap, detail: attacks[i]! })),
      notices: attacks,
    };
  };
  return [attacks.slice(0, 2), attacks.slice(8, 16)].flatMap((names) => {
    const figures = study(names);
    return [
      report.studyHeader(figures, context),
      report.studySummary(figures, context),
      report.variantTable(figures),
      report.pairedTable(figures, { precision: null }),
      report.servedModeTable(figures),
      report.studyErrorTable(figures),
      report.coldTable(figures),
      report.gapTable(figures),
      chart.studySpread(figures),
      chart.studyBoxes(figures),
      chart.studyHours(figures),
      chart.studyTrend(figures),
      chart.studyPairs(figures),
      chart.studyNetwork(figures),
    ].filter((piece) => piece !== null);
  });
}
