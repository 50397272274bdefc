/** What the files of AWS's latency notebook can't tell. */

import { isSuccess, type OldRow, type OldRows } from "./study_old_rows.ts";

/** A read time-out of the notebook's client, after which it tried again. */
const hiddenRetry_s = 60;

/** A notice for each thing that a reader would otherwise take for measured. */
export function oldStudyNotices(
  { rows, files, empty, names }: OldRows & { readonly names: readonly string[] },
): string[] {
  const ok = rows.filter(isSuccess);
  const count = (wanted: (row: OldRow) => boolean) => ok.filter(wanted).length;
  const slow = count(({ time_to_first_byte }) => (time_to_first_byte ?? 0) >= hiddenRetry_s);
  const full = count(({ model_output_tokens, configured_output_tokens_for_request: cap }) =>
    model_output_tokens !== null && cap !== null && model_output_tokens >= cap
  );
  const first = count(({ invocation_id }) => invocation_id === 0);
  const unplaced = rows.filter(({ region }) => region === null).length;
  const undated = rows.filter(({ sent_at_ms }) => sent_at_ms === null).length;
  const only = (found: number, text: string) => found === 0 ? [] : [text];
  return [
    `Read from CSV files of AWS's latency notebook (files: ${files.length}, rows: ${rows.length}). What follows is what such files can't tell.`,
    ...names.length > 1
      ? [`They were made under several names, which are told apart: ${names.join(", ")}.`]
      : [],
    "Failures are missing: calls that timed out, lost their connection or broke off left no row. Error rates are too low, and the slowest " +
    "calls are missing from the slow tail.",
    ...only(
      empty.length,
      `Files without a call: ${empty.length} (${empty.slice(0, 5).join(", ")}${
        empty.length > 5 ? ", ..." : ""
      }). In such a round every call may have failed.`,
    ),
    "Retries are hidden: the client tried a failed call again by itself, and the time of both is one TTFT." +
    (slow === 0 ? "" : ` Successes with a TTFT of ${hiddenRetry_s} s and more: ${slow}.`),
    "Cold connections are not marked: the first call of each scenario in each round opened one, and its TTFT has the time for that in it" +
    (first === 0 ? "." : ` (successes with invocation_id 0: ${first}).`),
    "Times were taken by the wall clock, which can be set while a call is under way, and rounded to 10 ms: a TTFT of 100 ms may be 5 ms off, and " +
    "the speed of an answer that took a tenth of a second by a tenth.",
    "TTFT ends with the first piece of the answer of any kind: it may be reasoning that no reader sees.",
    "Output tokens per second are (output tokens - 1) / (last - first byte), not the notebook's OTPS, which divides by the whole time.",
    "Why an answer ended is not known" +
    (full === 0 ? "." : `: ${full} of ${ok.length} have as many tokens as the cap, which so has cut them.`),
    "The sampling settings in the files are not what was sent, and are left out.",
    ...only(unplaced, `Rows without a region: ${unplaced}. They are variants of their own.`),
    ...only(undated, `Rows without a time: ${undated}. They count at the time of the row before them.`),
  ];
}
