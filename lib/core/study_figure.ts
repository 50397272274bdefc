/** How the figures of a latency study are called, and which end of them is the slow one. */

import type { StudyFigure } from "./study.ts";

export interface StudyFigureKind {
  /** In full: `Time to first token`. */
  readonly title: string;
  /** Where there is little room: `TTFT`. */
  readonly short: string;
  readonly unit: "ms" | "tokens/s";
  readonly lower_is_better: boolean;
}

/** The kind of each figure. Where lower is better the slow tail is the high end, else the low one. */
export const studyFigureKinds: Readonly<Record<StudyFigure, StudyFigureKind>> = {
  ttft_ms: { title: "Time to first token", short: "TTFT", unit: "ms", lower_is_better: true },
  output_tokens_per_s: { title: "Output speed", short: "speed", unit: "tokens/s", lower_is_better: false },
  e2e_ms: { title: "Time to the end of the answer", short: "E2E", unit: "ms", lower_is_better: true },
};
