/**
 * What the embedded endpoint says: the ground truth of the prompt put into a sentence, or, as often as `accuracy` leaves
 * room for, that of another row. The same seed and prompt give the same answer.
 */

import { type Payload, seededRandom, sha256 } from "../core/mod.ts";
import { phrase, phrasingsOf, unknownAnswer } from "./phrasing.ts";
import { estimateTokens } from "./tokens.ts";
import { verdictOn } from "./verdicts.ts";

export interface Answer {
  readonly text: string;
  /** Of the payload when the prompt is known, else an estimate. */
  readonly prompt_tokens: number;
  /** Whether it holds the right answer; null: none is known. */
  readonly right: boolean | null;
}

interface Row {
  readonly id: string;
  readonly prompt_tokens: number;
  readonly language: string | null;
  readonly truths: readonly string[];
}

const comparable = (text: string) =>
  text.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();

/** What a solution comes to by its last line, `#### 1,200`; null for other texts. */
function resultOf(truth: string): string | null {
  return /(?:^|\n)####([^\n]*)\s*$/.exec(truth)?.[1]?.replace(/[^\p{L}\p{N}.-]+/gu, "") ?? null;
}

export class Answers {
  readonly #options: { seed: number; accuracy: number; prompts_dir: string | null };
  #rows = new Map<string, Row>();
  /** Rows with a ground truth, by id: where wrong answers come from. */
  #pool: readonly Row[] = [];
  #stamp = "";

  constructor(options: { seed: number; accuracy: number; prompts_dir: string | null }) {
    this.#options = options;
  }

  /** Prompts that are known. */
  get size(): number {
    return this.#rows.size;
  }

  /** The answer to a prompt, or a verdict; reads the prompt files again when it is unknown and they have changed. */
  async to(prompt: string): Promise<Answer> {
    const verdict = verdictOn(prompt, this.#options);
    if (verdict !== null) return { ...verdict, prompt_tokens: estimateTokens(prompt) };
    const id = sha256(prompt).slice(0, 16);
    if (!this.#rows.has(id)) await this.refresh();
    const row = this.#rows.get(id);
    return {
      ...row === undefined ? { text: unknownAnswer, right: null } : this.#answer(row),
      prompt_tokens: row?.prompt_tokens ?? estimateTokens(prompt),
    };
  }

  /** Reads all JSON Lines files of the folder, unless nothing has changed. A missing folder counts as empty. */
  async refresh(): Promise<void> {
    const files = await listFiles(this.#options.prompts_dir);
    const stamp = files.map(({ path, size, modified }) => `${path} ${size} ${modified}`).join("\n");
    if (stamp === this.#stamp) return;
    const rows = new Map<string, Row>();
    for (const { path } of files) {
      const text = await unlessMissing(() => Deno.readTextFile(path));
      for (const row of parseRows(text ?? "")) rows.set(row.id, row);
    }
    this.#rows = rows;
    this.#pool = [...rows.values()].filter((row) => row.truths.length > 0)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    this.#stamp = stamp;
  }

  #answer(row: Row): Pick<Answer, "text" | "right"> {
    const truth = row.truths[0];
    if (truth === undefined) return { text: unknownAnswer, right: null };
    const random = seededRandom(this.#options.seed, ["answer", row.id]);
    const right = random.next() < this.#options.accuracy;
    const sentences = phrasingsOf(row.language);
    const sentence = sentences[random.below(sentences.length)]!;
    return { text: right ? phrase(sentence, truth) : this.#wrong(row, sentence, random.next()), right };
  }

  /**
   * The first row from a random one on whose ground truth makes a sentence that holds none of the right ones, and comes to
   * another result where they are worked solutions.
   */
  #wrong(row: Row, sentence: string, start: number): string {
    const taboo = row.truths.map(comparable).filter((truth) => truth !== "");
    const results = row.truths.map(resultOf).filter((result) => result !== null);
    const first = Math.floor(start * this.#pool.length);
    for (let i = 0; i < this.#pool.length; i++) {
      const other = this.#pool[(first + i) % this.#pool.length]!;
      if (results.includes(resultOf(other.truths[0]!) ?? "")) continue;
      const text = phrase(sentence, other.truths[0]!);
      const compared = comparable(text);
      if (!taboo.some((truth) => compared.includes(truth))) return text;
    }
    return unknownAnswer;
  }
}

interface File {
  readonly path: string;
  readonly size: number;
  readonly modified: number;
}

async function listFiles(folder: string | null): Promise<File[]> {
  if (folder === null) return [];
  const files: File[] = [];
  await unlessMissing(async () => {
    for await (const { name } of Deno.readDir(folder)) {
      if (!name.endsWith(".jsonl")) continue;
      const path = `${folder}/${name}`;
      const { size, mtime } = await Deno.stat(path);
      files.push({ path, size, modified: mtime?.getTime() ?? 0 });
    }
  });
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Does something with files that may go away meanwhile; null when they have. */
async function unlessMissing<T>(act: () => Promise<T>): Promise<T | null> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Lines that are no payload are passed over: a file may be read while it is being written. */
function* parseRows(text: string): Generator<Row> {
  for (const line of text.split("\n")) {
    const payload = parsePayload(line);
    if (typeof payload?.prompt !== "string") continue;
    yield {
      id: sha256(payload.prompt).slice(0, 16),
      prompt_tokens: payload.prompt_tokens ?? estimateTokens(payload.prompt),
      language: payload.language ?? null,
      truths: (payload.ground_truth ?? []).filter((truth) => truth.trim() !== ""),
    };
  }
}

function parsePayload(line: string): Partial<Payload> | null {
  try {
    return JSON.parse(line) as Partial<Payload> | null;
  } catch {
    return null;
  }
}
