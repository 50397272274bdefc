/** Step 0: how far this machine's client can be believed, and which levels that covers. */

import type { AttemptCounts } from "../../analyze/mod.ts";
import { certify, ladderFor, readCertificate, trustedAt, writeCertificate } from "../../certify/mod.ts";
import { Interrupted, showPercent } from "../../core/mod.ts";
import { peakRate } from "../../load/mod.ts";
import { certificate as stamp } from "../../report/mod.ts";
import { readManifest, type Run } from "../../run/mod.ts";
import { attempt, type StepContext } from "../context.ts";
import { type Load, loadsOf } from "./levels.ts";
import { highest, workerCount } from "./worker_count.ts";

/** What a run spends on it. */
const SECONDS = 5;

/**
 * Drives an embedded endpoint of its own at the highest loads of the plan and beyond, and writes `certify.json`.
 *
 * @returns the certificate as the report shows it
 */
export function certifyClient(step: StepContext): Promise<string> {
  return attempt(step, async () => {
    if (!step.config.certify) return stamp(null);
    const { experiments, load } = step.config;
    const loads = (await Promise.all(experiments.map(loadsOf))).flat();
    const planned = {
      streams: highest(loads.map(({ concurrency }) => concurrency)),
      rate_rps: highest(loads.map(peakRate)),
    };
    const certificate = await certify({
      ladder: ladderFor(planned),
      planned_streams: planned.streams,
      planned_rate_rps: planned.rate_rps,
      seconds: SECONDS,
      workers: workerCount(load.workers, planned),
      machine: (await readManifest(step.run.paths.manifest)).machine,
      scratch_dir: step.run.paths.root,
      // The load names the step that it usually belongs to.
      onProgress: ({ at: _at, step: _step, ...event }) => step.progress(event),
      signal: step.signal,
      env: Deno.env.toObject(),
    });
    if (step.signal.aborted) throw new Interrupted("The certification was stopped.");
    await writeCertificate(step.run.paths.certify, certificate);
    step.loadTime(certificate.took_s);
    const { trusted_streams, trusted_rate_rps, fault } = certificate;
    step.log(
      "info",
      `client certified: ${
        fault ?? `trusted up to ${trusted_streams} streams, ${trusted_rate_rps} arrivals a second`
      }`,
    );
    return stamp(certificate);
  });
}

/**
 * The levels with what the run's certificate says of each: of a closed loop by its concurrency, of an open one by its rate, of a study's
 * by the calls that it has in flight.
 *
 * @param parallel_calls of the study; null: it is none
 */
export async function withTrust<L extends Load>(
  run: Run,
  levels: readonly L[],
  parallel_calls: number | null,
): Promise<(L & { readonly trusted: boolean | null })[]> {
  const certificate = await readCertificate(run.paths.certify);
  return levels.map((level) => {
    const streams = parallel_calls ?? level.concurrency;
    return {
      ...level,
      trusted: certificate === null
        ? null
        : streams === null
        ? trustedAt(certificate, "rate_rps", peakRate(level)!)
        : trustedAt(certificate, "streams", streams),
    };
  });
}

/** A sentence when requests were sent beyond what the client is certified for. */
export function trustNotices(
  { attempts, untrusted }: Pick<AttemptCounts, "attempts" | "untrusted">,
): string[] {
  if (untrusted === 0) return [];
  return [
    `${
      showPercent(untrusted / attempts)
    } of the requests were sent at a load beyond the one for which this machine's client is trusted: ` +
    "their latencies may hold delays of the client's own.",
  ];
}
