/** Numbers of a study in words. Plain text: whoever writes Markdown or HTML of it escapes it. */

import {
  type Ends,
  showDuration,
  showNumber,
  showPercent,
  type StudyFigure,
  studyFigureKinds,
  type StudyVariant,
} from "../core/mod.ts";

/** A size of the figure with its unit: `312 ms`, `1.2 s`, `84.1 tokens/s`. */
export function figureSize(figure: StudyFigure, value: number): string {
  const { unit } = studyFigureKinds[figure];
  return unit === "ms" ? showDuration(value) : `${showNumber(value)} ${unit}`;
}

const sign = (value: number, size: string) => value === 0 ? size : `${value > 0 ? "+" : "−"}${size}`;

/** A difference with its sign: `−64 ms`. */
export function signedSize(figure: StudyFigure, value: number): string {
  return sign(value, figureSize(figure, Math.abs(value)));
}

/** A change with its sign: `−20.1 %`. */
export function signedPercent(change: number): string {
  return sign(change, showPercent(Math.abs(change)));
}

/** Both ends of an interval: `−23 % to −17 %`; null where both are open. */
export function endsWords({ low, high }: Ends, show: (value: number) => string): string | null {
  if (low === null && high === null) return null;
  if (low === null) return `up to ${show(high!)}`;
  return high === null ? `from ${show(low)} up` : `${show(low)} to ${show(high)}`;
}

/** A probability as a number: `99.8 %`; never so round that it would say certain. */
export function probabilityNumber(probability: number): string {
  if (probability > 0.999) return "over 99.9 %";
  if (probability < 0.001) return "under 0.1 %";
  return `${(probability * 100).toFixed(1)} %`;
}

/** A probability in a word, from `practically certain` to `very unlikely`. */
export function probabilityWord(probability: number): string {
  if (probability >= 0.999) return "practically certain";
  if (probability >= 0.975) return "very likely";
  if (probability >= 0.9) return "likely";
  if (probability >= 0.6) return "more likely than not";
  if (probability > 0.4) return "as likely as not";
  return probability > 0.1 ? "rather unlikely" : "very unlikely";
}

/** `16 Nov 2026 06:20`, UTC; the text itself where it is no time. */
export function showMinute(at: string): string {
  const time = Date.parse(at);
  if (Number.isNaN(time)) return at;
  const iso = new Date(time).toISOString();
  const month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  return `${Number(iso.slice(8, 10))} ${month[Number(iso.slice(5, 7)) - 1]!} ${iso.slice(0, 4)} ${
    iso.slice(11, 16)
  }`;
}

/** A time span as people count it: `7 days`, `5 h`, `12 min 5 s`. */
export function showSpan(ms: number): string {
  const hours = ms / 3_600_000;
  if (hours >= 48) return `${showNumber(hours / 24)} days`;
  return hours >= 2 ? `${showNumber(hours)} h` : showDuration(ms);
}

/** `one prompt`, `40 prompts`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? `one ${one}` : `${showNumber(count, 12)} ${many}`;
}

/** The first names, and how many more there are. */
export function listOf(texts: readonly string[], most = 4): string {
  if (texts.length <= 1) return texts.join("");
  const shown = texts.slice(0, texts.length > most ? most - 1 : most);
  const left = texts.length - shown.length;
  return left > 0
    ? `${shown.join(", ")} and ${left} others`
    : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)!}`;
}

/** What calls were asked for, in the variants' words: `optimized`; `default` where nothing was asked. */
export function askedProfile({ profile }: Pick<StudyVariant, "profile">): string {
  return profile ?? "default";
}
