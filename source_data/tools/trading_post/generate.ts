/**
 * Writes `source_data/trading_post_qa.jsonl`: the same bytes each time, for nothing is drawn but from one seed.
 *
 *     deno run -R -W source_data/tools/trading_post/generate.ts
 *
 * It stops when an answer does not stand in its context, when two contexts or questions are equal, or when two
 * contexts share so many runs of words that one would be a copy of the other.
 */

import { Tokenizer } from "@huggingface/tokenizers";
import { Deck, type Wording } from "./deck.ts";
import { type Kind, type Question, type Used, write, type Written } from "./kind.ts";
import { german, germanKinds, germanMonths } from "./german.ts";
import { home } from "./home.ts";
import { sea } from "./sea.ts";
import { spanish, spanishKinds, spanishMonths } from "./spanish.ts";
import { town } from "./town.ts";
import { trade } from "./trade.ts";
import { english, months } from "./words.ts";

const seed = 1871;

interface Row {
  readonly _id: string;
  readonly language: string;
  readonly input: string;
  readonly context: string;
  readonly answers: readonly string[];
}

/** Rows to write: how many, in which language, with contexts of how many tokens. */
interface Batch {
  readonly language: "en" | "de" | "es";
  readonly rows: number;
  readonly from: number;
  readonly to: number;
}

const batches: readonly Batch[] = [
  { language: "en", rows: 158, from: 50, to: 400 },
  { language: "en", rows: 146, from: 440, to: 1380 },
  { language: "en", rows: 44, from: 1450, to: 4000 },
  { language: "de", rows: 14, from: 60, to: 390 },
  { language: "de", rows: 8, from: 460, to: 1100 },
  { language: "es", rows: 14, from: 60, to: 390 },
  { language: "es", rows: 8, from: 460, to: 1100 },
];

interface Language {
  readonly wording: Wording;
  readonly kinds: readonly Kind[];
  readonly months: readonly string[];
  /** Least tokens that a sentence of it takes, about. */
  readonly tokens: number;
}

const languages: Readonly<Record<Batch["language"], Language>> = {
  en: { wording: english, kinds: [...sea, ...trade, ...town, ...home], months, tokens: 20 },
  de: { wording: german, kinds: germanKinds, months: germanMonths, tokens: 34 },
  es: { wording: spanish, kinds: spanishKinds, months: spanishMonths, tokens: 34 },
};

const folder = new URL("../../", import.meta.url);
const json = (path: string) => JSON.parse(Deno.readTextFileSync(new URL(path, folder)));
const tokenizer = new Tokenizer(json("tokenizers/gpt2/tokenizer.json"), json("tokenizers/gpt2/tokenizer_config.json"));
const tokensOf = (text: string) => tokenizer.encode(text).ids.length;

/** One context of about `target` tokens and the questions that it answers. */
function archiveFile(deck: Deck, language: Language, target: number): Written {
  const sentences = Math.max(1, Math.round((target - 20) / language.tokens));
  const used: Used = new Map();
  let kinds: Kind[] = [];
  const documents: Written[] = [];
  for (let left = sentences; left > 0;) {
    if (kinds.length === 0) kinds = deck.random.shuffled(language.kinds);
    const most = sentences < 14 ? sentences : 6 + deck.random.below(12);
    const size = left - most < 3 ? left : most;
    documents.push(write(kinds.pop()!, deck, size, used, language.months));
    left -= size;
  }
  return {
    text: documents.map((document) => document.text).join("\n\n* * *\n\n"),
    questions: documents.flatMap((document) => document.questions),
  };
}

/** The question to keep: one whose answers stand in the text and are not given away by the question. */
function chooseQuestion(deck: Deck, { text, questions }: Written, taken: ReadonlySet<string>): Question | undefined {
  return deck.random.shuffled(questions).find(({ input, answers }) =>
    !taken.has(input) &&
    answers.every((answer) => text.includes(answer) && !input.toLowerCase().includes(answer.toLowerCase()))
  );
}

function makeRow({ language: code, from, to }: Batch, index: number, taken: ReadonlySet<string>): Row {
  const language = languages[code];
  for (let attempt = 0; attempt < 200; attempt++) {
    const deck = new Deck(seed, [code, from, index, attempt], language.wording);
    const written = archiveFile(deck, language, from + deck.random.below(to - from));
    const tokens = tokensOf(written.text);
    if (tokens < from || tokens > to) continue;
    const question = chooseQuestion(deck, written, taken);
    if (question === undefined) continue;
    const { input, answers } = question;
    return { _id: "", language: code, input, context: written.text, answers: [...new Set(answers)] };
  }
  throw new Error(`No context of ${from} to ${to} tokens in 200 attempts`);
}

/** Runs of five words; two contexts are alike by the share of runs that the smaller one has in common. */
function runsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(words.slice(4).map((_, i) => words.slice(i, i + 5).join(" ")));
}

function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  let common = 0;
  for (const run of small) if (large.has(run)) common++;
  return common / Math.max(1, small.size);
}

const rows: Row[] = [];
const taken = new Set<string>();
const runs: Set<string>[] = [];
for (const batch of batches) {
  for (let index = 0, tried = 0; index < batch.rows; tried++) {
    const row = makeRow(batch, tried, taken);
    const own = runsOf(row.context);
    if (runs.some((other) => other.size < 3 * own.size && likeness(own, other) > 0.3)) continue;
    rows.push(row);
    taken.add(row.input);
    runs.push(own);
    index++;
  }
}

if (new Set(rows.map((row) => row.context)).size !== rows.length) throw new Error("Two contexts are equal");
for (const { input, context, answers } of rows) {
  const missing = answers.find((answer) => !context.includes(answer));
  if (missing !== undefined) throw new Error(`"${missing}" does not stand in the context of "${input}"`);
}
const order = new Deck(seed, ["order"], english).random.shuffled(rows);
const lines = order.map((row, index) => JSON.stringify({ ...row, _id: `tp-${String(index + 1).padStart(4, "0")}` }));
Deno.writeTextFileSync(new URL("trading_post_qa.jsonl", folder), lines.join("\n") + "\n");
console.log(`${rows.length} rows`);
