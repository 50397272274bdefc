import assert from "node:assert/strict";
import type { ComparedFigure, ComparedName } from "../../lib/core/mod.ts";
import { UserError } from "../../lib/core/mod.ts";
import { compareRuns } from "../../lib/pipeline/comparison.ts";
import type { Run } from "../../lib/run/mod.ts";
import { finishedRun, type Level } from "./generated_comparison.ts";
import { inProject } from "./made_up_project.ts";

const roots = (runs: readonly Run[]) => runs.map(({ paths }) => paths.root);

/** Runs of one level each, in the order of time. */
async function withRuns(
  levels: readonly (readonly Level[])[],
  work: (runs: readonly Run[], folder: string) => Promise<void>,
): Promise<void> {
  await inProject(async (folder) => {
    const runs: Run[] = [];
    for (const [i, own] of levels.entries()) runs.push(await finishedRun(folder, i + 1, own));
    await work(runs, folder);
  });
}

const figureOf = (figures: readonly ComparedFigure[], name: ComparedName) =>
  figures.find((figure) => figure.name === name)!;

Deno.test("a run that takes half as long again is worse, and that is a regression", async () => {
  await withRuns([[{ median_ms: 100 }], [{ median_ms: 150 }]], async (runs) => {
    const { pairs, primary, regression, trend } = await compareRuns({ runs: roots(runs) });
    assert.equal(primary, "response_p95_ms");
    assert.equal(pairs.length, 1);
    const [pair] = pairs;
    assert.deepEqual([pair!.matched, pair!.cells, pair!.warnings], [1, [], []]);
    const p95 = figureOf(pair!.overall, "response_p95_ms");
    assert.deepEqual([p95.verdict, p95.primary, p95.n, p95.corrected_p], [
      "worse",
      true,
      400,
      p95.change.p_value,
    ]);
    // The true change is +50 %.
    assert.ok(p95.change.low! < 0.5 && 0.5 < p95.change.high!, JSON.stringify(p95.change));
    for (const name of ["response_mean_ms", "ttft_p50_ms", "cost_per_transaction"] as const) {
      assert.equal(figureOf(pair!.overall, name).verdict, "worse", name);
    }
    // One in flight: the rate is the inverse of the mean.
    assert.equal(figureOf(pair!.overall, "transactions_per_minute").verdict, "worse");
    assert.equal(figureOf(pair!.overall, "error_rate").verdict, "no difference shown");
    assert.equal(figureOf(pair!.overall, "accuracy").verdict, "not enough data");
    assert.deepEqual([regression, trend], [true, null]);
  });
});

Deno.test("the other way round it is better, which is no regression", async () => {
  await withRuns([[{ median_ms: 150 }], [{ median_ms: 100 }]], async (runs) => {
    const { pairs, regression } = await compareRuns({ runs: roots(runs), strict: true });
    assert.equal(figureOf(pairs[0]!.overall, "response_p95_ms").verdict, "better");
    assert.equal(regression, false);
  });
});

Deno.test("a like run shows no difference, and says what it could have shown", async () => {
  await withRuns([[{ median_ms: 100 }], [{ median_ms: 100 }]], async (runs) => {
    const { pairs, regression } = await compareRuns({ runs: roots(runs), strict: true });
    const { overall, requests_for_effect, smallest_detectable } = pairs[0]!;
    assert.equal(figureOf(overall, "response_p95_ms").verdict, "no difference shown");
    assert.equal(regression, false);
    // Of 1,000 a pilot advertises 12,000 (tests/bench/same_run.ts); twice as little and twice as much pass here.
    assert.ok(requests_for_effect! > 6000 && requests_for_effect! < 24_000, `${requests_for_effect}`);
    assert.ok(smallest_detectable! > 0.1 && smallest_detectable! < 0.5, `${smallest_detectable}`);
  });
});

Deno.test("less than the least effect is reported but is no regression", async () => {
  await withRuns([[{ median_ms: 100 }], [{ median_ms: 150 }]], async (runs) => {
    const { pairs, regression, effect } = await compareRuns({ runs: roots(runs), minEffect: 0.9 });
    const { verdict, negligible } = figureOf(pairs[0]!.overall, "response_p95_ms");
    assert.deepEqual([verdict, negligible, regression, effect], ["worse", true, false, 0.9]);
  });
});

Deno.test("only a strict comparison fails for more errors", async () => {
  await withRuns([[{ median_ms: 100 }], [{ median_ms: 100, failures: 60 }]], async (runs) => {
    const { pairs, regression } = await compareRuns({ runs: roots(runs) });
    const { baseline, candidate, verdict } = figureOf(pairs[0]!.overall, "error_rate");
    // 60 of 460.
    assert.deepEqual([baseline, candidate!.toFixed(4), verdict], [0, "0.1304", "worse"]);
    assert.equal(regression, false);
    assert.equal((await compareRuns({ runs: roots(runs), strict: true })).regression, true);
  });
});

Deno.test("failures in one burst are one event, and no difference is shown by that", async () => {
  await withRuns([[{ median_ms: 100 }], [{ median_ms: 100, failures: 60, burst: true }]], async (runs) => {
    const { pairs } = await compareRuns({ runs: roots(runs) });
    const { candidate, change, verdict } = figureOf(pairs[0]!.overall, "error_rate");
    assert.deepEqual([candidate!.toFixed(4), verdict], ["0.1304", "no difference shown"]);
    assert.ok(change.high! > 0.3, `${change.high}`);
  });
});

Deno.test("several cells count the same, each is compared by itself, and one without a counterpart is named", async () => {
  const base = [{ median_ms: 100 }, { median_ms: 400, concurrency: 2 }];
  const slow = [{ median_ms: 100 }, { median_ms: 800, concurrency: 2 }, { median_ms: 1, concurrency: 4 }];
  await withRuns([base, slow], async (runs) => {
    const [pair] = (await compareRuns({ runs: roots(runs), statistic: "p50" })).pairs;
    assert.deepEqual([pair!.matched, pair!.cells.length], [2, 2]);
    const p50 = figureOf(pair!.overall, "response_p50_ms");
    // The geometric mean of 1 and 2 is 1.414.
    assert.ok(Math.abs(p50.change.value! - 0.414) < 0.1, `${p50.change.value}`);
    assert.deepEqual(
      pair!.cells.map((
        { concurrency, figures },
      ) => [concurrency, figureOf(figures, "response_p50_ms").verdict]),
      [[1, "no difference shown"], [2, "worse"]],
    );
    assert.deepEqual(pair!.warnings, ["Only the candidate has: one, short.jsonl, concurrency 4."]);
  });
});

Deno.test("experiments of one run are compared by name, and all with the first", async () => {
  const levels: Level[] = [{ median_ms: 100 }, { experiment: "two", median_ms: 200 }];
  await withRuns([levels], async ([run]) => {
    for (const options of [{ acrossModels: true }, { experiments: [["one", "two"]] as const }]) {
      const { pairs } = await compareRuns({ runs: [run!.paths.root], ...options });
      assert.deepEqual(
        pairs.map(({ baseline, candidate }) => [baseline.experiment_name, candidate.experiment_name]),
        [["one", "two"]],
      );
      assert.equal(figureOf(pairs[0]!.overall, "response_p95_ms").verdict, "worse");
    }
  });
});

Deno.test("several days have a trend, and their deciding figures are corrected together", async () => {
  const days = [100, 110, 121, 133.1].map((median_ms) => [{ median_ms, requests: 1500 }]);
  await withRuns(days, async (runs) => {
    const { pairs, trend } = await compareRuns({ runs: roots(runs), statistic: "mean" });
    assert.equal(pairs.length, 3);
    assert.equal(trend!.runs, 4);
    assert.ok(trend!.low < 0.1 && 0.1 < trend!.high, JSON.stringify(trend));
    const [first] = pairs.map(({ overall }) => figureOf(overall, "response_mean_ms"));
    assert.ok(first!.corrected_p! >= first!.change.p_value!);
  });
});

Deno.test("what differs between the runs is said, and other data or load is a warning", async () => {
  await inProject(async (folder) => {
    const base = await finishedRun(folder, 1, [{ median_ms: 100 }]);
    const other = await finishedRun(folder, 2, [{ median_ms: 100 }], [
      "load.seed=7",
      "load.timeout_seconds=3",
    ]);
    const [pair] = (await compareRuns({ runs: roots([base, other]) })).pairs;
    assert.ok(pair!.differences.some((text) => text.startsWith("The configs differ: ")));
    assert.ok(pair!.differences.includes("The seeds differ: 1 and 7."), pair!.differences.join("\n"));
    assert.deepEqual(pair!.warnings.map((text) => text.split(" (")[0]), [
      "The data differ",
      "The load differs",
    ]);
  });
});

Deno.test("a run compared with itself is called the same requests", async () => {
  await withRuns([[{ median_ms: 100 }]], async ([run]) => {
    const { pairs } = await compareRuns({ runs: roots([run!, run!]) });
    assert.deepEqual(pairs[0]!.warnings, [
      "Both sides are the same requests: only prices and judgements can differ.",
    ]);
    assert.equal(figureOf(pairs[0]!.overall, "response_p95_ms").change.value, 0);
  });
});

Deno.test("nothing but requests.parquet is written into the runs", async () => {
  await withRuns([[{ median_ms: 100 }], [{ median_ms: 100 }]], async (runs) => {
    const files = async () => {
      const found: string[] = [];
      for (const root of roots(runs)) for await (const { name } of Deno.readDir(root)) found.push(name);
      return found.filter((name) => name !== "requests.parquet").sort();
    };
    const before = await files();
    await compareRuns({ runs: roots(runs) });
    assert.deepEqual(await files(), before);
  });
});

Deno.test("what can't be compared is the user's error, and says what to do", async () => {
  const levels: Level[] = [{ median_ms: 100 }];
  await withRuns([levels, [{ median_ms: 100, concurrency: 8 }]], async ([one, two], folder) => {
    const refused = (options: Parameters<typeof compareRuns>[0], message: RegExp) =>
      assert.rejects(
        compareRuns(options),
        (error) => error instanceof UserError && message.test(error.message),
      );
    await refused({ runs: [one!.paths.root] }, /no other run is named/);
    await refused({ runs: roots([one!, two!]) }, /no cell of it has the payload file and the load/);
    await refused({ runs: [one!.paths.root], experiments: [["one", "three"]] }, /"three"/);
    await refused({ runs: [one!.paths.root, folder] }, /manifest/);
  });
});
