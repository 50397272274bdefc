/** What a judge's reply comes to: the verdict in it that is the judge's own. */

import { readObject } from "./relaxed_json.ts";

export interface ParsedVerdict {
  readonly verdict: "correct" | "incorrect";
  readonly explanation: string | null;
}

/** What the judge was shown, so that a quotation of it is not taken for a verdict. */
export interface Shown {
  /** The answer under judgement. */
  readonly answer: string;
  /** The number of the fence around it; null: there was none. */
  readonly nonce: string | null;
}

/**
 * Finds the verdict in a reply, or null where there is none to be relied on. By these rules, in this order:
 *
 * 1. Reasoning in `<think>` tags, what stands inside of the fence that the answer was shown in, and any object or statement
 *    that stands in the answer word for word are not the judge's own, and are left out.
 * 2. Of complete JSON objects (relaxed: see `relaxed_json.ts`) with a key `verdict` the last one decides; fences and prose around it
 *    do no harm. A value that is neither correct nor incorrect is no verdict.
 * 3. An object that is cut off after the last complete one makes the reply unreadable: it may have said something else.
 * 4. Without an object, statements of the form `Verdict: correct` decide if all say the same; so does a reply of that one word.
 */
export function parseVerdict(reply: string, shown: Shown): ParsedVerdict | null {
  const text = withoutQuotations(reply, shown);
  const { objects, half } = objectsIn(text);
  if (half) return null;
  const own = objects.filter(({ source }) => !stands(source, shown.answer));
  const last = own.at(-1);
  if (last !== undefined) return readVerdict(last.said);
  if (objects.length > 0) return null;
  return statedVerdict(text, shown.answer);
}

function withoutQuotations(reply: string, { nonce }: Shown): string {
  const spoken = reply.replace(/^\s*<think(?:ing)?>[\s\S]*?<\/think(?:ing)?>/i, "");
  if (nonce === null) return spoken;
  // A quotation that never closes takes the rest along: nobody can tell where the judge speaks again.
  return spoken.replace(new RegExp(`-* ?BEGIN[^\\n]*?${nonce}[\\s\\S]*?(END[^\\n]*?${nonce}|$)`, "g"), " ");
}

interface FoundObject {
  readonly said: Said;
  readonly source: string;
}

interface Said {
  readonly verdict: unknown;
  readonly explanation: unknown;
}

/** All outermost objects with a verdict, and whether one is cut off behind them. */
function objectsIn(text: string): { objects: FoundObject[]; half: boolean } {
  const objects: FoundObject[] = [];
  let half = false;
  for (let at = text.indexOf("{"); at >= 0;) {
    const read = readObject(text, at);
    if (read.kind === "half" && /verdict/i.test(text.slice(at))) half = true;
    if (read.kind !== "object") {
      at = text.indexOf("{", at + 1);
      continue;
    }
    const said = saidIn(read.value);
    if (said !== null) {
      objects.push({ said, source: text.slice(at, read.end) });
      half = false;
    }
    at = text.indexOf("{", read.end);
  }
  return { objects, half };
}

/** The verdict of an object, of one inside of it, or of the arguments of a tool call. */
function saidIn(value: Readonly<Record<string, unknown>>): Said | null {
  const entries = Object.entries(value).map(([key, member]) => [key.trim().toLowerCase(), member] as const);
  const own = new Map(entries);
  if (own.has("verdict")) return { verdict: own.get("verdict"), explanation: own.get("explanation") };
  for (const [key, member] of entries) {
    const inner = key === "arguments" && typeof member === "string" ? objectOf(member) : member;
    if (inner === null || typeof inner !== "object" || Array.isArray(inner)) continue;
    const said = saidIn(inner as Readonly<Record<string, unknown>>);
    if (said !== null) return said;
  }
  return null;
}

function objectOf(text: string): unknown {
  const read = readObject(text, Math.max(0, text.indexOf("{")));
  return read.kind === "object" ? read.value : null;
}

function readVerdict({ verdict, explanation }: Said): ParsedVerdict | null {
  const word = typeof verdict === "string" ? wordOf(verdict) : null;
  if (word === null) return null;
  return { verdict: word, explanation: typeof explanation === "string" ? explanation : null };
}

/** A text of that one word, whatever stands around it. */
function wordOf(text: string): ParsedVerdict["verdict"] | null {
  const word = /^[\s"'*_`.!]*(correct|incorrect)[\s"'*_`.!]*$/i.exec(text)?.[1]?.toLowerCase();
  return word === "correct" || word === "incorrect" ? word : null;
}

/** `correct or incorrect` repeats the question. */
const statement =
  /\bverdict\b["'*_`\s]*(?:is|:|=|-)["'*_`\s]*(correct|incorrect)\b(?!["'*_`\s]*(?:or\b|[/|]))/gi;

function statedVerdict(text: string, answer: string): ParsedVerdict | null {
  const alone = wordOf(text);
  if (alone !== null) return { verdict: alone, explanation: null };
  const said = [...text.matchAll(statement)].filter(([whole]) => !stands(whole, answer))
    .map(([, word]) => word!.toLowerCase());
  const [first] = said;
  if (first === undefined || said.some((word) => word !== first)) return null;
  return { verdict: first === "correct" ? "correct" : "incorrect", explanation: text.trim() };
}

/** Whether a piece stands in the answer, but for white space and case. */
function stands(piece: string, answer: string): boolean {
  const plain = (text: string) => text.replace(/\s+/g, "").toLowerCase();
  return plain(answer).includes(plain(piece));
}
