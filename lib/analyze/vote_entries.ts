/** Votes with what was voted on, as FMBench's text and JSON files have them. */

import type { DistinctAnswer, Vote } from "../core/mod.ts";

/** A vote with its answer. */
export interface VoteEntry {
  readonly vote: Vote;
  readonly answer: DistinctAnswer;
  /** Which models gave this answer: it is judged once, whoever said it. */
  readonly candidates: readonly string[];
  readonly similarity: number | null;
}

/**
 * Entries as FMBench's text files have them, each closed by an empty line. Further lines of a text are indented and control
 * characters written as `\u001b`, so that no answer can pass for a line of its entry, or for another entry.
 */
export function entryText(entries: readonly VoteEntry[]): string {
  return entries.map((entry) =>
    [
      `candidate model: ${inEntry(entry.candidates.join(", "))}`,
      `candidate model response: ${inEntry(entry.answer.answer)}`,
      `ground truth: ${inEntry(JSON.stringify(entry.answer.ground_truth))}`,
      `verdict and explanation: ${inEntry(said(entry.vote))}`,
      `judge: ${inEntry(entry.vote.judge)}`,
      "\n",
    ].join("\n")
  ).join("");
}

function said({ outcome, explanation, raw, error_message }: Vote): string {
  if (outcome === "correct" || outcome === "incorrect") {
    return JSON.stringify({ verdict: outcome, explanation });
  }
  return `${outcome}: ${raw ?? error_message ?? ""}`;
}

const lineBreaks = /\r\n|[\r\n\v\f\u0085\u2028\u2029]/g;
// deno-lint-ignore no-control-regex
const controls = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/g;

function inEntry(text: string): string {
  return text.replace(lineBreaks, "\n    ").replace(
    controls,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** One vote as FMBench's `per_poll_eval/*.json` has it, with what FMBench has not behind it. */
export function entryJson({ vote, answer, candidates, similarity }: VoteEntry): string {
  const decided = vote.outcome === "correct" || vote.outcome === "incorrect";
  return JSON.stringify(
    {
      exception: vote.error_message,
      completion: decided ? said(vote) : vote.raw,
      completion_token_count: vote.completion_tokens,
      prompt_token_count: vote.prompt_tokens,
      model_id: vote.model_id,
      candidate_model: candidates.join(", "),
      candidate_model_response: answer.answer,
      cosine_similarity_score: similarity,
      payload_file: answer.payload_file,
      question: answer.question,
      ground_truth: answer.ground_truth,
      judge: vote.judge,
      verdict: vote.outcome,
      explanation: vote.explanation,
      calls: vote.calls,
      answer_id: vote.answer_id,
    },
    null,
    2,
  ) + "\n";
}

/**
 * The name of that file: model, answer, place of the judge in the panel, first five words of the answer. The words are a model's:
 * of them, as of all of it, only ASCII letters, digits and `. _ -` are left.
 */
export function entryFile({ answer, candidates }: VoteEntry, place: number): string {
  const words = answer.answer.slice(0, 1_000).trim().split(/\s+/).slice(0, 5).join(" ");
  const [model, excerpt] = [plainName(candidates[0] ?? "").slice(0, 80), plainName(words).slice(0, 60)];
  return `${model}_${answer.answer_id}_${place}_${excerpt}.json`;
}

/** A name for the files of each judge; of two that would share one, the later gets a number. */
export function judgeFileNames(judges: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  return new Map(judges.map((judge) => {
    const plain = plainName(judge).slice(0, 150);
    let name = plain;
    for (let i = 2; taken.has(name.toLowerCase()); i++) name = `${plain}_${i}`;
    taken.add(name.toLowerCase());
    return [judge, name];
  }));
}

function plainName(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]/g, "_").replace(/^\./, "_");
}
