/** The panel's part of step 4: the judges are asked, and what they took and gave is kept in `evaluations/panel.json`. */

import { join } from "node:path";
import {
  type DistinctAnswer,
  Interrupted,
  messageOf,
  type PanelSummary,
  showMoney,
  UserError,
  type VoteOutcome,
} from "../../core/mod.ts";
import {
  checkJudges,
  countVerdictTypes,
  type Judge,
  judgeAnswers as askPanel,
  judgePrompt,
  type Judging,
  majorityOf,
  pairwiseAgreement,
  panelKappa,
  sharedFamily,
} from "../../evaluate/mod.ts";
import type { RunPaths } from "../../run/mod.ts";
import type { StepContext } from "../context.ts";
import { embeddingOf } from "./answer_similarity.ts";
import { judgesOf, openAccess, whatIsLeft } from "./judges.ts";
import { judgedBefore } from "./judged_before.ts";
import { noteAbsence } from "./panel_absence.ts";
import { panelFile, withEmbedding, writePanel } from "./panel_file.ts";

/** Votes by answer and judge. */
export interface PanelVotes {
  readonly judges: readonly string[];
  readonly votes: ReadonlyMap<string, Readonly<Record<string, VoteOutcome>>>;
  readonly judging: Judging;
  /** What a judge, by its name, was asked about an answer; `<number>` stands for the fence's, which is another in every call. */
  readonly promptOf: (judge: string, answer: DistinctAnswer) => string;
}

/** The file of a run with its votes. */
function votesFile({ evaluations }: Pick<RunPaths, "evaluations">): string {
  return join(evaluations, "votes.jsonl");
}

/**
 * Asks the panel about every answer. A start that was stopped is gone on with: votes that are there are not paid for again, nor are
 * those of the run whose answers are judged, or of the one that `--from` names, where the same judge was asked the same. Where
 * the config asks for the panel only if it can be reached, and it can't, the log and the report say why.
 *
 * @returns null: no panel votes
 * @throws {UserError} if the config says `panel: yes` and a judge can't be asked; names all of them
 * @throws {Interrupted} if the user stops the step; votes are kept
 */
export async function panelVotes(
  step: StepContext,
  answers: readonly DistinctAnswer[],
): Promise<PanelVotes | null> {
  const { evaluation } = step.config;
  await Deno.remove(panelFile(step.run.paths)).catch(unlessMissing);
  await noteAbsence(step.run.paths, null);
  if (evaluation.panel === false || answers.length === 0) return null;
  const access = openAccess(step);
  try {
    const judges = await judgesInReach(step, access);
    if (judges === null) return null;
    const { currency } = step.loaded.prices.meta;
    const embedding = await embeddingOf(step.run.paths);
    const judging = await askPanel({
      ...access,
      answers,
      judges,
      votes_path: votesFile(step.run.paths),
      earlier: (await judgedBefore(step.run)).map(({ id, paths }) => ({
        run_id: id,
        votes_path: votesFile(paths),
      })),
      parallel: evaluation.parallel,
      cap: { dollars: whatIsLeft(evaluation.dollars, embedding?.cost ?? 0) },
      failed_again: true,
      onProgress: ({ done, total, missing, cost }) =>
        step.progress({
          label: cost === null ? "votes of judges" : `votes of judges, ${showMoney(cost, currency)} so far`,
          done,
          total,
          errors: missing,
          rate_per_s: null,
          eta_s: null,
        }),
      onNotice: (text) => step.log("notice", text),
    });
    await writePanel(step.run.paths, withEmbedding(summaryOf(step, judges, answers, judging), embedding));
    if (judging.stopped_by === "signal") {
      throw new Interrupted(
        "This step was stopped. The votes that are there are kept; run it again to go on.",
      );
    }
    if (judging.stopped_by !== null) {
      const lacking = answers.length * judges.length - judging.votes.length;
      step.log(
        "notice",
        `The cap on what judging may cost was reached: ${lacking} votes are lacking. Run step 4 again with a higher ` +
          "`evaluation.dollars` to go on; votes that are there are kept.",
      );
    }
    const byName = new Map(judges.map((judge) => [judge.name, judge]));
    return {
      judges: judges.map(({ name }) => name),
      votes: byAnswer(judging),
      judging,
      promptOf: (name, answer) => judgePrompt(byName.get(name)!, answer, "<number>"),
    };
  } finally {
    access.close();
  }
}

/** The judges, each asked for one token; null: one can't be asked, and the config can do without the panel. */
async function judgesInReach(
  step: StepContext,
  access: ReturnType<typeof openAccess>,
): Promise<Judge[] | null> {
  try {
    const judges = await judgesOf(step);
    await checkJudges(judges, access);
    return judges;
  } catch (error) {
    if (step.signal.aborted || !(error instanceof UserError)) throw error;
    if (step.config.evaluation.panel !== "auto") throw error;
    await noteAbsence(step.run.paths, messageOf(error));
    step.log(
      "notice",
      `No panel votes, answers are scored without it: ${messageOf(error)}\n` +
        "`evaluation.panel: yes` makes this a failure, `no` leaves the judges alone.",
    );
    return null;
  }
}

function byAnswer({ votes }: Judging): Map<string, Record<string, VoteOutcome>> {
  const found = new Map<string, Record<string, VoteOutcome>>();
  for (const { answer_id, judge, outcome } of votes) {
    found.getOrInsertComputed(answer_id, () => ({}))[judge] = outcome;
  }
  return found;
}

function summaryOf(
  { config }: StepContext,
  judges: readonly Judge[],
  answers: readonly DistinctAnswer[],
  { votes, accounts, cost, calls, resumed, taken_over, again, stopped_by }: Judging,
): PanelSummary {
  const names = judges.map(({ name }) => name);
  const { kappa, subjects } = panelKappa(votes, names);
  const given = Map.groupBy(votes, ({ answer_id }) => answer_id);
  const majorities = answers.map(({ answer_id }) =>
    majorityOf((given.get(answer_id) ?? []).map(({ outcome }) => outcome), judges.length)
  );
  return {
    answers: answers.length,
    judges: accounts.map((account) => ({
      ...account,
      own_family: config.experiments
        .filter(({ model_id }) => sharedFamily(account.model_id, model_id) !== null)
        .map(({ name }) => name),
    })),
    pairs: pairwiseAgreement(votes, names),
    kappa,
    kappa_answers: subjects,
    verdict_types: countVerdictTypes(majorities),
    ...{ cost, calls, resumed, taken_over, again, stopped_by },
  };
}

function unlessMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
