/** `choice`: which of the options A, B, C, ... an answer takes. */

import { choicesFault, type ScoreOptions, UserError } from "../../core/mod.ts";
import { normaliseAnswer } from "../normalisation.ts";
import { type Comparison, decidedBy } from "./comparison.ts";
import { holds } from "./contains.ts";
import { finalAnswer } from "./worked_solution.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** A right answer: its letter, its text or both. */
interface Option {
  readonly letter: string | null;
  /** Normalised; empty where only the letter is known. */
  readonly text: string;
}

/**
 * Right when the letter that the answer takes is that of a right answer, which is given as a letter (`B`, `(B)`), as letter
 * and text (`B. Paris`) or as the text of an option. The letter of the answer is the first of these that there is:
 * the last one named as `answer is C`, `answer: (C)`, `correct option is C` or in `\boxed{C}`;
 * the letter alone on the last line;
 * the letter that the answer starts with, alone or before `.`, `)`, `:`, `,` or a line break, unless another line starts with
 * another one: options gone through are no choice;
 * the one letter in brackets, as `(C)` or `[C]`, or named as `option C` or `choice C`; two different ones are no choice;
 * that of the one option whose text stands in the answer as whole words; a text within another that stands there doesn't count.
 *
 * Where an answer has no letter and the options aren't given, the text of the right answer has to stand in it. With options,
 * letters beyond them are none; without, A to J are. Right answers that are no option are passed over.
 *
 * @throws {UserError} If there are fewer than 2 options or more than 26
 */
export function choice({ choices }: ScoreOptions): Comparison {
  const fault = choices === undefined ? null : choicesFault(choices);
  if (fault !== null) {
    throw new UserError({
      action: "score answers by",
      thing: "choices",
      found: fault.found,
      expected: fault.expected,
      remedy: "List what the letters stand for, in their order.",
    });
  }
  const letters = alphabet.slice(0, choices?.length ?? 10);
  const texts = choices?.map(normaliseAnswer);
  const patterns = patternsOf(letters);
  return decidedBy(
    (truth) => optionOf(finalAnswer(truth).trim(), letters, texts),
    (answer, wanted) => {
      const taken = namedLetter(answer, patterns);
      if (taken !== null && wanted.letter !== null) return taken === wanted.letter;
      const said = normaliseAnswer(answer);
      if (texts === undefined) return taken === null && wanted.text !== "" && holds(said, wanted.text);
      const held = heldAlone(said, texts);
      return held !== null && letters[held] === wanted.letter;
    },
  );
}

function optionOf(truth: string, letters: string, texts: readonly string[] | undefined): Option | null {
  const [, named, rest] = new RegExp(`^[([]?([${letters}])(?:[)\\].:]\\s*(.*))?$`, "is").exec(truth) ?? [];
  if (named !== undefined) {
    return { letter: named.toUpperCase(), text: normaliseAnswer(rest ?? "") };
  }
  const text = normaliseAnswer(truth);
  if (text === "") return null;
  if (texts === undefined) return { letter: null, text };
  const at = texts.indexOf(text);
  return at < 0 ? null : { letter: letters[at] ?? null, text };
}

interface Patterns {
  readonly announced: RegExp;
  readonly lastLine: RegExp;
  readonly lineStarts: RegExp;
  readonly apart: RegExp;
}

/** Small letters count only where no word can be meant: before a mark or an end, or within brackets. */
function patternsOf(letters: string): Patterns {
  const upper = `[${letters}]`;
  const any = `[${letters}${letters.toLowerCase()}]`;
  const mark = "[\\s*_\"'`]{0,12}";
  const bracketed = `[([]${mark}(${any})${mark}[)\\]]`;
  const ended = `(${any})(?=[*_"'\`]{0,12}(?:[.,:;)\\]](?![\\p{L}\\p{N}])|[^\\S\\n]*(?:\\n|$)))`;
  const letter = `(?:${bracketed}|${ended}|(${upper})(?![\\p{L}\\p{N}'’]))`;
  const option = "(?:[Oo]ption|[Cc]hoice)";
  return {
    announced: new RegExp(
      `(?:\\b(?:[Aa]nswer|ANSWER|${option})${mark}(?::|=|is|was|would be|must be)${mark}:?${mark}(?:${option}\\s+)?|` +
        `\\\\boxed\\{\\s*(?:\\\\text\\{)?)${letter}`,
      "gu",
    ),
    lastLine: new RegExp(`(?:^|\\n)${mark}(?:${bracketed}|(${upper}))[.:)]?${mark}$`, "u"),
    lineStarts: new RegExp(`^${mark}(?:${bracketed}|${ended})`, "gmu"),
    apart: new RegExp(`${bracketed}|\\b${option}${mark}${letter}`, "gu"),
  };
}

function namedLetter(answer: string, { announced, lastLine, lineStarts, apart }: Patterns): string | null {
  const text = answer.normalize("NFKC").trim();
  const of = (match: RegExpMatchArray | null | undefined) =>
    match?.slice(1).find((group) => group !== undefined)?.toUpperCase() ?? null;
  const onlyOf = (matches: readonly RegExpMatchArray[]) => {
    const all = new Set(matches.map(of));
    return all.size === 1 ? [...all][0] ?? null : null;
  };
  const starts = [...text.matchAll(lineStarts)];
  return of([...text.matchAll(announced)].at(-1)) ?? of(lastLine.exec(text)) ??
    (starts[0]?.index === 0 ? onlyOf(starts) : null) ?? onlyOf([...text.matchAll(apart)]);
}

/** The one option that stands in a normalised answer; one within another that stands there is left out. */
function heldAlone(said: string, texts: readonly string[]): number | null {
  const held = texts.flatMap((text, at) => text !== "" && holds(said, text) ? [{ text, at }] : []);
  const widest = held.filter(({ text, at }) =>
    !held.some((other) => other.at !== at && other.text !== text && holds(other.text, text))
  );
  return widest.length === 1 ? widest[0]?.at ?? null : null;
}
