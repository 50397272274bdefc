/** JSON as models write it: with trailing commas, single quotes, bare keys, and line breaks inside of texts. */

/** What stands at a place of a text. */
export type ReadObject =
  | { readonly kind: "object"; readonly value: Readonly<Record<string, unknown>>; readonly end: number }
  /** The text ends before the object does. */
  | { readonly kind: "half" }
  | { readonly kind: "none" };

/** The end of the text came first. */
class Ended extends Error {}
/** What stands there is no JSON, however relaxed. */
class Malformed extends Error {}

const quotes: Readonly<Record<string, string>> = { '"': '"', "'": "'", "\u201c": "\u201d" };
const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };
const deepest = 20;

/** Reads the object whose brace stands at `start`. */
export function readObject(text: string, start: number): ReadObject {
  const reader = new Reader(text, start);
  try {
    return { kind: "object", value: reader.object(0), end: reader.at };
  } catch (error) {
    if (error instanceof Ended) return { kind: "half" };
    if (error instanceof Malformed) return { kind: "none" };
    throw error;
  }
}

class Reader {
  at: number;
  readonly #text: string;

  constructor(text: string, start: number) {
    this.#text = text;
    this.at = start;
  }

  object(depth: number): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    this.#take("{");
    while (this.#peek() !== "}") {
      const key = this.#peek() in quotes ? this.#string() : this.#bare(/[\p{L}\p{N}_$-]/u);
      if (key === "") throw new Malformed();
      this.#take(":");
      entries.push([key, this.#value(depth + 1)]);
      if (this.#peek() !== "}") this.#take(",");
    }
    this.at++;
    return Object.fromEntries(entries);
  }

  #value(depth: number): unknown {
    if (depth > deepest) throw new Malformed();
    const first = this.#peek();
    if (first === "{") return this.object(depth);
    if (first === "[") return this.#list(depth);
    if (first in quotes) return this.#string();
    const word = this.#bare(/[^\s,}\]{["']/u);
    if (word === "") throw new Malformed();
    const constants: Record<string, unknown> = { true: true, false: false, null: null, None: null };
    if (Object.hasOwn(constants, word)) return constants[word];
    return /^-?\d/.test(word) && Number.isFinite(Number(word)) ? Number(word) : word;
  }

  #list(depth: number): unknown[] {
    const values: unknown[] = [];
    this.at++;
    while (this.#peek() !== "]") {
      values.push(this.#value(depth + 1));
      if (this.#peek() !== "]") this.#take(",");
    }
    this.at++;
    return values;
  }

  /** A quote that nothing follows which may follow a text is part of the text: quotes inside of it are often not escaped. */
  #string(): string {
    const close = quotes[this.#text[this.at++]!]!;
    let value = "";
    for (;; this.at++) {
      const character = this.#text[this.at];
      if (character === undefined) throw new Ended();
      if (character === "\\") value += this.#escaped();
      else if (character !== close) value += character;
      else if (/^\s*([,:}\]]|$)/.test(this.#text.slice(this.at + 1, this.at + 40))) {
        this.at++;
        return value;
      } else value += character;
    }
  }

  /** Stands on the backslash, and leaves on the last character of the escape. */
  #escaped(): string {
    const letter = this.#text[++this.at];
    if (letter === undefined) throw new Ended();
    if (letter !== "u") return escapes[letter] ?? letter;
    const digits = this.#text.slice(this.at + 1, this.at + 5);
    if (!/^[0-9a-f]{4}$/i.test(digits)) return letter;
    this.at += 4;
    return String.fromCharCode(parseInt(digits, 16));
  }

  #bare(allowed: RegExp): string {
    const start = this.at;
    while (this.at < this.#text.length && allowed.test(this.#text[this.at]!)) this.at++;
    return this.#text.slice(start, this.at);
  }

  /** The next character that is no white space. */
  #peek(): string {
    while (/\s/.test(this.#text[this.at] ?? "x")) this.at++;
    const next = this.#text[this.at];
    if (next === undefined) throw new Ended();
    return next;
  }

  #take(wanted: string): void {
    if (this.#peek() !== wanted) throw new Malformed();
    this.at++;
  }
}
