import assert from "node:assert/strict";
import { pl } from "nodejs-polars";
import { copyFigures, requestsFrame } from "../../lib/analyze/mod.ts";
import { columns } from "../../lib/core/mod.ts";
import { copyTable } from "../../lib/report/mod.ts";
import { failure, record } from "./generated_run.ts";

const many = (count: number, replica: number, ms: number) =>
  Array.from({ length: count }, () => record({ replica, ttft_ms: ms / 10, e2e_ms: ms }));

Deno.test("attempts, failures and medians by copy: of ten measured ones six went to the first, and one of those failed", () => {
  const frame = requestsFrame([
    ...many(5, 0, 1000),
    ...many(4, 1, 2000),
    failure({ replica: 0 }),
    record({ replica: 1, phase: "warmup" }),
    record({ experiment_name: "one copy" }),
  ]);
  assert.deepEqual(
    copyFigures(frame).map((
      { replica, attempts, share, failed, ttft_p50_ms, e2e_p50_ms, experiment_name },
    ) => [
      ...[experiment_name, replica, attempts, share, failed, ttft_p50_ms?.value, e2e_p50_ms?.value],
    ]),
    [["exp", 0, 6, 0.6, 1, 100, 1000], ["exp", 1, 4, 0.4, 0, 200, 2000]],
  );
  const text = copyTable(copyFigures(frame));
  assert.match(text, /\| exp +\| +1 \| +0 \| +6 \| +60\.0 % \| +1 \|/);
  assert.match(text, /\| exp +\| +1 \| +1 \| +4 \| +40\.0 % \| +0 \|/);
});

Deno.test("without copies, and in runs whose attempts name none, there is nothing to tell", () => {
  assert.deepEqual(copyFigures(requestsFrame([record()])), []);
  const earlier = requestsFrame([record()]).select(
    ...Object.keys(columns).filter((name) => name !== "replica").map((name) => pl.col(name)),
  );
  assert.deepEqual(copyFigures(earlier), []);
  assert.match(copyTable([]), /^No endpoint had several copies/);
});
