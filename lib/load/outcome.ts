/** What became of a plan: every planned request counted once, by its last attempt. */

import type { Level, LevelEnd, Plan } from "../core/mod.ts";
import type { AttemptMark } from "./attempt_mark.ts";
import { isSpared } from "./level_ends.ts";

/** Requests by final outcome; `planned` is the sum of the others. */
export interface Counts {
  /** Without those that a stop rule made needless. */
  readonly planned: number;
  readonly ok: number;
  readonly errors: number;
  readonly cancelled: number;
  /** Planned, but never sent. */
  readonly pending: number;
}

export interface LevelOutcome extends Counts {
  readonly level: Level;
  /** From the first request sent to the last one ended, the sum over the segments; null when nothing was sent. */
  readonly duration_s: number | null;
  /** Why the level ended; null while it has not. */
  readonly ended_by: LevelEnd | null;
}

export interface LoadOutcome extends Counts {
  readonly levels: readonly LevelOutcome[];
}

/**
 * Counts a plan's requests by what the journals say.
 *
 * @param records from all workers, of all segments that are to count
 * @param ends the levels that are over: what their stop rules left unsent was not needed and is not counted
 * @throws {Error} if the accounts do not add up: a record of a request that was not planned, or an attempt twice
 */
export function outcomeOf(
  plan: Plan,
  records: Iterable<AttemptMark>,
  ends: ReadonlyMap<number, LevelEnd> = new Map(),
): LoadOutcome {
  const known = new Map(plan.requests.map((request) => [request.request_id, request]));
  const last = new Map<string, AttemptMark>();
  const attempts = new Set<string>();
  for (const record of records) {
    const id = record.request_id ?? "";
    if (!known.has(id)) throw new Error(`The journals hold a request that was not planned: "${id}"`);
    const attempt = `${id} ${record.attempt}`;
    if (attempts.has(attempt)) {
      throw new Error(`The journals hold attempt ${record.attempt} of "${id}" twice`);
    }
    attempts.add(attempt);
    if ((last.get(id)?.attempt ?? 0) < (record.attempt ?? 0)) last.set(id, record);
  }
  const byLevel = Map.groupBy(plan.requests, ({ level }) => level);
  const levels = plan.header.levels.map((level): LevelOutcome => {
    const requests = (byLevel.get(level.level) ?? [])
      .filter((request) => last.has(request.request_id) || !isSpared(request, ends));
    const outcomes = requests.map(({ request_id }) => last.get(request_id));
    const count = (status: string | undefined) =>
      outcomes.filter((record) => record?.status === status).length;
    return {
      level,
      planned: requests.length,
      ok: count("ok"),
      errors: count("error"),
      cancelled: count("cancelled"),
      pending: count(undefined),
      duration_s: durationOf(outcomes),
      ended_by: ends.get(level.level) ?? null,
    };
  });
  const total = (name: keyof Counts) => levels.reduce((sum, level) => sum + level[name], 0);
  const counts: Counts = {
    planned: total("planned"),
    ok: total("ok"),
    errors: total("errors"),
    cancelled: total("cancelled"),
    pending: total("pending"),
  };
  const { planned, ok, errors, cancelled, pending } = counts;
  if (planned !== ok + errors + cancelled + pending) {
    throw new Error(
      `Planned ${planned} is not ${ok} ok + ${errors} errors + ${cancelled} cancelled + ${pending} pending`,
    );
  }
  return { ...counts, levels };
}

/** Stamps of different segments have different origins: each segment counts for itself. */
function durationOf(records: readonly (AttemptMark | undefined)[]): number | null {
  const sent = records.filter((record) => record !== undefined && record.sent_ms !== null) as AttemptMark[];
  if (sent.length === 0) return null;
  return [...Map.groupBy(sent, ({ segment }) => segment).values()].reduce((sum, own) => {
    const from = own.reduce((least, { sent_ms }) => Math.min(least, sent_ms!), Infinity);
    const to = own.reduce((most, { sent_ms, ended_ms }) => Math.max(most, ended_ms ?? sent_ms!), -Infinity);
    return sum + (to - from) / 1000;
  }, 0);
}
