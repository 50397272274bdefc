/** What happened to the calls of a study besides being measured: other modes, errors, cold connections, gaps. */

import {
  escapeMarkdown,
  type Estimate,
  showDuration,
  showNumber,
  showPercent,
  type StudyFigures,
  type StudyGap,
  type StudyVariant,
} from "../core/mod.ts";
import { figureWithInterval, paragraphs, sampleNotes, table } from "./markdown.ts";
import { variantColumns } from "./study_variant_table.ts";
import { askedProfile, endsWords, showMinute } from "./study_words.ts";

/** Under which profile answers were served; "" where all that was told is as asked. */
export function servedModeTable({ variants }: StudyFigures): string {
  const rows = variants.filter(({ profile, served_otherwise, served_unknown }) =>
    served_otherwise > 0 || (profile !== null && served_unknown > 0)
  );
  if (rows.length === 0) return "";
  return paragraphs(
    table(rows, [
      ...variantColumns(rows),
      { heading: "Asked", align: "left", cell: (variant) => escapeMarkdown(askedProfile(variant)) },
      { heading: "Answers", cell: ({ ok }) => showNumber(ok, 12) },
      { heading: "Served as asked", cell: (variant) => countAndShare(variant.served_as_asked, variant.ok) },
      { heading: "Served otherwise", cell: (variant) => countAndShare(variant.served_otherwise, variant.ok) },
      { heading: "Not told", cell: (variant) => countAndShare(variant.served_unknown, variant.ok) },
    ]),
    "What was served otherwise than asked is in no figure and no pair of its variant. Where the server told nothing, it counts as asked.",
  );
}

function countAndShare(count: number, of: number): string {
  return count === 0 ? "0" : `${showNumber(count, 12)} (${showPercent(count / of)})`;
}

/** How many calls failed or were throttled: all rates on one base, the calls; "" without a call. */
export function studyErrorTable({ variants }: StudyFigures): string {
  const rows = variants.filter(({ calls }) => calls > 0);
  if (rows.length === 0) return "";
  return paragraphs(
    table(rows, [
      ...variantColumns(rows),
      { heading: "Calls", cell: ({ calls }) => showNumber(calls, 12) },
      { heading: "Failed", cell: ({ calls, ok }) => showNumber(calls - ok, 12) },
      { heading: "Error rate", cell: ({ error_rate }) => rateText(error_rate) },
      { heading: "Throttled", cell: ({ throttle_rate }) => rateText(throttle_rate) },
      { heading: "Cut by the cap", cell: ({ cut, ok }) => countAndShare(cut, ok) },
    ]),
    "Rates are of all calls made, repeated ones included; throttled calls are among the failed ones. In brackets the 95 % interval. Cut by the cap: of the successful calls.",
  );
}

function rateText(rate: Estimate): string {
  if (rate.value === null) return "–";
  const interval = endsWords(rate, (value) => showPercent(value));
  return `${showPercent(rate.value)}${interval === null ? "" : ` (${interval})`}`;
}

/** Calls that had to wait for a new connection beside the others; "" without such calls. */
export function coldTable({ variants }: StudyFigures): string {
  const rows = variants.filter(({ cold }) => cold > 0);
  if (rows.length === 0) return "";
  return paragraphs(
    table(rows, [
      ...variantColumns(rows),
      { heading: "Cold calls", cell: ({ cold }) => showNumber(cold, 12) },
      { heading: "TTFT p50 cold (ms)", cell: ({ cold_ttft_ms }) => figureWithInterval(cold_ttft_ms) },
      { heading: "TTFT p50 warm (ms)", cell: ({ ttft_ms }) => figureWithInterval(ttft_ms.p50) },
      { heading: "Cold more by", cell: dearer },
    ]),
    "Cold: the call waited for a new connection; its name look-up and handshakes are in its TTFT. Such calls are in no other figure and no pair.",
    ...sampleNotes(rows.map(({ cold_ttft_ms }) => cold_ttft_ms)),
  );
}

function dearer({ cold_ttft_ms: { value: cold }, ttft_ms: { p50: { value: warm } } }: StudyVariant): string {
  if (cold === null || warm === null) return "–";
  return `${cold < warm ? "−" : ""}${showDuration(Math.abs(cold - warm))}`;
}

const gapNames: Readonly<Record<StudyGap["kind"], string>> = {
  sleep: "the machine slept",
  clock_step: "the wall clock was set",
  network: "no network",
  credentials: "the keys had ended",
  restart: "interrupted and resumed",
};

/** What interrupted the study, in order; "" where nothing did. */
export function gapTable({ gaps }: StudyFigures): string {
  if (gaps.length === 0) return "";
  const rows = [...gaps].sort((a, b) => a.from_at < b.from_at ? -1 : a.from_at > b.from_at ? 1 : 0);
  return paragraphs(
    table(rows, [
      { heading: "From (UTC)", align: "left", cell: ({ from_at }) => escapeMarkdown(showMinute(from_at)) },
      {
        heading: "Until (UTC)",
        align: "left",
        cell: ({ until_at }) =>
          until_at === null ? "not over at the end" : escapeMarkdown(showMinute(until_at)),
      },
      { heading: "Lasted", cell: lasted },
      { heading: "What", align: "left", cell: ({ kind }) => gapNames[kind] },
      { heading: "In detail", align: "left", cell: ({ detail }) => escapeMarkdown(detail) },
    ]),
    "Nothing was sent in a gap, and nothing was sent in a burst after it: the schedule went on from where it had stopped. A clock that was set interrupts nothing.",
  );
}

function lasted({ kind, ms }: StudyGap): string {
  if (kind !== "clock_step") return showDuration(ms);
  return `${ms < 0 ? "back" : "forward"} by ${showDuration(Math.abs(ms))}`;
}
