/** What a parser's complaint about YAML means for whoever wrote the file. */

import type { LineCounter } from "yaml";

/** A complaint of the parser's: `code` says which, `pos` where it begins and ends. */
interface Complaint {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [number, number];
}

/** A mistake and where it stands. */
export interface Diagnosis {
  readonly offset: number;
  readonly text: string;
}

/** Deepest nesting that a config may have. FMBench's own go to 6. */
export const mostLevels = 64;

/** What is said of a text that is nested deeper. */
export const tooDeep = `is nested deeper than ${mostLevels} levels; expected a config`;

/**
 * The mistakes behind the complaints. One mistake makes the parser complain again on the lines after it; what only follows
 * from the one before is left out.
 *
 * @param source the text that was parsed
 */
export function diagnose(complaints: readonly Complaint[], source: string, lines: LineCounter): Diagnosis[] {
  const texts = source.split("\n");
  const lineOf = (offset: number) => Math.max(1, lines.linePos(offset).line);
  const startOf = (line: number) => lines.lineStarts[line - 1] ?? 0;
  const found: Diagnosis[] = [];
  let indented = false;
  for (const { code, message, pos: [offset] } of complaints) {
    if (message.includes("call stack")) return [{ offset, text: `the text ${tooDeep}` }];
    const line = lineOf(offset);
    const text = texts[line - 1] ?? "";
    if (code === "BAD_INDENT" && isDeeperEntry(texts, line)) {
      if (indented) continue;
      indented = true;
      found.push({ offset: startOf(line) + indent(text), text: deeperEntry(texts, line) });
    } else if (code === "MISSING_CHAR" && message.includes("quote")) {
      const opening = source.lastIndexOf(message.includes('"') ? '"' : "'", offset - 1);
      found.push({ offset: Math.max(opening, 0), text: openQuote(texts, line) });
      break;
    } else if (/^\s*\.\s*$/.test(text)) {
      found.push({
        offset: startOf(line) + indent(text),
        text: "a dot stands where something was left out; expected keys with values",
      });
      break;
    } else if (code === "MULTIPLE_DOCS") {
      found.push({ offset, text: "a second document begins here; expected one" });
    } else found.push({ offset, text: `${message.split("\n")[0]!.replace(/[.:]$/, "")}; expected YAML` });
  }
  return found;
}

function indent(text: string): number {
  return text.length - text.trimStart().length;
}

/** The line of the `- key: value` whose further keys stand deeper than the first, from a line below it; 0 = none. */
function entryAbove(texts: readonly string[], line: number): number {
  const deep = indent(texts[line - 1] ?? "");
  for (let above = line - 1; above > 0; above--) {
    const text = texts[above - 1]!;
    if (text.trim() === "" || text.trimStart().startsWith("#")) continue;
    const first = /^(\s*- +)[^\s#].*?:\s+\S/.exec(text);
    if (first !== null) return deep > first[1]!.length ? above : 0;
    if (indent(text) < deep) return 0;
  }
  return 0;
}

function isDeeperEntry(texts: readonly string[], line: number): boolean {
  return entryAbove(texts, line) > 0;
}

function deeperEntry(texts: readonly string[], line: number): string {
  const above = entryAbove(texts, line);
  const first = /^\s*- +/.exec(texts[above - 1]!)![0].length;
  const keyOf = (text: string) => /^[\s-]*([^\s:]+)/.exec(text)?.[1] ?? "";
  return `the key "${keyOf(texts[line - 1]!)}" is indented deeper than "${
    keyOf(texts[above - 1]!)
  }" on line ` +
    `${above}, the first key of the same entry; expected all its keys in column ${
      first + 1
    }, under each other`;
}

function openQuote(texts: readonly string[], line: number): string {
  const next = texts[line] ?? "";
  return /^\s*[^\s"'#:]+["']\s*$/.test(next)
    ? `the text in quotes goes on in line ${
      line + 1
    }, which is not indented deeper than its key; expected it on one line`
    : "the text in quotes has no end; expected a closing quotation mark";
}

/** What a file is that holds one text and no keys, where that can be told. */
export function loneText(text: string): string | null {
  const line = text.trim();
  if (/^[^\s"]+\.ya?ml$/.test(line)) {
    return `there is nothing here but the name "${line}", as in a link where links are not kept; expected keys ` +
      "with values: name that file instead";
  }
  return line.startsWith("<") ? "this is a web page; expected YAML" : null;
}
