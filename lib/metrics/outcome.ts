/** What became of each request: its final attempt counts, not every try. */

import type { Estimate, RequestRecord } from "../core/mod.ts";
import { seriesProportion } from "./proportion.ts";
import type { Sequence } from "./sequence.ts";

const byName = new Intl.Collator("en", { numeric: true });

/**
 * The last attempt of each request, in the order in which the requests first appear. A request that was cut off in one
 * segment and sent again in a later one is judged by the later one; within a segment the highest attempt counts.
 */
export function finalAttempts<
  T extends Pick<RequestRecord, "request_id" | "attempt" | "segment" | "sent_at">,
>(attempts: readonly T[]): T[] {
  const order = segmentOrder(attempts);
  const finals = new Map<string | null, T>();
  for (const attempt of attempts) {
    const known = finals.get(attempt.request_id);
    if (known === undefined) {
      finals.set(attempt.request_id, attempt);
      continue;
    }
    const segments = order.get(attempt.segment)! - order.get(known.segment)!;
    if (segments > 0 || (segments === 0 && (attempt.attempt ?? 0) >= (known.attempt ?? 0))) {
      finals.set(attempt.request_id, attempt);
    }
  }
  return [...finals.values()];
}

/** Position in time of each segment: by its first send, then by its name. */
export function segmentOrder(attempts: Iterable<Pick<RequestRecord, "segment" | "sent_at">>) {
  const starts = new Map<string | null, string>();
  for (const { segment, sent_at } of attempts) {
    const known = starts.get(segment);
    if (known === undefined || known === "" || (sent_at !== null && sent_at < known)) {
      starts.set(segment, sent_at ?? "");
    }
  }
  const ordered = [...starts].sort(([nameA, startA], [nameB, startB]) =>
    startA < startB ? -1 : startA > startB ? 1 : byName.compare(nameA ?? "", nameB ?? "")
  );
  return new Map(ordered.map(([segment], position) => [segment, position]));
}

/** Requests by final outcome. */
export interface Outcomes {
  readonly requests: number;
  readonly ok: number;
  readonly errors: number;
  readonly cancelled: number;
}

/** Counts requests, given the final attempt of each. */
export function countOutcomes(finals: Sequence<Pick<RequestRecord, "status">>): Outcomes {
  let [ok, errors, cancelled] = [0, 0, 0];
  for (const { status } of finals) {
    if (status === "ok") ok++;
    else if (status === "error") errors++;
    else if (status === "cancelled") cancelled++;
  }
  return { requests: finals.length, ok, errors, cancelled };
}

/**
 * Failed requests / finished requests, with its interval, given the final attempt of each in the order of sending: failures that come
 * in bursts tell less than as many single ones. Cancelled requests are neither.
 */
export function errorRate(finals: Sequence<Pick<RequestRecord, "status">>): Estimate {
  return seriesProportion(outcomesOf(finals, ({ status }) => status === "error"));
}

/** What is true of each finished request, in their order: 1 or 0. */
export function outcomesOf<T extends Pick<RequestRecord, "status">>(
  finals: Sequence<T>,
  isSo: (final: T) => boolean,
): Uint8Array {
  const outcomes = new Uint8Array(finals.length);
  let n = 0;
  for (const final of finals) {
    if (final.status === "ok" || final.status === "error") outcomes[n++] = isSo(final) ? 1 : 0;
  }
  return outcomes.subarray(0, n);
}
