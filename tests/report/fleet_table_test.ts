import assert from "node:assert/strict";
import type { FleetFigure } from "../../lib/core/mod.ts";
import { fleetTable } from "../../lib/report/fleet_table.ts";

const worker = (index: number, changes: Partial<FleetFigure> = {}): FleetFigure => ({
  segment: "s1",
  worker: `w${index}`,
  host: `node-${index % 2}`,
  cores: 4,
  trusted_streams: 200,
  trusted_rate_rps: null,
  lag: { n: 100, p50_ms: 0.2, p99_ms: 1.5, max_ms: 3 },
  offset_ms: 12,
  skew_ms: 0.4,
  trusted: true,
  bytes: 1000,
  lost: null,
  ...changes,
});
const lag = { n: 200, p50_ms: 0.2, p99_ms: 1.5, max_ms: 3 };

Deno.test("without a fleet there is a sentence and no table", () => {
  assert.equal(fleetTable(null), "One machine sent the load: there is no fleet.");
});

Deno.test("a fleet's table has schedule error and skew by worker, and of all together", () => {
  const text = fleetTable({ workers: [worker(0), worker(1)], lag, lag_error: 0.01 });
  assert.match(
    text,
    /^2 workers on 2 machines sent the load\. Of 200 sends that were due at a time, half were late by at most 0\.2 ms/,
  );
  assert.match(
    text,
    /\| s1 w0 +\| node-0 +\| 200 streams +\| +0\.2 ms \| 1\.5 ms \| 3 ms \| +0\.4 ms \| yes +\|/,
  );
  assert.doesNotMatch(text, /Warning|Lost/);
});

Deno.test("losses are named with machine, time and what was unfinished; a clock that went wrong is a warning", () => {
  const lost = { at: "2026-01-02T03:04:05.678Z", reason: "nothing was heard of it for 15 s", unfinished: 42 };
  const text = fleetTable({
    workers: [worker(0, { lost }), worker(1, { trusted: false })],
    lag,
    lag_error: 0.01,
  });
  assert.match(
    text,
    /\*\*Lost\*\*: s1 w0 on node-0 at 2026-01-02T03:04:05\.678Z: nothing was heard of it for 15 s\. 42 of its requests/,
  );
  assert.match(text, /\*\*Warning\*\*: the clocks of s1 w1 went wrong/);
});

Deno.test("of a large fleet those that stand out are shown, the lost ones first", () => {
  const lost = { at: "2026-01-02T03:04:05.678Z", reason: "gone", unfinished: 1 };
  const workers = Array.from({ length: 100 }, (_, i) => worker(i, i === 70 ? { lost } : {}));
  const text = fleetTable({ workers, lag, lag_error: 0.01 });
  assert.equal(text.match(/\| s1 w/g)?.length, 20);
  assert.ok(text.indexOf("| s1 w70") < text.indexOf("| s1 w0 "));
  assert.match(text, /80 more are as good as these, or better/);
});

Deno.test("a closed loop has no schedule to miss", () => {
  const none = { n: 0, p50_ms: null, p99_ms: null, max_ms: null };
  assert.match(
    fleetTable({ workers: [worker(0, { lag: none })], lag: none, lag_error: 0.01 }),
    /no schedule to miss/,
  );
});
