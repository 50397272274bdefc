/** What a document of the archive is made of, and how one is written. */

import type { Deck } from "./deck.ts";

/** A sentence that answers a question: the sentence, ways to ask, and the answers as they stand in it. */
export type Fact = readonly [sentence: string, questions: readonly string[], answers: readonly string[]];

export interface Kind {
  /** Names that hold for the whole document: slot -> pool. */
  readonly bind: Readonly<Record<string, string>>;
  readonly title: readonly string[];
  /** `entries` have a date each, `items` a number, `paragraphs` neither. */
  readonly layout: "entries" | "items" | "paragraphs";
  readonly opening?: readonly string[];
  readonly closing?: readonly string[];
  readonly facts: readonly Fact[];
  /** Sentences that answer nothing. */
  readonly rest: readonly string[];
  /** Sentences in one entry, item or paragraph: from, to. */
  readonly together: readonly [number, number];
}

export interface Question {
  readonly input: string;
  readonly answers: readonly string[];
}

export interface Written {
  readonly text: string;
  readonly questions: readonly Question[];
}

/** Which sentences of a kind this context has used; shared by all documents of one context. */
export type Used = Map<Kind, { facts: Fact[]; rest: string[] }>;

/** Writes a document of about `sentences` sentences. Facts come at most once in a document. */
export function write(kind: Kind, deck: Deck, sentences: number, used: Used, months: readonly string[]): Written {
  const slots: Record<string, string> = {};
  for (const [slot, pool] of Object.entries(kind.bind)) slots[slot] = deck.keep(pool);

  const left = used.get(kind) ?? { facts: [], rest: [] };
  used.set(kind, left);
  const factCount = Math.min(kind.facts.length, Math.max(1, Math.round(sentences * 0.45)));
  const facts = deck.random.shuffled(kind.facts).slice(0, factCount);
  const body: string[] = [];
  const questions: Question[] = [];
  for (const [sentence, ask, answers] of facts) {
    const own = { ...slots };
    body.push(deck.say(sentence, own));
    questions.push({
      input: deck.say(deck.pick(ask), own),
      answers: answers.map((answer) => deck.fill(answer, own)),
    });
  }
  while (body.length < sentences) {
    if (left.rest.length === 0) left.rest = deck.random.shuffled(kind.rest);
    body.push(deck.say(left.rest.pop()!, { ...slots }));
  }

  const lines = group(deck, deck.random.shuffled(body), kind.together).map((texts) => texts.join(" "));
  const title = deck.say(deck.pick(kind.title), slots);
  const parts = [title];
  if (kind.opening !== undefined) parts.push(deck.say(deck.pick(kind.opening), slots));
  parts.push(label(kind, deck, lines, months));
  if (kind.closing !== undefined) parts.push(deck.say(deck.pick(kind.closing), slots));
  return { text: parts.join("\n\n"), questions };
}

function group(deck: Deck, sentences: readonly string[], [from, to]: readonly [number, number]): string[][] {
  const groups: string[][] = [];
  for (let i = 0; i < sentences.length;) {
    const size = from + deck.random.below(to - from + 1);
    groups.push(sentences.slice(i, i + size));
    i += size;
  }
  return groups;
}

function label(kind: Kind, deck: Deck, lines: readonly string[], months: readonly string[]): string {
  if (kind.layout === "paragraphs") return lines.join("\n\n");
  if (kind.layout === "items") return lines.map((line, index) => `${index + 1}. ${line}`).join("\n");
  let day = 1 + deck.random.below(Math.max(1, 27 - lines.length));
  let month = deck.random.below(12);
  return lines.map((line) => {
    const dated = `${day} ${months[month]}. ${line}`;
    day += 1 + deck.random.below(lines.length > 12 ? 2 : 3);
    if (day > 28) [day, month] = [1 + deck.random.below(3), (month + 1) % 12];
    return dated;
  }).join("\n");
}
