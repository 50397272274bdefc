/**
 * How often what a latency study says of two profiles is right: generated studies without HTTP, 1,000 a line, seed 1. Prompts have levels
 * of their own and are taken a little differently by the two profiles (their logarithms differ by 0.6 and 0.05, of the speed by 0.1 and 0.02); an
 * hour-of-day pattern, a drift and bursts hit both calls of a pair; every call has lognormal noise, and one in 30 is exponentially late.
 *
 *     deno run -A tests/bench/latency_studies.ts [studies]
 *
 * Marks, of 1,000: TTFT 20 % lower and equal speed are within their 95 % intervals in 927 to 970; 'different' is said of equal ones in at most
 * 73 (5 % and what chance adds in 999 of 1,000 such counts). A study that stops when it knows enough holds the truth in 92 % (with 8 prompts 88 %), the
 * number of pairs it asked for suffices in 80 %. Exits with 1 outside of them.
 */

import { clusteredCoverage } from "../metrics/clustered_coverage.ts";
import { speedModel, ttftModel } from "../metrics/simulated_study.ts";
import { flippedByOutlier, studyCoverage } from "../metrics/study_coverage.ts";
import { promisedStudies, stoppedStudies } from "../metrics/study_stopping.ts";

const studies = Number(Deno.args[0] ?? 1000);
let kept = true;
const marked = (count: number, low: number, high: number) => {
  const good = count >= low * studies / 1000 && count <= high * studies / 1000;
  kept &&= good;
  return `${count}${good ? "" : " !"}`.padStart(8);
};
const percent = (part: number, of: number) => (of === 0 ? "–" : (100 * part / of).toFixed(1)).padStart(6);

console.log(`Of ${studies} studies: interval holds the truth (width); 'different' with no difference`);
console.log(
  "prompts x calls   TTFT -20 %        equal TTFT  different    equal speed  different  wins  median",
);
for (
  const [prompts, calls] of [[50, 20], [200, 5], [20, 50], [8, 125], [5, 200], [1, 1000], [50, 4], [10, 5]]
) {
  const few = prompts! < 8;
  const shape = { prompts: prompts!, calls: calls! };
  const lower = studyCoverage(1, { ...ttftModel, ...shape }, "ttft_ms", studies);
  // Few prompts that are taken differently are different, and said to be: equal are those that are not.
  const equal = studyCoverage(
    1,
    { ...ttftModel, ...shape, ratio: 1, ...few && { interaction: 0 } },
    "ttft_ms",
    studies,
  );
  const speed = studyCoverage(
    1,
    { ...speedModel, ...shape, ...few && { interaction: 0 } },
    "output_tokens_per_s",
    studies,
  );
  const small = prompts! * calls! < 1000;
  const top = small ? 985 : 970;
  console.log(
    `${prompts} x ${calls}`.padEnd(15),
    marked(lower.covered, 927, top),
    `(${lower.width.toFixed(3)})`,
    marked(equal.covered, 927, top),
    marked(equal.different, 0, 73),
    marked(speed.covered, 927, top),
    `(${speed.width.toFixed(3)})`,
    marked(speed.different, 0, 73),
    `${equal.wins} ${equal.medians}`,
  );
}

console.log(
  "\nWhere the difference itself comes and goes (spread 0.1), so many times in a study of 1,000 pairs",
);
for (const [prompts, calls] of [[50, 20], [8, 125], [1, 1000]]) {
  for (const weatherChanges of [10, 30, 100]) {
    const model = { ...ttftModel, prompts: prompts!, calls: calls!, weather: 0.1, weatherChanges };
    const { covered, width } = studyCoverage(1, model, "ttft_ms", studies);
    console.log(`${prompts} x ${calls}, ${weatherChanges} times: ${covered} (${width.toFixed(3)})`);
  }
}

console.log("\nVerdicts that change when one of the candidate's calls takes 60 s");
for (const [prompts, calls] of [[50, 20], [10, 5]]) {
  for (const ratio of [0.8, 1]) {
    const flipped = flippedByOutlier(1, { ...ttftModel, prompts: prompts!, calls: calls!, ratio }, studies);
    console.log(`${prompts} x ${calls}, ratio ${ratio}: ${flipped}`);
  }
}

const fewer = Math.ceil(studies / 2);
console.log(
  `\nOf ${fewer} studies that stop when the ratio is known: how many do, hold the truth in %, median of pairs`,
);
for (const [prompts, calls] of [[50, 40], [20, 100], [8, 200]]) {
  for (const [precision, perRound] of [[0.05, prompts!], [0.05, 5 * prompts!], [0.1, prompts!]]) {
    const model = { ...ttftModel, prompts: prompts!, calls: calls! };
    const found = stoppedStudies(1, model, { precision: precision!, perRound: perRound!, studies: fewer });
    const good = found.covered >= (prompts! < 20 ? 0.88 : 0.92) * found.stopped;
    kept &&= good;
    console.log(
      `${prompts} prompts, within ${precision}, a look every ${perRound}: ${found.stopped},` +
        `${percent(found.covered, found.stopped)}${good ? "" : " !"}, ${found.pairs}`,
    );
  }
}

console.log(`\nOf ${fewer} studies: asked for more pairs, had enough with them in %, median of pairs in all`);
for (
  const [prompts, calls, pilot, precision] of [
    [50, 60, 100, 0.05],
    [50, 60, 250, 0.05],
    [20, 100, 100, 0.05],
    [20, 100, 100, 0.1],
    [1, 1500, 50, 0.05],
    [1, 1500, 250, 0.05],
  ]
) {
  const model = { ...ttftModel, prompts: prompts!, calls: calls! };
  const found = promisedStudies(1, model, { precision: precision!, pilot: pilot!, studies: fewer });
  const good = found.kept >= 0.8 * found.said;
  kept &&= good;
  console.log(
    `${prompts} prompts, within ${precision}, asked after ${pilot}: ${found.said},` +
      `${percent(found.kept, found.said)}${good ? "" : " !"}, ${found.pairs}`,
  );
}

console.log(
  `\nPercentiles of ${fewer} experiments: held in % (for values whose prompts are not known), open in %`,
);
for (const [prompts, calls] of [[200, 5], [50, 20], [20, 50], [8, 125], [1, 1000]]) {
  for (const [between, autocorrelation] of [[0.6, 0], [0.2, 0.3], [0, 0], [0, 0.6]]) {
    const model = {
      prompts: prompts!,
      calls: calls!,
      between: between!,
      within: 0.4,
      autocorrelation: autocorrelation!,
    };
    const line = ([500, 900, 990] as const).map((perMille) => {
      const { covered, unclustered, open } = clusteredCoverage(1, model, perMille, fewer);
      return `p${perMille / 10} ${percent(covered, fewer)} (${percent(unclustered, fewer)})${
        percent(open, fewer)
      }`;
    });
    console.log(
      `${prompts} x ${calls}, spread ${between}, neighbours ${autocorrelation}: ${line.join("  ")}`,
    );
  }
}
if (!kept) console.log("outside its marks");
Deno.exit(kept ? 0 : 1);
