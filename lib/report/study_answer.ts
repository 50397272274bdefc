/** What a study says, in sentences of plain text: the page and the Markdown of the summary are made of them. */

import {
  type PairedDifference,
  showNumber,
  showPercent,
  type StudyFigure,
  studyFigureKinds,
  type StudyFigures,
  studyPairOf,
  type StudyVariant,
} from "../core/mod.ts";
import { studyCaveats } from "./study_caveats.ts";
import { type StudyChoice, studyChoice } from "./study_choice.ts";
import type { StudyContext } from "./study_context.ts";
import { nextSteps } from "./study_next_steps.ts";
import {
  countOf,
  endsWords,
  figureSize,
  listOf,
  probabilityNumber,
  probabilityWord,
  showMinute,
  showSpan,
  signedPercent,
  signedSize,
} from "./study_words.ts";

/** Plain text; nothing in it is escaped. */
export interface StudyAnswer {
  /** The answer in a sentence or two. */
  readonly headline: string;
  readonly sections: readonly AnswerSection[];
}

export interface AnswerSection {
  readonly heading: string;
  readonly points: readonly string[];
}

/**
 * The answer: what to choose, by how much, how sure, what it rests on, what stands against it, what to do next.
 *
 * @param most comparisons that are told one by one; more are counted
 */
export function studyAnswer(figures: StudyFigures, context: StudyContext, most = 4): StudyAnswer {
  const choice = studyChoice(figures);
  const sections: AnswerSection[] = [
    { heading: amountHeading, points: amounts(figures, choice, most) },
    { heading: certaintyHeading, points: certainty(figures, choice, most) },
    { heading: basisHeading, points: basis(figures, context) },
    { heading: "What stands against it", points: studyCaveats(figures, context) },
    { heading: "What to do next", points: nextSteps(figures, context, choice) },
  ];
  return {
    headline: headline(figures, choice),
    sections: sections.filter(({ points }) => points.length > 0),
  };
}

/** Heading of the comparisons. */
export const amountHeading = "By how much (in brackets 95 % intervals)";
export const certaintyHeading = "How sure";
export const basisHeading = "What it rests on";

const doing: Readonly<Record<StudyFigure, { readonly more: string; readonly less: string }>> = {
  ttft_ms: { less: "starts to answer sooner", more: "starts to answer later" },
  output_tokens_per_s: { more: "writes faster", less: "writes slower" },
  e2e_ms: { less: "finishes its answers sooner", more: "finishes its answers later" },
};

/** What a better variant does. */
const betterWords = (figure: StudyFigure) =>
  doing[figure][studyFigureKinds[figure].lower_is_better ? "less" : "more"];

function headline(figures: StudyFigures, choice: StudyChoice): string {
  const quiet = "That does not mean that they are equally fast.";
  switch (choice.kind) {
    case "nothing":
      return figures.variants.every(({ calls }) => calls === 0)
        ? "Nothing was measured, so nothing can be recommended."
        : "No call succeeded, so nothing can be recommended.";
    case "one": {
      const { experiment_name: name, ttft_ms, output_tokens_per_s } = choice.variant;
      const only = figures.variants.length === 1 ? "was measured" : "has answered";
      const ttft = ttft_ms.p50.value;
      const speed = output_tokens_per_s.p50.value;
      const known = [
        ttft === null ? "" : `half of its answers begin within ${figureSize("ttft_ms", ttft)}`,
        speed === null ? "" : `half are written at ${figureSize("output_tokens_per_s", speed)} or more`,
      ].filter((part) => part !== "").join(", ");
      return `No choice: only ${name} ${only}${known === "" ? "." : `; ${known}.`}`;
    }
    case "not enough data":
      return "Not enough data to choose: no two variants have enough calls on the same prompts at the same time.";
    case "no difference":
      return `No difference shown: neither in TTFT nor in speed does one variant keep ahead of the others beyond chance. ${quiet}`;
    case "errors":
      return `No recommendation on speed alone: ${choice.variant.experiment_name} ${
        betterWords(choice.figure)
      } than ${overWords(choice.over)}, but it fails more often: ${
        rate(choice.variant)
      } of its calls, against ${
        listOf(choice.safer.map((variant) => `${rate(variant)} of ${variant.experiment_name}`), 3)
      }.`;
    case "trade-off":
      return `It depends: ${choice.variant.experiment_name} ${betterWords(choice.figure)} than ${
        overWords(choice.over)
      }, but ${choice.quicker.experiment_name} ${betterWords("output_tokens_per_s")} than it${
        endWords(figures, choice.variant, choice.quicker)
      }`;
    case "choice": {
      const { variant, figure, over, level, apart } = choice;
      const beside = level.length === 0
        ? ""
        : ` No difference to ${listOf(level.map(({ baseline }) => baseline), 3)} is shown.`;
      const left = apart.length === 0
        ? ""
        : ` It was not compared pair by pair with ${
          listOf(apart.map(({ experiment_name }) => experiment_name), 3)
        }: see their medians.`;
      return `Choose ${variant.experiment_name}: it ${betterWords(figure)} than ${overWords(over)}, ${
        amount(over[0]!, over.length > 1)
      }.${beside}${left}`;
    }
  }
}

const rate = ({ error_rate }: StudyVariant) => showPercent(error_rate.value);

function overWords(over: readonly PairedDifference[]): string {
  return over.length === 1 ? over[0]!.baseline : `${over.length} others`;
}

/** `by 64 ms (20 % less)`, of the closest one where there are several. */
function amount(pair: PairedDifference, several: boolean): string {
  const { change, difference, figure } = pair;
  const size = difference.value === null ? null : figureSize(figure, Math.abs(difference.value));
  const part = change.value === null
    ? null
    : `${showPercent(Math.abs(change.value))} ${change.value < 0 ? "less" : "more"}`;
  const both = size === null ? part : part === null ? size : `${size} (${part})`;
  return `by ${both ?? "an amount that is not known"}${
    several ? ` against the closest, ${pair.baseline}` : ""
  }`;
}

/** Which of the two has finished first. */
function endWords(figures: StudyFigures, a: StudyVariant, b: StudyVariant): string {
  const pair = studyPairOf(figures, "e2e_ms", a.experiment_name, b.experiment_name);
  if (pair === null || pair.verdict === "not enough data") return ".";
  if (pair.verdict === "no difference shown") {
    return ". To the end of answers as long as these no difference is shown.";
  }
  const first = pair.verdict === "better" ? a : b;
  return `. To the end of answers as long as these ${first.experiment_name} is the faster one.`;
}

/** The pairs that the text is about: those of the fastest one, else all. */
function told(figures: StudyFigures, choice: StudyChoice): PairedDifference[] {
  if ("over" in choice) return [...choice.over, ...choice.level];
  return figures.pairs.filter(({ figure }) => figure === "ttft_ms");
}

function amounts(figures: StudyFigures, choice: StudyChoice, most: number): string[] {
  const pairs = told(figures, choice);
  const shown = pairs.length === most + 1 ? most + 1 : most;
  const points = pairs.slice(0, shown).map((pair) => {
    const all = (["ttft_ms", "output_tokens_per_s", "e2e_ms"] as const).flatMap((figure) => {
      const own = figure === pair.figure ? pair : studyPairOf(figures, figure, pair.candidate, pair.baseline);
      return own === null ? [] : [amountOf(own)];
    });
    const who = "over" in choice ? `Against ${pair.baseline}` : `${pair.candidate} against ${pair.baseline}`;
    return `${who}: ${all.join("; ")}.`;
  });
  return pairs.length > shown
    ? [...points, `${countOf(pairs.length - shown, "other comparison")} in the analysis.`]
    : points;
}

function amountOf({ figure, change, difference, verdict }: PairedDifference): string {
  const { short } = studyFigureKinds[figure];
  if (verdict === "not enough data" || change.value === null) return `${short} not enough data`;
  const size = difference.value === null ? "" : `${signedSize(figure, difference.value)}, `;
  const interval = endsWords(change, signedPercent);
  const chance = verdict === "no difference shown" ? ", no difference shown" : "";
  return `${short} ${size}${signedPercent(change.value)}${
    interval === null ? "" : ` (${interval})`
  }${chance}`;
}

function certainty(figures: StudyFigures, choice: StudyChoice, most: number): string[] {
  const pairs = told(figures, choice).filter(({ verdict }) => verdict !== "not enough data");
  if (pairs.length === 0) return [];
  const clustered = pairs.some(({ clustered_by }) => clustered_by === "prompt and time");
  const how =
    `Each pair is one prompt on both variants, one call right after the other. The intervals allow for prompts that differ${
      clustered ? " and, as there are few prompts, for times that differ" : ""
    }.`;
  if (!("over" in choice)) {
    return [
      ...pairs.slice(0, most).map((pair) => `${sureWords(pair, pair.candidate)}${winWords(pair)}`),
      how,
    ];
  }
  const sure = choice.over.filter(({ probability }) => probability !== null);
  const weakest = sure.reduce<PairedDifference | null>(
    (least, pair) => least === null || (pair.probability ?? 0) < (least.probability ?? 0) ? pair : least,
    null,
  );
  if (weakest === null) return [how];
  const several = sure.length > 1 ? " It is the least sure of these comparisons." : "";
  return [`${sureWords(weakest, "it")}${winWords(weakest)}${several}`, how];
}

function sureWords({ baseline, figure, probability }: PairedDifference, who: string): string {
  if (probability === null) {
    return `How likely ${who} ${betterWords(figure)} than ${baseline} is not known.`;
  }
  return `That ${who} ${betterWords(figure)} than ${baseline} is ${
    probabilityWord(probability)
  } (probability ${probabilityNumber(probability)}).`;
}

function winWords({ wins, pairs, prompts }: PairedDifference): string {
  const count = `${countOf(pairs, "pair")} on ${countOf(prompts, "prompt")}`;
  return wins.value === null
    ? ` It rests on ${count}.`
    : ` It did better in ${showPercent(wins.value)} of ${count}.`;
}

function basis(figures: StudyFigures, context: StudyContext): string[] {
  const { variants, from_at, until_at } = figures;
  const calls = variants.reduce((sum, variant) => sum + variant.calls, 0);
  if (calls === 0) return [];
  const prompts = Math.max(...variants.map((variant) => variant.prompts));
  const when = from_at === null || until_at === null
    ? ""
    : `, from ${showMinute(from_at)} to ${showMinute(until_at)} UTC (${
      showSpan(Date.parse(until_at) - Date.parse(from_at))
    })`;
  const region = context.client_region === null
    ? "The client's region is not known."
    : `The client was in ${context.client_region}; the way from there is in every TTFT.`;
  const mean = variants.flatMap(({ completion_tokens_mean }) => completion_tokens_mean ?? []);
  const tokens = mean.length === 0 ? [] : [
    `Answers of ${
      Math.min(...mean) === Math.max(...mean)
        ? showNumber(mean[0])
        : `${showNumber(Math.min(...mean))} to ${showNumber(Math.max(...mean))}`
    } tokens on average.`,
  ];
  return [
    `${countOf(calls, "call")} of ${countOf(variants.length, "variant")} on ${
      countOf(prompts, "prompt")
    }${when}.`,
    [region, ...tokens].join(" "),
  ];
}
