/** A YAML text as plain values, each with the place where it stands. */

import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, type Scalar } from "yaml";
import { restSlotNames } from "../core/mod.ts";
import { type Fault, type Mark, type Notice, type Path, showPath } from "./fault.ts";
import { fillPlaceholders, hasPlaceholder, maskPlaceholders, unmaskPlaceholders } from "./placeholder.ts";
import { diagnose, loneText, mostLevels, tooDeep } from "./yaml_diagnosis.ts";
import { parseYaml, typedValue } from "./yaml_text.ts";

/** A read document; in `value`, `null` is a key without a value. */
export interface Located {
  /** The path as the user gave it. */
  readonly file: string;
  value: unknown;
  /** Where the value of a path stands; by `pathKey`. */
  readonly valueMarks: Map<string, Mark>;
  /** Where the key of a path stands; by `pathKey`. */
  readonly keyMarks: Map<string, Mark>;
  /** What a number or a boolean looked like in the file, for where text is wanted (`1.10`); by `pathKey`. */
  readonly sources: Map<string, string>;
  /** The placeholders that nobody gave a value: where they stand, and the fault of each. */
  readonly missing: { readonly path: Path; readonly fault: Fault }[];
  /** Top-level keys below which a placeholder has no value. */
  readonly unfilled: Set<string>;
  readonly faults: Fault[];
  readonly notices: Notice[];
}

/** A path as a key of a map. */
export function pathKey(path: Path): string {
  return JSON.stringify(path);
}

/** Where a value stands; of what is not there, where the nearest thing around it stands. */
export function markOf(located: Located, path: Path, part: "key" | "value" = "value"): Mark {
  const key = pathKey(path);
  const [first, second] = part === "key"
    ? [located.keyMarks, located.valueMarks]
    : [located.valueMarks, located.keyMarks];
  const mark = first.get(key) ?? second.get(key);
  if (mark !== undefined) return mark;
  return path.length === 0
    ? { file: located.file, line: 1, column: 1 }
    : markOf(located, path.slice(0, -1), "key");
}

const mostAliases = 1000;

/** What a payload file's name says of its filter, also with single braces. */
const ownNames = ["lang", "min", "max"];

/** Whether a text is a template of requests: it has slots of its own, which every request fills in. */
function isInTemplate(path: Path): boolean {
  const key = path[path.indexOf("inference_spec") + 1];
  return path.includes("inference_spec") && (key === "rest" || key === "headers");
}

/** What stands for the port and the number of each copy of a server that is started as a process. */
const copySlots = ["port", "copy"];

function isOfCopies(path: Path): boolean {
  return path.at(-1) === "metrics_url" || path.at(-2) === "command" || path.at(-2) === "env";
}

/**
 * Reads a YAML text. Faults (broken YAML, placeholders without a value) are collected in the result; `value` is null
 * when the text could not be read at all. Of a key that is given twice the last value counts, as in Python, with a notice.
 */
export function readDocument(file: string, text: string, values: Readonly<Record<string, string>>): Located {
  const lineCounter = new LineCounter();
  const source = maskPlaceholders(text.replace(/^\uFEFF/, ""));
  const document = parseYaml(source, lineCounter);
  const located: Located = {
    file,
    value: null,
    valueMarks: new Map(),
    keyMarks: new Map(),
    sources: new Map(),
    missing: [],
    unfilled: new Set(),
    faults: [],
    notices: [],
  };
  const anchors = new Map<string, Node>();
  let aliases = 0;
  let gaveUp = false;

  function markAt(offset: number): Mark {
    const { line, col } = lineCounter.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  }
  function startOf(node: Node): number {
    return node.range?.[0] ?? 0;
  }
  function fault(offset: number, text: string): void {
    located.faults.push({ ...markAt(offset), text });
  }

  function filled(scalar: Scalar, path: Path): string {
    const { text, missing } = fillPlaceholders(String(scalar.value), values);
    for (const name of new Set(missing)) {
      if (path.at(-1) === "payload_file" && ownNames.includes(name)) continue;
      if (isInTemplate(path) && restSlotNames.includes(name)) continue;
      if (isOfCopies(path) && copySlots.includes(name)) continue;
      located.unfilled.add(String(path[0] ?? ""));
      const within = source.indexOf(maskPlaceholders(`{${name}}`), startOf(scalar));
      const where = path.length === 0 ? "a key" : `"${showPath(path)}"`;
      fault(Math.max(within, 0), `{${name}} in ${where} has no value; expected -A ${name}=value`);
      located.missing.push({ path, fault: located.faults.at(-1)! });
    }
    return text;
  }

  function scalarValue(scalar: Scalar, path: Path): unknown {
    if (typeof scalar.value !== "string") {
      if (scalar.value !== null) located.sources.set(pathKey(path), scalar.source ?? String(scalar.value));
      return scalar.value;
    }
    const text = filled(scalar, path);
    if (scalar.type !== "PLAIN" || !hasPlaceholder(scalar.value)) return text;
    const value = typedValue(text);
    if (typeof value === "number" || typeof value === "boolean") located.sources.set(pathKey(path), text);
    return value;
  }

  function mapValue(pairs: readonly Pair<unknown, unknown>[], path: Path): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    const merges: (Node | null)[] = [];
    for (const pair of pairs) {
      const key = pair.key as Node;
      const value = pair.value as Node | null;
      if (!isScalar(key)) fault(startOf(key), "a map or a list stands as a key; expected a name");
      else if (key.source === "<<" && key.type === "PLAIN") merges.push(value);
      else {add(
          result,
          typeof key.value === "string" ? filled(key, []) : String(key.source),
          key,
          value,
          path,
        );}
    }
    for (const node of merges) merge(node, path, result);
    return result;
  }

  function add(
    into: Record<string, unknown>,
    name: string,
    key: Scalar,
    node: Node | null,
    path: Path,
  ): void {
    if (name === "__proto__") return fault(startOf(key), `"${name}" can't be a key; expected another name`);
    const at = [...path, name];
    const earlier = located.keyMarks.get(pathKey(at));
    if (earlier === undefined || !Object.hasOwn(into, name)) {
      located.keyMarks.set(pathKey(at), markAt(startOf(key)));
      into[name] = valueOf(node, at);
      return;
    }
    const { line } = markAt(startOf(key));
    const before = into[name];
    forget(at);
    located.keyMarks.set(pathKey(at), markAt(startOf(key)));
    into[name] = valueOf(node, at);
    const same = JSON.stringify(before) === JSON.stringify(into[name]);
    const text = same
      ? `stands here again with the same value as on line ${earlier.line}`
      : `stands here again with another value than on line ${earlier.line}; this one, the last, counts`;
    located.notices.push({ file, line, key: showPath(at), text });
  }

  /** Drops the marks of what a later value replaces. */
  function forget(path: Path): void {
    const prefix = pathKey(path).slice(0, -1);
    for (const marks of [located.valueMarks, located.keyMarks, located.sources]) {
      for (const key of marks.keys()) {
        if (key === `${prefix}]` || key.startsWith(`${prefix},`)) marks.delete(key);
      }
    }
  }

  function merge(node: Node | null, path: Path, into: Record<string, unknown>): void {
    const merged = valueOf(node, [...path, "<<"]);
    for (const source of Array.isArray(merged) ? merged : [merged]) {
      if (source === null || typeof source !== "object") continue;
      for (const [name, value] of Object.entries(source)) {
        if (!Object.hasOwn(into, name)) into[name] = value;
      }
    }
  }

  function giveUp(node: Node, text: string): null {
    gaveUp = true;
    fault(startOf(node), text);
    return null;
  }

  function valueOf(node: Node | null, path: Path): unknown {
    if (node === null || gaveUp) return null;
    if (path.length > mostLevels) return giveUp(node, `"${showPath(path.slice(0, 1))}" ${tooDeep}`);
    if (!isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node);
    const empty = isScalar(node) && node.value === null;
    if (!empty) located.valueMarks.set(pathKey(path), markAt(startOf(node)));
    if (isAlias(node)) {
      if (++aliases > mostAliases) {
        return giveUp(node, `aliases are followed more than ${mostAliases} times; expected fewer`);
      }
      const target = anchors.get(node.source);
      if (target === undefined) {
        const text = `the alias *${node.source} leads nowhere; expected an anchor &${node.source} above it`;
        fault(startOf(node), text);
        return null;
      }
      return valueOf(target, path);
    }
    if (isScalar(node)) return scalarValue(node, path);
    if (isSeq(node)) return node.items.map((item, index) => valueOf(item as Node, [...path, index]));
    if (isMap(node)) return mapValue(node.items, path);
    return null;
  }

  for (const { offset, text } of diagnose(document.errors, source, lineCounter)) {
    fault(offset, unmaskPlaceholders(text));
  }
  for (const { message, pos } of document.warnings) {
    fault(pos[0], `${message.split("\n")[0]!.replace(/[.:]$/, "")}; expected a plain value`);
  }
  const lone = isScalar(document.contents) ? loneText(String(document.contents.value)) : null;
  if (lone !== null) fault(startOf(document.contents!), unmaskPlaceholders(lone));
  if (located.faults.length === 0) located.value = valueOf(document.contents, []);
  if (gaveUp) located.value = null;
  return located;
}
