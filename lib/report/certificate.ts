/** The stamp: what the client's own error was on this machine, and up to which load it is trusted. */

import {
  type Certificate,
  type ErrorFigure,
  escapeMarkdown,
  type JudgedRung,
  showDuration,
  showNumber,
} from "../core/mod.ts";
import { paragraphs, table } from "./markdown.ts";

/**
 * A sentence with the number of streams that is trusted, and a table with one line for each number that was tried.
 *
 * @param certificate null: not certified
 */
export function certificate(certificate: Certificate | null): string {
  if (certificate === null) {
    return "**The client's own error** on this machine was not measured: `certify: no`, or step 0 was not part of this run.";
  }
  const { fault, rungs } = certificate;
  if (fault !== null) {
    return `**The client's own error** on this machine could not be measured: ${escapeMarkdown(fault)}`;
  }
  return paragraphs(
    `**The client's own error** on this machine: ${verdict(certificate)}`,
    table(rungs, [
      { heading: "Streams", cell: ({ streams }) => showNumber(streams, 12) },
      { heading: "n", cell: ({ requests }) => showNumber(requests, 12) },
      { heading: "TTFT error p50 (ms)", cell: ({ ttft_error }) => showNumber(ttft_error?.p50_ms) },
      { heading: "p99", cell: ({ ttft_error }) => tail(ttft_error) },
      { heading: "ITL error p50 (ms)", cell: ({ itl_error }) => showNumber(itl_error?.p50_ms) },
      { heading: "p99", cell: ({ itl_error }) => tail(itl_error) },
      ...rungs.some(({ schedule_error }) => schedule_error !== null)
        ? [{
          heading: "Schedule error p99 (ms)",
          cell: ({ schedule_error }: JudgedRung) => tail(schedule_error),
        }]
        : [],
      { heading: "CPU per event (µs)", cell: ({ cpu_us_per_event }) => showNumber(cpu_us_per_event) },
      { heading: "Loop lag p99 (ms)", cell: ({ loop_lag_p99_ms }) => showNumber(loop_lag_p99_ms) },
      { heading: "Endpoint late p99 (ms)", cell: ({ truth_late }) => tail(truth_late) },
      { heading: "Verdict", align: "left", cell: ({ verdict }) => verdict },
    ]),
    notes(certificate),
  );
}

function verdict(
  { rungs, trusted_streams, at_least, planned_streams, events_per_stream_s }: Certificate,
): string {
  const of = `streams of ${showNumber(events_per_stream_s)} events a second`;
  const found = rungs.filter(({ reasons }) => reasons.length > 0)
    .map(({ streams, verdict, reasons }) =>
      `With ${showNumber(streams, 12)}: ${verdict}, ${escapeMarkdown(reasons.join(", "))}.`
    ).join(" ");
  const sentences: string[] = [];
  if (trusted_streams === null) {
    sentences.push("void. Nothing can be said of it, and no request is marked.");
  } else if (trusted_streams === 0) {
    sentences.push(`**not trusted** with ${of}.`);
  } else {
    sentences.push(
      `trusted up to ${at_least ? "at least " : ""}**${showNumber(trusted_streams, 12)} ${of}**.`,
    );
    if (planned_streams !== null && planned_streams > trusted_streams) {
      sentences.push(
        `The plan holds up to ${showNumber(planned_streams, 12)}: requests beyond that are marked untrusted.`,
      );
    }
  }
  return [...sentences, ...(found === "" ? [] : [found])].join(" ");
}

/** The worst in brackets where there are too few samples for a p99. */
function tail(error: ErrorFigure | null): string {
  if (error === null) return "–";
  return error.p99_ms === null ? `(${showNumber(error.max_ms)})` : showNumber(error.p99_ms);
}

function notes({ limits, clock, workers, took_s, endpoint_realtime }: Certificate): string {
  const { p50_ms, p99_ms, truth_late_p99_ms } = limits;
  return "Error: the journal against the embedded endpoint's own log; in brackets the worst of fewer than 100 samples. " +
    `Trusted: p50 at most ${showDuration(p50_ms)} and p99 at most ${
      showDuration(p99_ms)
    }, for TTFT and ITL. ` +
    `Void: the endpoint itself was late by ${showDuration(truth_late_p99_ms)} or more at p99. ` +
    `Measured in ${showDuration(took_s * 1000)} with the ${clock ?? "unknown"} clock, ${workers} load ` +
    `${workers === 1 ? "process" : "processes"}, the endpoint at ${
      endpoint_realtime ? "real-time" : "normal"
    } priority.`;
}
