import assert from "node:assert/strict";
import { networkFigures, requestsFrame, servedFigures } from "../../lib/analyze/mod.ts";
import { failure, record } from "./generated_run.ts";

Deno.test("servedFigures() counts the answers of each pair of asked and served", async () => {
  const frame = requestsFrame([
    record({ served_model: "model-2026-10-01" }),
    record({ served_model: "model-2026-10-01", asked_service_tier: "flex", served_service_tier: "flex" }),
    record({
      served_model: "model",
      asked_service_tier: "flex",
      served_service_tier: "default",
      phase: "warmup",
    }),
    record({ experiment_name: "silent" }),
    failure({ served_model: "an error page" }),
  ]);
  const figure = (what: string, asked: string, served: string | null, answers: number) => ({
    ...{ experiment_name: "exp", what, asked, served, answers },
  });
  const figures = await servedFigures(frame);
  assert.deepEqual(figures.filter(({ experiment_name }) => experiment_name === "silent"), [
    { ...figure("model", "model", null, 1), experiment_name: "silent" },
  ]);
  const models = figures.filter((one) => one.what === "model" && one.experiment_name === "exp");
  assert.deepEqual(models, [
    figure("model", "model", "model-2026-10-01", 2),
    figure("model", "model", "model", 1),
  ]);
  const tiers = figures.filter(({ what }) => what === "service_tier");
  assert.deepEqual(tiers.map(({ served, answers }) => [served, answers]).sort(), [["default", 1], [
    "flex",
    1,
  ]]);
  assert.equal(figures.length, 5);
});

Deno.test("servedFigures() has nothing to say without answers", async () => {
  assert.deepEqual(await servedFigures(requestsFrame([failure()])), []);
  assert.deepEqual(await servedFigures(requestsFrame([])), []);
});

Deno.test("networkFigures() gives least and median of the new connections, and the fastest load's TTFT", async () => {
  const frame = requestsFrame([
    record({ connect_ms: 3, region: "us-east-1" }),
    record({ connect_ms: 10, region: "us-east-1", phase: "warmup" }),
    record({ connect_ms: 4, region: "us-east-1" }),
    record({ region: "us-east-1" }),
    record({ experiment_name: "other" }),
  ]);
  const percentile = (value: number) => ({ value, low: null, high: null, n: 9, flagged: false });
  const of = (experiment_name: string, p50: number) => {
    const value = percentile(p50);
    return { experiment_name, ttft_ms: { p50: value, p90: value, p95: value, p99: value } };
  };
  const cells = [of("exp", 200), of("exp", 100), { experiment_name: "other", ttft_ms: null }];
  assert.deepEqual(await networkFigures(frame, cells), [
    {
      experiment_name: "exp",
      regions: ["us-east-1"],
      connections: 3,
      connect_least_ms: 3,
      connect_p50_ms: 4,
      ttft_p50_ms: 100,
    },
    {
      experiment_name: "other",
      regions: [],
      connections: 0,
      connect_least_ms: null,
      connect_p50_ms: null,
      ttft_p50_ms: null,
    },
  ]);
});
