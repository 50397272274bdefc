/** `evaluations/verdicts.jsonl`: one verdict a line. */

import { dirname } from "node:path";
import { UserError, type Verdict } from "../core/mod.ts";

/** Writes all verdicts; the file takes its name once it is whole. The folder is made when it is missing. */
export async function writeVerdicts(path: string, verdicts: Iterable<Verdict>): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const lines = ReadableStream.from(linesOf(verdicts)).pipeThrough(new TextEncoderStream());
  await Deno.writeFile(`${path}.part`, lines);
  await Deno.rename(`${path}.part`, path);
}

function* linesOf(verdicts: Iterable<Verdict>): Generator<string> {
  for (const verdict of verdicts) yield JSON.stringify(verdict) + "\n";
}

/**
 * Reads verdicts back.
 *
 * @throws {UserError} If the file is missing or a line is not a verdict; names file and line
 */
export async function readVerdicts(path: string): Promise<Verdict[]> {
  const text = await Deno.readTextFile(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw unreadable(path, "there is no such file", error);
  });
  return text.split("\n").flatMap((line, index) => line === "" ? [] : [parse(line, `${path}:${index + 1}`)]);
}

function parse(line: string, where: string): Verdict {
  try {
    const value: unknown = JSON.parse(line);
    if (isVerdict(value)) return value;
  } catch (error) {
    throw unreadable(where, "the line is not JSON", error);
  }
  throw unreadable(where, "the line is not a verdict");
}

const outcomes: readonly unknown[] = [
  "correct",
  "incorrect",
  "needs_review",
  "undecided",
  "no_ground_truth",
  "failed",
];

function isVerdict(value: unknown): value is Verdict {
  if (value === null || typeof value !== "object") return false;
  const row = value as Record<keyof Verdict, unknown>;
  const texts = [row.request_id, row.experiment_name, row.payload_file, row.payload_id, row.method];
  return texts.every((text) => typeof text === "string") && outcomes.includes(row.verdict) &&
    (row.concurrency === null || typeof row.concurrency === "number");
}

function unreadable(thing: string, found: string, cause?: unknown): UserError {
  return new UserError({
    action: "read the verdicts",
    thing,
    found,
    expected: "what 4_get_evaluations writes",
    remedy: "Run 4_get_evaluations again.",
  }, { cause });
}
