/** Title of the report and what it was made with; notices. */

import { escapeMarkdown } from "../core/mod.ts";
import { paragraphs } from "./markdown.ts";

/** What the head of a report says. */
export interface ReportHeader {
  readonly title: string;
  readonly run_id: string;
  /** ISO 8601, UTC. */
  readonly date: string;
  /** Name -> version: the program, Deno, packages. */
  readonly versions: Readonly<Record<string, string>>;
  /** The machine that sent the load, in words. */
  readonly machine: string | null;
  /** Steps that were switched off, and the run whose output was read in their place. */
  readonly sources: readonly { readonly step: string; readonly run_id: string }[];
}

/** The title as a heading, and a list of run, date, versions, machine, and results taken from other runs. */
export function header({ title, run_id, date, versions, machine, sources }: ReportHeader): string {
  const minute = date.replace(/^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}).*$/, "$1 $2 UTC");
  const lines: [string, string][] = [
    ["Run", run_id],
    ["Date", minute],
    ...(machine === null ? [] : [["Load sent by", machine] as [string, string]]),
    ["Made with", Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ")],
    ...sources.map((
      { step, run_id },
    ): [string, string] => [`Step ${step}`, `not run: its results are those of run ${run_id}`]),
  ];
  return paragraphs(
    `# ${escapeMarkdown(title)}`,
    lines.map(([name, value]) => `- **${escapeMarkdown(name)}**: ${escapeMarkdown(value)}`).join("\n"),
  );
}

/** What the reader should know before believing a figure, as a list; empty without any. */
export function notices(texts: readonly string[]): string {
  if (texts.length === 0) return "";
  return ["> **Notices**", ">", ...texts.map((text) => `> - ${escapeMarkdown(text)}`)].join("\n");
}
