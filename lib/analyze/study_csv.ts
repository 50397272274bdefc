/** The calls of a study and their summary in the form of AWS's latency notebook, so that analyses of older studies go on. */

import type { StudyExperiment } from "../core/mod.ts";
import { join } from "node:path";
import { pl } from "nodejs-polars";
import type { DataFrame } from "nodejs-polars";
import { writeAtomic } from "../storage/mod.ts";
import { harmless, writeCsv } from "./csv.ts";
import type { Requests } from "./frame.ts";
import { letGo } from "./native_memory.ts";
import { studyInvocations } from "./study_invocations.ts";
import { studySummary } from "./study_summary.ts";

/** What the files say beside what the calls do. */
export interface StudyCsvOptions {
  /** Name of the study. */
  readonly name: string;
  readonly experiments: readonly StudyExperiment[];
  /** The request parameters that were sent, by experiment: `temperature`, `top_p` and `top_k` get into the files. */
  readonly parameters: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** `task_type` by scenario id. */
  readonly task_types: ReadonlyMap<string, string>;
}

/**
 * Writes `metrics/invocations_<YYYYmmdd_HHMMSS>.csv`, one file a round and one row an attempt (`studyInvocations`), and
 * `metrics/analysis_summary_<...>.csv`, one row a variant (`studySummary`); replaces those of an earlier analysis. The times in the
 * names are UTC: of the last call of the round, or of the study. Where two rounds ended in one second, the later one's name has `_2`
 * after it.
 */
export async function writeStudyCsv(
  run_dir: string,
  requests: Requests,
  options: StudyCsvOptions,
): Promise<void> {
  const folder = join(run_dir, "metrics");
  await Deno.mkdir(folder, { recursive: true });
  await removeEarlier(folder);
  const invocations = harmless(studyInvocations(requests, options));
  if (invocations.height === 0) return;

  const used = new Map<string, number>();
  for (const { offset, length } of roundsOf(invocations)) {
    const round = invocations.slice(offset, length);
    const stamp = stampOf(round);
    const times = (used.get(stamp) ?? 0) + 1;
    used.set(stamp, times);
    const name = `invocations_${stamp}${times === 1 ? "" : `_${times}`}.csv`;
    await writeAtomic(join(folder, name), round.writeCSV());
    await letGo(length);
  }
  const summary = studySummary(requests, options.experiments);
  await writeCsv(join(folder, `analysis_summary_${stampOf(invocations)}.csv`), summary);
}

async function removeEarlier(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (/^(invocations|analysis_summary)_\d{8}_\d{6}(_\d+)?\.csv$/.test(name)) {
      await Deno.remove(join(folder, name));
    }
  }
}

/** Where each round lies in the rows, which are in the order of rounds. */
function roundsOf(invocations: DataFrame): { offset: number; length: number }[] {
  let offset = 0;
  return invocations.lazy().groupBy(["run_count"], true).agg(pl.len().alias("length")).collectSync()
    .toRecords().map((row) => {
      const length = row["length"] as number;
      offset += length;
      return { offset: offset - length, length };
    });
}

/** The last call's time as `YYYYmmdd_HHMMSS`. */
function stampOf(rows: DataFrame): string {
  const [last] = rows.select(pl.col("job_timestamp_iso").max()).toRecords();
  const at = (last!["job_timestamp_iso"] as string | null) ?? "00000000T000000";
  return at.replaceAll(/[-:Z]/g, "").replace("T", "_");
}
