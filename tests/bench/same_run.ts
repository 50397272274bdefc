/**
 * How often a comparison calls two like runs different, and whether it finds +5 % at the sample size that it advertises: lognormal
 * latencies (sigma 0.5), seed 1, by each statistic that can be the primary one, 1,000 comparisons a line.
 *
 *     deno run -A tests/bench/same_run.ts [comparisons]
 *
 * Marks: at most 73 of 1,000 like pairs are called different (5 % and what chance adds in 999 of 1,000 such counts); 80 % of
 * the slower runs are found. Exits with 1 outside of them.
 */

import {
  falseAlarms,
  powerAtAdvertisedSize,
  type Setting,
  statistics,
  wholeRunFalseAlarms,
} from "../metrics/same_run.ts";

const times = Number(Deno.args[0] ?? 1000);
const settings: readonly Omit<Setting, "statistic">[] = [
  { n: 100, autocorrelation: 0.3, cells: 1 },
  { n: 200, autocorrelation: 0.3, cells: 1 },
  { n: 1000, autocorrelation: 0, cells: 1 },
  { n: 1000, autocorrelation: 0.3, cells: 1 },
  { n: 1000, autocorrelation: 0.6, cells: 1 },
  { n: 500, autocorrelation: 0.3, cells: 4 },
];
let kept = true;

console.log(`A/A: 'different' out of ${times}`);
console.log(`    n  autocorr.  cells ${statistics.map((statistic) => statistic.padStart(7)).join("")}`);
for (const setting of settings) {
  const found = statistics.map((statistic) => falseAlarms(1, { ...setting, statistic }, times));
  kept &&= found.every((count) => count <= 0.073 * times);
  const { n, autocorrelation, cells } = setting;
  console.log(
    `${String(n).padStart(5)}  ${String(autocorrelation).padEnd(9)} ${String(cells).padStart(6)} ${
      found.map((count) => String(count).padStart(7)).join("")
    }`,
  );
}

console.log(`A/A of closed loops: 'different' out of ${times}`);
console.log("    n  in flight  throughput  any of all but the primary one, corrected (Holm)");
for (const level of [{ concurrency: 1, n: 100 }, { concurrency: 8, n: 200 }, { concurrency: 32, n: 1000 }]) {
  const { throughput, any } = wholeRunFalseAlarms(1, level, times);
  kept &&= throughput <= 0.073 * times && any <= 0.073 * times;
  console.log(
    `${String(level.n).padStart(5)}  ${String(level.concurrency).padEnd(9)}  ${
      String(throughput).padStart(10)
    }  ${String(any).padStart(4)}`,
  );
}

console.log(`+5 %: found out of ${times}, at the size that a pilot of n advertises (its median in brackets)`);
for (const setting of settings.filter(({ n, cells }) => n === 1000 || cells > 1)) {
  for (const statistic of ["p50", "p95", "mean"] as const) {
    const { found, n } = powerAtAdvertisedSize(1, { ...setting, statistic }, 0.05, times);
    kept &&= found >= 0.8;
    console.log(
      `${String(setting.n).padStart(5)}  ${String(setting.autocorrelation).padEnd(9)} ${
        String(setting.cells).padStart(6)
      }  ${statistic.padEnd(5)} ${(found * 100).toFixed(1)} % (${n})`,
    );
  }
}
if (!kept) console.log("outside its marks");
Deno.exit(kept ? 0 : 1);
