/** What FMBench's step 4 writes of a panel of judges: by FMBench's file names, and its column names where it has them. */

import { join } from "node:path";
import type { DistinctAnswer, JudgeSummary, PanelSummary, Vote } from "../core/mod.ts";
import { inParallel, writeAtomic } from "../storage/mod.ts";
import { judgedFigures } from "./accuracy.ts";
import { accuracyColumns, candidateOf, groups, percent, type VerdictGroup } from "./accuracy_groups.ts";
import { answerColumns } from "./answer_columns.ts";
import { writeCsv, writeCsvSlices } from "./csv.ts";
import { type TableColumn, tableOf } from "./metric_columns.ts";
import type { VerdictRow } from "./verdict_table.ts";
import { entryFile, entryJson, entryText, judgeFileNames, type VoteEntry } from "./vote_entries.ts";

/** What a panel was asked and said. */
export interface PanelFilesInput {
  readonly summary: PanelSummary;
  readonly votes: readonly Vote[];
  /** Every answer that the panel was asked about. */
  readonly answers: readonly DistinctAnswer[];
  /** What a judge, by its name, was asked about an answer. */
  readonly promptOf: (judge: string, answer: DistinctAnswer) => string;
}

const fixedNames = {
  prompts: "processed_eval_prompts_for_inference.csv",
  votes: "raw_llm_as_a_judge_evals.csv",
  all_entries: "all_judges_evals.txt",
  majority: "majority_vote_results_raw.csv",
  by_payload: "per_payload_model_accuracy_majority_vote.csv",
  by_judge: "per_model_per_eval_judge_accuracy.csv",
  by_outcome: "llm_as_a_judge_per_eval_summary.csv",
  poll: "PoLL_per_model_accuracy.csv",
  by_type: "per_model_accuracy_w_verdict_type.csv",
  types_correct: "verdict_type_breakdown_for_correct.csv",
  types_incorrect: "verdict_type_breakdown_for_incorrect.csv",
  cost: "eval_cost_per_llm_evaluator.csv",
} as const;
const entryEnding = "_verdicts_evaluation.txt";
const voteFolder = "per_poll_eval";

/**
 * Writes the files that only a panel fills; `docs/accuracy.md` has a table of them. Accuracies are in percent, nothing is rounded.
 *
 * @param rows every verdict; those without votes are left out
 */
export async function writePanelFiles(
  folder: string,
  rows: readonly VerdictRow[],
  { summary, votes, answers, promptOf }: PanelFilesInput,
): Promise<void> {
  const write = <Row>(
    name: keyof typeof fixedNames,
    of: readonly Row[],
    columns: readonly TableColumn<Row>[],
  ) => writeCsv(join(folder, fixedNames[name]), tableOf(of, columns));
  const voted = rows.filter(({ votes }) => votes !== undefined);
  const { judges } = summary;
  const candidates = candidatesOf(voted);
  const entries = entriesOf(votes, answers, voted, candidates);

  const asked = promptColumns(judges, candidates, promptOf);
  await writeCsvSlices(
    join(folder, fixedNames.prompts),
    slices(answers).map((slice) => tableOf(slice, asked)),
  );
  await write("votes", entries, voteColumns);
  await write("majority", voted, answerColumns);
  await write(
    "by_payload",
    groups(voted, [candidateOf, ({ payload_file }) => payload_file]),
    accuracyColumns(["candidate_model", "payload_file"]),
  );
  await write(
    "by_judge",
    judges.flatMap(({ judge }) => groups(judgedBy(judge, voted), [candidateOf, () => judge])),
    accuracyColumns(["candidate_model", "judge_model_id"]),
  );
  await write("by_outcome", judges.flatMap((judge) => outcomesOf(judge, voted)), outcomeColumns);
  await write("poll", pollOf(judges, voted), pollColumns);
  await write("by_type", groups(voted, [candidateOf, ({ verdict_type }) => verdict_type ?? ""]), [
    ["candidate_model", "text", ({ keys }) => keys[0]!],
    ["verdict_type", "text", ({ keys }) => keys[1]!],
    ["count", "integer", ({ rows }) => rows.length],
  ]);
  for (const verdict of ["correct", "incorrect"] as const) {
    const types = summary.verdict_types.filter((one) => one.verdict === verdict);
    await write(`types_${verdict}`, types, [
      ["verdict_type", "text", ({ verdict_type }) => verdict_type],
      ["count", "integer", ({ count }) => count],
      ["fraction", "float", ({ fraction }) => fraction],
    ]);
  }
  await write("cost", judges, costColumns);
  await writeEntries(folder, entries, judges.map(({ judge }) => judge));
}

/** Takes away what an earlier judging wrote: other judges have other files, and without a panel there are none. */
export async function removePanelFiles(folder: string): Promise<void> {
  const fixed: ReadonlySet<string> = new Set([...Object.values(fixedNames), voteFolder]);
  for await (const { name } of Deno.readDir(folder)) {
    if (!fixed.has(name) && !name.endsWith(entryEnding)) continue;
    await Deno.remove(join(folder, name), { recursive: true });
  }
}

/** Prompts are long: they are never held all at once. */
const answersInSlice = 250;

function* slices(answers: readonly DistinctAnswer[]): Generator<DistinctAnswer[]> {
  for (let i = 0; i < answers.length; i += answersInSlice) yield answers.slice(i, i + answersInSlice);
}

function promptColumns(
  judges: readonly JudgeSummary[],
  candidates: ReadonlyMap<string, readonly string[]>,
  promptOf: PanelFilesInput["promptOf"],
): TableColumn<DistinctAnswer>[] {
  return [
    ["candidate_model", "text", ({ answer_id }) => candidates.get(answer_id)?.join(", ") ?? null],
    ["payload_file", "text", ({ payload_file }) => payload_file],
    ["question", "text", ({ question }) => question],
    ["candidate_model_response", "text", ({ answer }) => answer],
    ["ground_truth", "text", ({ ground_truth }) => JSON.stringify(ground_truth)],
    ["answer_id", "text", ({ answer_id }) => answer_id],
    ...judges.map(({ judge }): TableColumn<DistinctAnswer> => [
      `${judge}_majority_vote_eval_prompt`,
      "text",
      (answer) => promptOf(judge, answer),
    ]),
  ];
}

function candidatesOf(voted: readonly VerdictRow[]): ReadonlyMap<string, readonly string[]> {
  const found = Map.groupBy(voted, ({ answer_id }) => answer_id ?? "");
  return new Map([...found].map(([id, rows]) => [id, [...new Set(rows.map(candidateOf))].sort()]));
}

function entriesOf(
  votes: readonly Vote[],
  answers: readonly DistinctAnswer[],
  voted: readonly VerdictRow[],
  candidates: ReadonlyMap<string, readonly string[]>,
): VoteEntry[] {
  const byId = new Map(answers.map((answer) => [answer.answer_id, answer]));
  const similarities = new Map(voted.map(({ answer_id, similarity }) => [answer_id, similarity ?? null]));
  return votes.flatMap((vote) => {
    const answer = byId.get(vote.answer_id);
    if (answer === undefined) return [];
    const { answer_id } = answer;
    const similarity = similarities.get(answer_id) ?? null;
    return { vote, answer, candidates: candidates.get(answer_id) ?? [], similarity };
  });
}

/** The text files, and a JSON file a vote. */
async function writeEntries(
  folder: string,
  entries: readonly VoteEntry[],
  judges: readonly string[],
): Promise<void> {
  await writeAtomic(join(folder, fixedNames.all_entries), entryText(entries));
  const names = judgeFileNames(judges);
  for (const judge of judges) {
    for (const verdict of ["correct", "incorrect"] as const) {
      const own = entries.filter(({ vote }) => vote.judge === judge && vote.outcome === verdict);
      if (own.length === 0) continue;
      await writeAtomic(join(folder, `${names.get(judge)}_${verdict}${entryEnding}`), entryText(own));
    }
  }
  await Deno.mkdir(join(folder, voteFolder), { recursive: true });
  await inParallel(entries, 16, async (entry) => {
    const name = entryFile(entry, judges.indexOf(entry.vote.judge) + 1);
    await Deno.writeTextFile(join(folder, voteFolder, name), entryJson(entry));
  });
}

/** The rows with the verdict of one judge; a missing vote decides nothing. */
function judgedBy(judge: string, voted: readonly VerdictRow[]): VerdictRow[] {
  return voted.map((row) => {
    const vote = row.votes?.[judge];
    return { ...row, verdict: vote === "correct" || vote === "incorrect" ? vote : "undecided" };
  });
}

interface OutcomeGroup extends VerdictGroup {
  readonly judge: JudgeSummary;
}

function outcomesOf(judge: JudgeSummary, voted: readonly VerdictRow[]): OutcomeGroup[] {
  return groups(voted, [candidateOf, ({ votes }) => votes?.[judge.judge] ?? "failed"])
    .map((group) => ({ ...group, judge }));
}

const outcomeColumns: readonly TableColumn<OutcomeGroup>[] = [
  ["judge_model_id", "text", ({ judge }) => judge.model_id],
  ["judge", "text", ({ judge }) => judge.judge],
  ["candidate_model", "text", ({ keys }) => keys[0]!],
  ["verdict", "text", ({ keys }) => keys[1]!],
  ["count", "integer", ({ rows }) => rows.length],
  ["mean_cosine_similarity", "float", ({ rows }) => judgedFigures(rows).similarity.value],
];

interface PollAccuracy {
  readonly candidate: string;
  readonly similarity: number | null;
  /** Mean of the judges' own accuracies, as a fraction. */
  readonly accuracy: number | null;
  /** Judges that gave a verdict. */
  readonly judges: number;
}

/** The best model first. */
function pollOf(judges: readonly JudgeSummary[], voted: readonly VerdictRow[]): PollAccuracy[] {
  return groups(voted, [candidateOf]).map(({ keys: [candidate], rows }) => {
    const known = judges.map(({ judge }) => judgedFigures(judgedBy(judge, rows)).accuracy.value)
      .filter((value) => value !== null);
    return {
      candidate: candidate!,
      similarity: judgedFigures(rows).similarity.value,
      accuracy: known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length,
      judges: known.length,
    };
  }).sort((a, b) => (b.accuracy ?? -1) - (a.accuracy ?? -1));
}

const pollColumns: readonly TableColumn<PollAccuracy>[] = [
  ["candidate_model", "text", ({ candidate }) => candidate],
  ["mean_cosine_similarity", "float", ({ similarity }) => similarity],
  ["accuracy", "float", ({ accuracy }) => percent(accuracy)],
  ["error_rate", "float", ({ accuracy }) => percent(accuracy === null ? null : 1 - accuracy)],
  ["judges", "integer", ({ judges }) => judges],
];

const voteColumns: readonly TableColumn<VoteEntry>[] = [
  ["judge_model_id", "text", ({ vote }) => vote.model_id],
  ["judge", "text", ({ vote }) => vote.judge],
  ["verdict", "text", ({ vote }) => vote.outcome],
  ["explanation", "text", ({ vote }) => vote.explanation],
  ["candidate_model", "text", ({ candidates }) => candidates.join(", ")],
  ["payload_file", "text", ({ answer }) => answer.payload_file],
  ["question", "text", ({ answer }) => answer.question],
  ["candidate_model_response", "text", ({ answer }) => answer.answer],
  ["ground_truth", "text", ({ answer }) => JSON.stringify(answer.ground_truth)],
  ["cosine_similarity_score", "float", ({ similarity }) => similarity],
  ["prompt_token_count", "integer", ({ vote }) => vote.prompt_tokens],
  ["completion_token_count", "integer", ({ vote }) => vote.completion_tokens],
  ["calls", "integer", ({ vote }) => vote.calls],
  ["error_message", "text", ({ vote }) => vote.error_message],
  ["answer_id", "text", ({ vote }) => vote.answer_id],
];

const costColumns: readonly TableColumn<JudgeSummary>[] = [
  ["judge_model_id", "text", ({ model_id }) => model_id],
  ["judge", "text", ({ judge }) => judge],
  ["prompt_token_count", "integer", ({ prompt_tokens }) => prompt_tokens],
  ["completion_token_count", "integer", ({ completion_tokens }) => completion_tokens],
  ["cost", "float", ({ cost }) => cost],
  ["calls", "integer", ({ calls }) => calls],
  ["correct", "integer", ({ correct }) => correct],
  ["incorrect", "integer", ({ incorrect }) => incorrect],
  ["unparsable", "integer", ({ unparsable }) => unparsable],
  ["failed", "integer", ({ failed }) => failed],
  ["own_family", "text", ({ own_family }) => own_family.join(", ")],
];
