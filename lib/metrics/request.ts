/** The figures of one request, from its moments. Times in milliseconds on one clock; null in, null out. */

import type { RequestRecord } from "../core/mod.ts";
import { estimatePercentile, sorted } from "./percentile.ts";

/** `later` minus `earlier`; null when either is not known. TTFT is `elapsed(sent_ms, first_token_ms)`. */
export function elapsed(earlier: number | null, later: number | null): number | null {
  return earlier === null || later === null ? null : later - earlier;
}

type Generation = Pick<RequestRecord, "first_token_ms" | "last_token_ms" | "completion_tokens">;

/**
 * TPOT: (last - first token) / (completion tokens - 1). null under 2 tokens, when not streamed, and when all tokens came at
 * one moment, which says nothing about speed.
 */
export function tpotMs(request: Generation): number | null {
  const span = elapsed(request.first_token_ms, request.last_token_ms);
  const later = (request.completion_tokens ?? 0) - 1;
  return span === null || span <= 0 || later < 1 ? null : span / later;
}

/** Output tokens per second of one request: (completion tokens - 1) / (last - first token); null where TPOT is. */
export function outputTokensPerS(request: Generation): number | null {
  const tpot = tpotMs(request);
  return tpot === null ? null : 1000 / tpot;
}

/** What `itl_us` and the columns beside it hold. */
export type GapFigures = Pick<RequestRecord, "itl_us" | "itl_p50_ms" | "itl_p99_ms" | "itl_max_ms">;

/**
 * The gaps between the arrivals of content chunks (ITL) of one request in whole microseconds, and their median, p99 and
 * maximum in milliseconds. The gaps add up to last minus first arrival. The p99 is hidden below 100 gaps and the median
 * below 2, as every percentile with n < 1/(1-p).
 *
 * @param arrivals_ms arrival of each content chunk, ascending
 */
export function gapFigures(arrivals_ms: readonly number[]): GapFigures {
  const at = arrivals_ms.map((ms) => Math.round(ms * 1000));
  const itl_us = at.slice(1).map((us, i) => us - at[i]!);
  const gaps = sorted(itl_us);
  const inMs = (us: number | null | undefined) =>
    us === null || us === undefined ? null : Math.round(us) / 1000;
  return {
    itl_us: arrivals_ms.length === 0 ? null : itl_us,
    itl_p50_ms: inMs(estimatePercentile(gaps, 500).value),
    itl_p99_ms: inMs(estimatePercentile(gaps, 990).value),
    itl_max_ms: inMs(gaps.at(-1)),
  };
}
