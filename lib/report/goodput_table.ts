/** What was answered in time, and the highest load at which enough is. */

import {
  type CellSummary,
  escapeMarkdown,
  type Estimate,
  loadHeading,
  type LoadLimit,
  type Objectives,
  type ServiceLevel,
  showDuration,
  showLoad,
  showNumber,
  showPercent,
} from "../core/mod.ts";
import { byPayloadFile, fewSamples, figure, paragraphs, table } from "./markdown.ts";

const names: Readonly<Record<keyof Objectives, string>> = {
  response_ms: "a response time",
  e2e_ms: "an E2E latency",
  ttft_ms: "a TTFT",
  tpot_ms: "a TPOT",
};

/** `a TTFT of at most 2 s and a TPOT of at most 200 ms`. */
export function objectiveWords(objectives: Objectives): string {
  const limits = (Object.keys(names) as (keyof Objectives)[]).flatMap((name) => {
    const limit = objectives[name];
    return limit === undefined ? [] : [`${names[name]} of at most ${showDuration(limit)}`];
  });
  return limits.length === 0 ? "an answer" : limits.join(" and ");
}

/** One table a payload file: of each level how much of what was asked was answered in time. */
export function goodputTable(cells: readonly CellSummary[], { objectives, share }: ServiceLevel): string {
  if (cells.length === 0) return "No request was measured.";
  const tables = byPayloadFile(cells, (rows) =>
    table(rows, [
      { heading: "Experiment", align: "left", cell: (cell) => escapeMarkdown(cell.experiment_name) },
      { heading: loadHeading(cells), cell: (cell) => showLoad(cell) },
      { heading: "Good, of all finished", cell: ({ goodput }) => percents(goodput.share) },
      { heading: "Good per minute", cell: ({ goodput }) => showNumber(goodput.per_minute) },
      { heading: "Per minute", cell: (cell) => showNumber(cell.transactions_per_minute) },
      { heading: "Enough", align: "left", cell: ({ goodput }) => enough(goodput.share, share) },
    ]));
  return paragraphs(
    tables,
    `Good is a request with ${
      objectiveWords(objectives)
    }; a failed one is finished and not good, an answer of one token has no ` +
      `time per output token to miss. Enough is ${
        showPercent(share)
      } of the finished requests; 'not for certain' where that lies ` +
      "within the 95 % interval.",
  );
}

/** The highest load of each experiment that keeps the service level, in a line each. */
export function loadLimitTable(limits: readonly LoadLimit[], { objectives, share }: ServiceLevel): string {
  if (limits.length === 0) return "No request was measured.";
  const tables = byPayloadFile(limits, (rows) =>
    table(rows, [
      { heading: "Experiment", align: "left", cell: (row) => escapeMarkdown(row.experiment_name) },
      { heading: "Highest load", align: "left", cell: limitWords },
      { heading: "95 % interval", cell: ({ load }) => range(load) },
      { heading: "Per minute there", cell: ({ transactions_per_minute }) => figure(transactions_per_minute) },
      { heading: "95 % interval", cell: ({ transactions_per_minute }) => range(transactions_per_minute) },
      {
        heading: "Levels measured",
        align: "left",
        cell: ({ levels }) => levels.map((one) => showNumber(one)).join(", "),
      },
    ]));
  return paragraphs(
    tables,
    `The highest load at which ${showPercent(share)} of the requests have ${
      objectiveWords(objectives)
    }, read between the measured ` +
      "levels; a level whose queue grew keeps nothing. The interval has measured levels as its ends: up to the lower one every level " +
      "clearly keeps the objectives, from the upper one on every level clearly misses them.",
    limits.some(({ load }) => load.flagged)
      ? `${fewSamples} An end is open: no level is that clear. More requests a level, or more levels, close it.`
      : null,
  );
}

/** `4 in flight`, `at least 16 in flight`, `below 0.5 arrivals/s`. */
export function limitWords({ found, load, closed, levels }: LoadLimit): string {
  const words = (value: number) =>
    closed ? `${showNumber(value)} in flight` : `${showNumber(value)} arrivals/s`;
  const mark = load.flagged ? fewSamples : "";
  if (found === "unknown") return "–";
  if (found === "below") return `below ${words(levels[0]!)}${mark}`;
  return `${found === "at_least" ? "at least " : ""}${words(load.value!)}${mark}`;
}

function percents({ value, low, high, flagged }: Estimate): string {
  if (value === null) return "–";
  const end = (fraction: number | null) => fraction === null ? "" : showNumber(fraction * 100);
  return `${showPercent(value)}${flagged ? fewSamples : ""} (${end(low)}–${end(high)})`;
}

function range({ low, high }: Estimate): string {
  if (low === null && high === null) return "–";
  if (low === null) return `up to ${showNumber(high)}`;
  return high === null ? `${showNumber(low)} or more` : `${showNumber(low)}–${showNumber(high)}`;
}

function enough({ value, low, high }: Estimate, share: number): string {
  if (value === null) return "–";
  const sure = value >= share ? low !== null && low >= share : high !== null && high < share;
  return `${value >= share ? "yes" : "no"}${sure ? "" : ", not for certain"}`;
}
