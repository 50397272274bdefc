/** The text that servers tell Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/ */

/** One line with a value. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const line = /^([A-Za-z_:][\w:]*)(?:\{((?:"(?:[^"\\]|\\.)*"|[^"}])*)\})?[ \t]+(\S+)/;
const label = /\s*([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?/g;

/**
 * The lines whose name `wanted` knows, in their order; comments, what is no number, and lines that are not in the format are left
 * out: a server that tells something odd still tells the rest.
 */
export function parseSeries(text: string, wanted: (name: string) => boolean): Series[] {
  const found: Series[] = [];
  for (const each of text.split("\n")) {
    if (each === "" || each.startsWith("#")) continue;
    const name = /^[\w:]+/.exec(each)?.[0];
    if (name === undefined || !wanted(name)) continue;
    const [, , labels = "", number = ""] = line.exec(each) ?? [];
    const value = parseValue(number);
    if (!Number.isNaN(value)) found.push({ name, labels: parseLabels(labels), value });
  }
  return found;
}

function parseLabels(text: string): Record<string, string> {
  const pairs = [...text.matchAll(label)];
  return Object.fromEntries(pairs.map(([, name, value]) => [name!, unescape(value!)]));
}

const unescape = (text: string) =>
  text.replace(/\\(.)/g, (_, character) => character === "n" ? "\n" : character);

function parseValue(text: string): number {
  if (/^[+-]?Inf$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  return text === "" ? NaN : Number(text);
}
