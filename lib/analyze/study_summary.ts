/** The summary of a study as AWS's latency notebook writes it. */

import type { StudyExperiment } from "../core/mod.ts";
import { pl } from "nodejs-polars";
import type { DataFrame, Expr } from "nodejs-polars";
import type { Requests } from "./frame.ts";
import { callFlags, finishedCalls } from "./study_calls.ts";

/**
 * One row a variant, in the order of the experiments: `model`, `region` and `inference_profile`, then the notebook's columns. Seconds and
 * tokens; `OTPS_*` is its output tokens / time to the last byte. Successes that were served as asked on a connection that was there;
 * percentiles are linear between ranks, `_std` divides by n - 1; nothing is rounded. Ours after them: the speed after the first token, whose slow
 * tail is p10, and counts on the one base of all attempts.
 */
export function studySummary(requests: Requests, experiments: readonly StudyExperiment[]): DataFrame {
  const { ok, throttled, served_otherwise, cold } = callFlags;
  const good = ok.and(served_otherwise.not()).and(cold.not());
  const of = (value: Expr) => value.filter(good);
  const seconds = (column: string) => of(pl.col(column).div(pl.lit(1000)));
  const otps = of(pl.col("completion_tokens").div(pl.col("e2e_ms").div(pl.lit(1000))));
  const [ttft, total, speed] = [seconds("ttft_ms"), seconds("e2e_ms"), of(pl.col("output_tokens_per_s"))];
  const figures = finishedCalls(requests).groupBy("experiment_name").agg(
    ttft.count().alias("sample_size"),
    ...["mean", "p50", "p90", "std"].map((name) => statistic(ttft, "TTFT", name)),
    of(pl.col("prompt_tokens")).mean().alias("avg_input_tokens"),
    of(pl.col("completion_tokens")).mean().alias("avg_output_tokens"),
    ...["mean", "p50", "p90"].map((name) => statistic(total, "total_time", name)),
    ...["mean", "p50", "p90", "std"].map((name) => statistic(otps, "OTPS", name)),
    ...["mean", "p10", "p50", "p90", "std"].map((name) => statistic(speed, "output_tokens_per_s", name)),
    pl.len().alias("calls"),
    ok.not().sum().alias("errors"),
    throttled.sum().alias("throttled"),
    ok.and(served_otherwise).sum().alias("served_otherwise"),
    ok.and(cold).sum().alias("cold"),
  );
  const text = (name: string, value: (of: StudyExperiment) => string | null) =>
    [name, pl.Series(name, experiments.map(value), pl.String)] as const;
  const order = pl.DataFrame(Object.fromEntries([
    text("model", ({ model_id }) => model_id),
    text("region", ({ region }) => region),
    text("inference_profile", ({ profile }) => profile),
    text("experiment_name", ({ experiment_name }) => experiment_name),
  ])).withRowIndex("order").lazy();
  const table = order.join(figures, { on: "experiment_name", how: "inner" }).sort("order").collectSync();
  const shown = table.columns.filter((name) => name !== "order" && name !== "experiment_name");
  return table.select(...shown, "experiment_name");
}

/** A column `<figure>_<name>`. */
function statistic(values: Expr, figure: string, name: string): Expr {
  const made = name === "mean"
    ? values.mean()
    : name === "std"
    ? values.std()
    : values.quantile(Number(name.slice(1)) / 100, "linear");
  return made.alias(`${figure}_${name}`);
}
