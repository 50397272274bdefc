/** From measurements to a verdict: up to how many streams the client's figures can be believed. */

import {
  type Certificate,
  type ErrorFigure,
  type JudgedRung,
  type Rung,
  type RungVerdict,
  showDuration,
} from "../core/mod.ts";

/**
 * A rung is trusted when the error of TTFT, of ITL and of the schedule is at most 1 ms at the median and 10 ms at p99, and
 * void when the endpoint was late by 1 ms or more at p99 (then the error is not the client's alone), when fewer than half of its requests
 * ended in time, or fewer than 5 ended well.
 */
export const limits: Certificate["limits"] = {
  p50_ms: 1,
  p99_ms: 10,
  truth_late_p99_ms: 1,
  fewest_requests: 5,
};

/** What the rungs of a ladder say together. */
export type Judgement = Pick<
  Certificate,
  "rungs" | "trusted_streams" | "at_least" | "trusted_rate_rps" | "rate_at_least"
>;

/** What a load is measured in: requests in flight, or arrivals a second. */
export type LoadUnit = "streams" | "rate_rps";

/**
 * Judges the rungs of two ladders, one of streams and one of rates. Climbing from the lowest, the highest trusted one before
 * the first untrusted one is the load that is trusted; void rungs are passed over.
 */
export function judge(measured: readonly Rung[]): Judgement {
  const rungs = measured.map(judgeRung);
  const [closed, open] = [ladderIn("streams", rungs), ladderIn("rate_rps", rungs)];
  const [streams, rate] = [climb("streams", closed), climb("rate_rps", open)];
  return {
    rungs: [...closed, ...open],
    trusted_streams: streams.trusted,
    at_least: streams.at_least,
    trusted_rate_rps: rate.trusted,
    rate_at_least: rate.at_least,
  };
}

function ladderIn(unit: LoadUnit, rungs: readonly JudgedRung[]): JudgedRung[] {
  return rungs.filter((rung) => rung[unit] !== null).sort((a, b) => a[unit]! - b[unit]!);
}

function climb(unit: LoadUnit, ladder: readonly JudgedRung[]): { trusted: number | null; at_least: boolean } {
  let trusted: number | null = null;
  let at_least = false;
  for (const rung of ladder) {
    if (rung.verdict === "void") continue;
    at_least = rung.verdict === "trusted";
    trusted = at_least ? rung[unit]! : trusted ?? 0;
    if (!at_least) break;
  }
  return { trusted, at_least };
}

/**
 * Whether figures taken at a load can be believed: the column `trusted`.
 *
 * @returns null when nobody knows: nothing was certified, or only higher loads were, without success
 */
export function trustedAt(
  certificate: Pick<Certificate, "trusted_streams" | "trusted_rate_rps" | "rungs">,
  unit: LoadUnit,
  load: number,
): boolean | null {
  const trusted = unit === "streams" ? certificate.trusted_streams : certificate.trusted_rate_rps;
  if (trusted === null) return null;
  if (load <= trusted) return true;
  const lowest = certificate.rungs.find((rung) => rung[unit] !== null && rung.verdict === "untrusted");
  return trusted === 0 && lowest !== undefined && load < lowest[unit]! ? null : false;
}

function judgeRung(rung: Rung): JudgedRung {
  const voids = reasonsForVoid(rung);
  if (voids.length > 0) return judged(rung, "void", voids);
  const faults = [
    ...(rung.failed === 0 ? [] : [`${rung.failed} of ${rung.planned} requests failed`]),
    ...excess("TTFT", rung.ttft_error),
    ...excess("ITL", rung.itl_error),
    ...excess("the schedule", rung.schedule_error),
  ];
  return judged(rung, faults.length === 0 ? "trusted" : "untrusted", faults);
}

function judged(rung: Rung, verdict: RungVerdict, reasons: readonly string[]): JudgedRung {
  return { ...rung, verdict, reasons };
}

function reasonsForVoid({ planned, requests, failed, ttft_error, truth_late }: Rung): string[] {
  const ended = requests + failed;
  if (ended === 0) return ["there was no time for it"];
  if (ended < planned / 2) return [`the time was up when ${ended} of ${planned} requests had ended`];
  if (requests === 0) return [];
  if (requests < limits.fewest_requests) return [`${requests} requests are too few to tell`];
  if (ttft_error === null || truth_late === null) return ["the endpoint's log does not know its requests"];
  const [late, where] = worstOf(truth_late);
  return late < limits.truth_late_p99_ms
    ? []
    : [`the endpoint itself was late by ${showDuration(late)} at ${where}`];
}

function excess(name: string, error: ErrorFigure | null): string[] {
  if (error === null) return [];
  const found: string[] = [];
  if (error.p50_ms > limits.p50_ms) found.push(`${name} is off by ${showDuration(error.p50_ms)} at p50`);
  const [worst, where] = worstOf(error);
  if (worst > limits.p99_ms) found.push(`${name} is off by ${showDuration(worst)} at ${where}`);
  return found;
}

/** The worst sample stands in for a p99 of few samples. */
function worstOf({ p99_ms, max_ms }: ErrorFigure): [number, string] {
  return p99_ms === null ? [max_ms, "worst"] : [p99_ms, "p99"];
}
