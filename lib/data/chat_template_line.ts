/** Where a chat template is at fault: the engine itself keeps no lines. */

import { readJinja, renderJinja } from "./jinja.ts";

interface Tag {
  /** The whole tag with its braces. */
  readonly text: string;
  readonly line: number;
  /** `if`, `endfor`, ...; empty for what is put out, and comments. */
  readonly keyword: string;
  readonly index: number;
}

function tagsOf(template: string): Tag[] {
  return [...template.matchAll(/\{%[-+]?\s*(\w*)[^]*?%\}|\{\{[^]*?\}\}|\{#[^]*?#\}/g)].map((match) => ({
    text: match[0],
    line: lineAt(template, match.index),
    keyword: match[1] ?? "",
    index: match.index,
  }));
}

function lineAt(template: string, index: number): number {
  return template.slice(0, index).split("\n").length;
}

/** What makes a tag whole, so that it can be read without the rest of the template. */
const around: Readonly<Record<string, readonly [string, string]>> = {
  if: ["", "{% endif %}"],
  elif: ["{% if true %}", "{% endif %}"],
  else: ["{% if true %}", "{% endif %}"],
  endif: ["{% if true %}", ""],
  for: ["", "{% endfor %}"],
  endfor: ["{% for x in [] %}", ""],
  break: ["{% for x in [] %}", "{% endfor %}"],
  continue: ["{% for x in [] %}", "{% endfor %}"],
  macro: ["", "{% endmacro %}"],
  endmacro: ["{% macro x() %}", ""],
  call: ["", "{% endcall %}"],
  endcall: ["{% call x() %}", ""],
  filter: ["", "{% endfilter %}"],
  endfilter: ["{% filter trim %}", ""],
  endset: ["{% set x %}", ""],
  generation: ["", "{% endgeneration %}"],
  endgeneration: ["{% generation %}", ""],
};

/** The line of the first tag that can't be read, or is not closed, or closes nothing; null when no tag is at fault. */
export function brokenLine(template: string): number | null {
  const tags = tagsOf(template);
  for (const { text, keyword, line } of tags) {
    const [before, after] = around[keyword] ?? ["", ""];
    if (!isReadable(before + text + after) && !(keyword === "set" && isReadable(`${text}{% endset %}`))) {
      return line;
    }
  }
  const unclosed = textBetween(template, tags).search(/\{[{%#]/);
  if (unclosed !== -1) return lineAt(template, unclosed);
  const open: Tag[] = [];
  for (const tag of tags) {
    if (/^(if|for|macro|call|filter|generation)$/.test(tag.keyword)) open.push(tag);
    else if (/^end(?!set)/.test(tag.keyword) && open.pop()?.keyword !== tag.keyword.slice(3)) return tag.line;
  }
  return open.at(-1)?.line ?? null;
}

/** The template with blanks for its tags. */
function textBetween(template: string, tags: readonly Tag[]): string {
  let text = "";
  for (const tag of tags) text += template.slice(text.length, tag.index) + " ".repeat(tag.text.length);
  return text + template.slice(text.length);
}

function isReadable(template: string): boolean {
  try {
    readJinja(template);
    return true;
  } catch {
    return false;
  }
}

/** The line of the tag at which rendering fails: renders once more, with a mark before every tag. */
export function failingLine(template: string, values: Readonly<Record<string, unknown>>): number | null {
  let reached: number | null = null;
  let marked = "";
  let from = 0;
  for (const { index, line, text } of tagsOf(template)) {
    const inside = text.startsWith("{{") || /^\{%[-+]?\s*(set|if|for|else|elif|end)/.test(text);
    marked += template.slice(from, index) + (inside ? `{{ reached_line(${line}) }}` : "");
    from = index;
  }
  try {
    renderJinja(readJinja(marked + template.slice(from)), {
      ...values,
      reached_line: (line: number) => {
        reached = line;
        return "";
      },
    });
    return null;
  } catch {
    return reached;
  }
}
