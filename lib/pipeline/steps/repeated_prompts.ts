/** Levels that ask for more requests than there are prompts: told before anything is deployed. */

import { showPercent } from "../../core/mod.ts";
import { checkLevel, comingRequests, type LevelSpec } from "../../load/mod.ts";

/** How many requests a level plans, warm-up included, and of how many prompts. */
interface Demand {
  readonly experiment: string;
  readonly payload_file: string;
  readonly load: { readonly name: string; readonly size: string };
  readonly requests: number;
  /** Whether the level may end before all of them are sent. */
  readonly atMost: boolean;
  readonly prompts: number;
}

/**
 * One sentence for each payload file and group of experiments that repeat its prompts alike. A level whose prompts are
 * made unique (`load.cache_busting`) repeats none.
 *
 * @param prompts payload file -> its number of prompts
 * @throws {UserError} if a level makes no sense
 */
export function repeatedPromptNotices(
  levels: readonly LevelSpec[],
  prompts: ReadonlyMap<string, number>,
  seed: number,
): string[] {
  const demands = levels.flatMap((level): Demand[] => {
    checkLevel(level);
    const rows = prompts.get(level.payload_file) ?? 0;
    const requests = comingRequests(level, rows, seed).length;
    if (level.cache_busting || rows === 0 || requests <= rows) return [];
    return [{
      experiment: level.endpoint.experiment_name,
      payload_file: level.payload_file,
      load: loadOf(level),
      requests,
      atMost: mayEndEarly(level),
      prompts: rows,
    }];
  });
  const alike = Map.groupBy(
    Map.groupBy(demands, ({ experiment, payload_file }) => JSON.stringify([experiment, payload_file]))
      .values(),
    (own) => JSON.stringify(own.map(({ experiment: _, ...demand }) => demand)),
  );
  return [...alike.values()].map((group) => sentence(group.map((own) => own[0]!.experiment), group[0]!));
}

function sentence(experiments: readonly string[], demands: readonly Demand[]): string {
  const { payload_file } = demands[0]!;
  const bySize = Map.groupBy(demands, ({ requests, atMost }) => `${requests} ${atMost}`);
  const sizes = [...bySize.values()].sort(([a], [b]) => a!.requests - b!.requests);
  const parts = sizes.length <= 3
    ? sizes.map(clause).join("; ")
    : `The least: ${clause(sizes[0]!)}; the most: ${clause(sizes.at(-1)!)}`;
  const who = experiments.length > 3 ? `${experiments.length} experiments` : experiments.join(", ");
  return `${payload_file} (${who}): rows are repeated, as in FMBench, and repeats may hit a prompt cache. ${parts}.`;
}

/** What is to be said of loads that ask for the same number of requests. */
function clause(same: readonly Demand[]): string {
  const { requests, atMost, prompts, load: { name } } = same[0]!;
  const loads = same.map(({ load }) => load.size).filter((size) => size !== "").join(", ");
  return `${showPercent((requests - prompts) / requests)} are repeats at ${name} ${loads}`.trimEnd() +
    ` (${atMost ? "up to " : ""}${requests} requests of ${prompts} ${prompts === 1 ? "prompt" : "prompts"})`;
}

/** `requests` of a closed loop are sent to the last; what a clock or an interval ends is not. */
function mayEndEarly({ arrival, duration_ms, drain_ms, ci_width }: LevelSpec): boolean {
  return (arrival === "closed" && (Boolean(duration_ms) || Boolean(drain_ms))) || Boolean(ci_width);
}

function loadOf({ arrival, concurrency, rates_rps = [] }: LevelSpec): Demand["load"] {
  return arrival === "closed"
    ? { name: "concurrency", size: String(concurrency) }
    : { name: arrival, size: rates_rps.length === 0 ? "" : `${rates_rps.join(" to ")}/s` };
}
