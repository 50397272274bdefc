/** The gaps that a study has when it goes on after an interruption. */

import { join } from "node:path";
import { type GapKind, type RequestRecord, showDuration, type StudyGap } from "../../core/mod.ts";
import { eachRecord } from "../../storage/mod.ts";
import { journalsIn } from "../attempt_mark.ts";
import { keysEnded } from "./key_watch.ts";
import { neverReached } from "./outage.ts";

/** What went on when the last thing on record happened: since when and how often nothing came through, and why. */
interface Tail {
  readonly kind: keyof typeof inARow;
  readonly from_ms: number;
  readonly detail: string;
  count: number;
}

/** So many failures in a row make an outage that no start of the run has told of. */
const inARow = { network: 2, credentials: 1 } as const;

/**
 * What interrupted a run before its next start: the time from the last thing on record until now, and before it the outage, or the
 * ended keys, that had not come to an end; none where nothing is on record.
 *
 * @param now_ms UTC, milliseconds since 1970
 */
export async function restartGaps(run_dir: string, now_ms: number = Date.now()): Promise<StudyGap[]> {
  let last_ms = -Infinity;
  let tail = null as Tail | null;
  for (const path of await journalsIn(join(run_dir, "requests"))) {
    for await (const record of eachRecord(path)) {
      const { sent_at, sent_ms, ended_ms } = record;
      if (sent_at === null || sent_ms === null) continue;
      const from_ms = Date.parse(sent_at);
      last_ms = Math.max(last_ms, from_ms + (ended_ms ?? sent_ms) - sent_ms);
      const kind = reasonOf(record);
      if (kind === null) tail = null;
      else if (tail?.kind === kind) tail.count++;
      else tail = { kind, from_ms, detail: record.error_message ?? "", count: 1 };
    }
  }
  if (last_ms === -Infinity) return [];
  const gaps: StudyGap[] = [];
  if (tail !== null && tail.count >= inARow[tail.kind]) {
    gaps.push(gapOf(tail.kind, tail.from_ms, last_ms, tail.detail));
  }
  const until_ms = Math.max(last_ms, now_ms);
  const detail = `the run was interrupted, and resumed after ${showDuration(until_ms - last_ms)}`;
  return [...gaps, gapOf("restart", last_ms, until_ms, detail)];
}

function reasonOf(record: RequestRecord): Tail["kind"] | null {
  return neverReached(record) ? "network" : keysEnded(record) ? "credentials" : null;
}

function gapOf(kind: GapKind, from_ms: number, until_ms: number, detail: string): StudyGap {
  const iso = (ms: number) => new Date(ms).toISOString();
  return { kind, from_at: iso(from_ms), until_at: iso(until_ms), ms: Math.round(until_ms - from_ms), detail };
}
