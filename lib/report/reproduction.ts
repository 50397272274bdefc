/** What it takes to do the run again, and to see that it is the same one. */

import { escapeMarkdown, type PriceMeta, redact, showDuration } from "../core/mod.ts";
import { priceNote } from "./cost_table.ts";
import { fenced, paragraphs, table } from "./markdown.ts";

/** A run that figures of the report rest on. */
export interface ReproducedRun {
  /** `<general.name>/<run id>`. */
  readonly run_id: string;
  /** What this run did for the report, in words. */
  readonly part: string;
  /** Words of the command line that starts it again, from the project's folder; secrets redacted. */
  readonly command: readonly string[];
  /** Name -> version. */
  readonly versions: Readonly<Record<string, string>>;
  /** The machine in words. */
  readonly machine: string;
  readonly seed: number;
  /** SHA-256 of the config, and of the parts that must be the same for the requests to be the same. */
  readonly hashes: Readonly<Record<string, string>>;
}

/** A step as it went. */
export interface ReproducedStep {
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly started_at: string | null;
  readonly ended_at: string | null;
  /** The run that did it. */
  readonly run_id: string;
}

export interface Reproduction {
  /** The run of the report, then the others that it rests on. */
  readonly runs: readonly ReproducedRun[];
  readonly steps: readonly ReproducedStep[];
  /** Files with the prompts that were sent. */
  readonly prompts: readonly { readonly file: string; readonly sha256: string }[];
  readonly prices: PriceMeta;
}

/** Digits of a hash that are shown. */
const digits = 16;

/** The commands, versions, machine, seed and hashes of each run, the prompts' hashes, the prices, and when each step ran. */
export function reproduction({ runs, steps, prompts, prices }: Reproduction): string {
  return paragraphs(
    ...runs.map(runSection),
    prompts.length === 0 ? null : table(prompts, [
      { heading: "Prompts sent", align: "left", cell: ({ file }) => escapeMarkdown(file) },
      { heading: "SHA-256", align: "left", cell: ({ sha256 }) => shortHash(sha256) },
    ]),
    priceNote(prices),
    table(steps, [
      { heading: "Step", align: "left", cell: ({ name }) => escapeMarkdown(name) },
      {
        heading: "Started (UTC)",
        align: "left",
        cell: ({ started_at }) => started_at === null ? "–" : minuteOf(started_at),
      },
      { heading: "Took", cell: tookOf },
      ...(runs.length === 1 ? [] : [{
        heading: "Run",
        align: "left" as const,
        cell: (step: ReproducedStep) => escapeMarkdown(step.run_id),
      }]),
    ]),
    `Hashes are the first ${digits} digits of SHA-256: of the whole config; of the data sets, the prompt template and the tokenizer by their content, with the seed (data); of the experiments; of the load. ` +
      "With the same of all of them the same requests are due at the same times, in the same order; what the endpoint makes of them may differ.",
  );
}

function runSection({ run_id, part, command, versions, machine, seed, hashes }: ReproducedRun): string {
  const listed = (of: Readonly<Record<string, string | number>>) =>
    Object.entries(of).map(([name, value]) => `${escapeMarkdown(name)} ${escapeMarkdown(String(value))}`)
      .join(", ");
  const line = redact(command.map(quoted).join(" "));
  return paragraphs(
    `**${escapeMarkdown(run_id)}**: ${escapeMarkdown(part)}`,
    fenced(line, "sh"),
    line.includes("[redacted]")
      ? "`[redacted]` stands for a secret that is written nowhere: put in your own."
      : null,
    [
      `- **Versions**: ${listed(versions)}`,
      `- **Machine**: ${escapeMarkdown(machine)}`,
      `- **Seed**: ${seed}`,
      `- **Hashes**: ${
        Object.entries(hashes).map(([name, hash]) => `${escapeMarkdown(name)} ${shortHash(hash)}`).join(", ")
      }`,
    ].join("\n"),
  );
}

function shortHash(hash: string): string {
  return `\`${hash.replace(/[^0-9a-f]/gi, "").slice(0, digits)}\``;
}

/** A word for a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function minuteOf(time: string): string {
  return escapeMarkdown(time.replace(/^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}).*$/, "$1 $2"));
}

function tookOf({ started_at, ended_at }: ReproducedStep): string {
  if (started_at === null || ended_at === null) return "–";
  return showDuration(Date.parse(ended_at) - Date.parse(started_at));
}
