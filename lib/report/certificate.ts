/** The stamp: what the client's own error was on this machine, and up to which load it is trusted. */

import {
  type Certificate,
  type ClientLoad,
  type ErrorFigure,
  escapeMarkdown,
  type JudgedRung,
  showDuration,
  showNumber,
  showPercent,
} from "../core/mod.ts";
import { paragraphs, table } from "./markdown.ts";

/**
 * A sentence with the load that is trusted, and a table with one line for each load that was tried.
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
      { heading: "Load", align: "left", cell: showLoad },
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

/** From here on a process has no reserve: what arrives waits for it. */
const busy = 0.9;

/**
 * A paragraph about what the client did during the run itself.
 *
 * @param load null: not known
 */
export function clientLoad(load: ClientLoad | null): string {
  if (load === null) return "What sending took of this machine during the run is not known.";
  const { busiest_cpu, mean_cpu, lag_p99_ms, lag_max_ms } = load;
  const lag = lag_max_ms === null
    ? ""
    : ` Its timers were late by ${lag_p99_ms === null ? "" : `${showDuration(lag_p99_ms)} at p99 and `}${
      showDuration(lag_max_ms)
    } at worst.`;
  const verdict = busiest_cpu < busy
    ? ""
    : " **It had no reserve then**: latencies of that time may hold delays of the client's own. Send with more load processes (`load.workers`) or from a bigger machine.";
  return `**During the run** a load process used ${showPercent(mean_cpu)} of a core on average and ${
    showPercent(busiest_cpu)
  } in the busiest second.${lag}${verdict}`;
}

/** What was found on one ladder. */
interface Found {
  /** What its loads are counted in. */
  readonly unit: string;
  readonly trusted: number | null;
  readonly at_least: boolean;
  readonly planned: number | null;
}

function verdict(certificate: Certificate): string {
  const { rungs, events_per_stream_s } = certificate;
  const ladders: Found[] = [];
  if (rungs.some(({ streams }) => streams !== null)) {
    ladders.push({
      unit: `streams of ${showNumber(events_per_stream_s)} events a second`,
      trusted: certificate.trusted_streams,
      at_least: certificate.at_least,
      planned: certificate.planned_streams,
    });
  }
  if (rungs.some(({ rate_rps }) => rate_rps !== null)) {
    ladders.push({
      unit: "arrivals a second",
      trusted: certificate.trusted_rate_rps,
      at_least: certificate.rate_at_least,
      planned: certificate.planned_rate_rps,
    });
  }
  const faults = rungs.filter(({ reasons }) => reasons.length > 0).map((rung) =>
    `With ${showLoad(rung)}: ${rung.verdict}, ${escapeMarkdown(rung.reasons.join(", "))}.`
  );
  if (ladders.every(({ trusted }) => trusted === null)) {
    return ["void. Nothing can be said of it, and no request is marked.", ...faults].join(" ");
  }
  const [first = "", ...rest] = ladders.map(sentenceOf);
  const sentences = [first, ...rest.map((sentence) => sentence.charAt(0).toUpperCase() + sentence.slice(1))];
  return [...sentences, ...faults].join(" ");
}

function sentenceOf({ unit, trusted, at_least, planned }: Found): string {
  if (trusted === null) return `void with ${unit}.`;
  if (trusted === 0) return `**not trusted** with ${unit}.`;
  const upTo = `trusted up to ${at_least ? "at least " : ""}**${showNumber(trusted, 12)} ${unit}**.`;
  if (planned === null || planned <= trusted) return upTo;
  return `${upTo} The plan holds up to ${
    showNumber(planned, 12)
  }: requests beyond that are marked untrusted.`;
}

function showLoad({ streams, rate_rps }: JudgedRung): string {
  return streams !== null
    ? `${showNumber(streams, 12)} stream${streams === 1 ? "" : "s"}`
    : `${showNumber(rate_rps, 12)}/s`;
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
    }, for TTFT, ITL and the schedule. ` +
    `Void: the endpoint itself was late by ${showDuration(truth_late_p99_ms)} or more at p99. ` +
    `Measured in ${showDuration(took_s * 1000)} with the ${clock ?? "unknown"} clock, ${workers} load ` +
    `${workers === 1 ? "process" : "processes"}, the endpoint at ${
      endpoint_realtime ? "real-time" : "normal"
    } priority.`;
}
