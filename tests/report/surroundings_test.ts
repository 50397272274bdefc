import assert from "node:assert/strict";
import { networkTable, reproduction, servedTable } from "../../lib/report/mod.ts";
import { tableCells } from "./rows.ts";

Deno.test("servedTable() shows what was served otherwise than it was asked for, and who did not say", () => {
  const figure = { experiment_name: "alpha", what: "model", asked: "m", served: "m", answers: 90 } as const;
  const text = servedTable([
    figure,
    { ...figure, served: "m_2026", answers: 1200 },
    { ...figure, what: "service_tier", asked: null, served: "default" },
    { ...figure, experiment_name: "silent", served: null },
  ]);
  assert.deepEqual(tableCells(text), [
    ["Experiment", "What", "Asked", "Served", "Answers"],
    ["alpha", "model", "m", "m\\_2026", "1,200"],
    ["alpha", "service tier", "nothing", "default", "90"],
  ]);
  assert.match(text, /^Which model answered was not said by the endpoint of silent\.$/m);
  assert.equal(
    servedTable([figure]),
    "Whatever the endpoints said of what they served is what was asked for.",
  );
  assert.equal(
    servedTable([{ ...figure, served: null }]),
    "Which model answered was not said by the endpoint of alpha.",
  );
  assert.match(servedTable([]), /^No request was answered/);
});

const near = {
  experiment_name: "near",
  regions: ["us-east-1"],
  connections: 8,
  connect_least_ms: 10,
  connect_p50_ms: 60,
  ttft_p50_ms: 100,
};

Deno.test("networkTable() states region and round trip, and warns beyond 10 % of the TTFT", () => {
  // 10 of 100 ms are 10 %: not more. 10.1 are.
  const text = networkTable([near, { ...near, experiment_name: "far", connect_least_ms: 10.1 }], "us-east-1");
  assert.deepEqual(tableCells(text), [
    ["Experiment", "Region", "Connections", "Connect, least", "median", "Of TTFT p50"],
    ["near", "us-east-1", "8", "10 ms", "60 ms", "10 %"],
    ["far", "us-east-1", "8", "10.1 ms", "60 ms", "10.1 %"],
  ]);
  assert.match(text, /^The load was sent from region \*\*us-east-1\*\*\.$/m);
  assert.equal(text.match(/Warning/g)!.length, 1);
  assert.match(text, /> \*\*Warning\*\*: the round trip to \*\*far\*\* is 10\.1 % of its median TTFT\./);
});

Deno.test("networkTable() warns where the regions differ, and not where one is not known", () => {
  const text = networkTable([near], "eu-west-1");
  assert.match(text, /> \*\*Warning\*\*: \*\*near\*\* is in us-east-1, the client in eu-west-1\./);
  assert.doesNotMatch(networkTable([near], null), /Warning/);
  assert.match(networkTable([near], null), /from a machine whose region is not known\./);
  const bare = { ...near, regions: [], connections: 0, connect_p50_ms: null, connect_least_ms: null };
  const unknown = networkTable([{ ...bare, ttft_p50_ms: null }], "eu-west-1");
  assert.deepEqual(tableCells(unknown)[1], ["near", "not known", "0", "–", "–", "–"]);
  assert.doesNotMatch(unknown, /Warning/);
});

const run = {
  run_id: "demo / 20260101T000000Z-abcdef",
  part: "did 3_run_inference",
  command: [
    "deno",
    "task",
    "fmbench",
    "run",
    "--config-file",
    "my config.yml",
    "-A",
    "q=it's",
    "--set",
    "a[0]=1",
  ],
  versions: { fmbench: "0.1.0", deno: "2.9.6" },
  machine: "Xeon, 2 cores, 8 GiB, linux, region not known",
  seed: 7,
  hashes: { config: "0123456789abcdef0123456789abcdef" },
};
const prices = { region: "us-east-1", currency: "USD", date: "2026-10-01", source: "a list" };
const steps = [{
  name: "3_run_inference",
  started_at: "2026-01-01T00:00:10.000Z",
  ended_at: "2026-01-01T00:01:40.000Z",
  run_id: run.run_id,
}];

Deno.test("reproduction() has a command line that a shell reads as it is meant", async () => {
  const text = reproduction({ runs: [run], steps, prompts: [], prices });
  const line = /```sh\n(.*)\n```/.exec(text)![1]!;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", `printf '%s\\n' ${line}`] }).output();
  assert.deepEqual(new TextDecoder().decode(stdout).trimEnd().split("\n"), run.command);
});

Deno.test("reproduction() lists versions, machine, seed, hashes, prompts, prices and steps", () => {
  const prompts = [{ file: "payload_en_0-500.jsonl", sha256: "f".repeat(64) }];
  const text = reproduction({ runs: [run], steps, prompts, prices });
  assert.match(text, /^- \*\*Versions\*\*: fmbench 0\.1\.0, deno 2\.9\.6$/m);
  assert.match(text, /^- \*\*Machine\*\*: Xeon, 2 cores, 8 GiB, linux, region not known$/m);
  assert.match(text, /^- \*\*Seed\*\*: 7$/m);
  assert.match(text, /^- \*\*Hashes\*\*: config `0123456789abcdef`$/m);
  assert.match(text, /^Prices in USD, as of 2026-10-01, region us-east-1, source: a list\.$/m);
  assert.deepEqual(tableCells(text), [
    ["Prompts sent", "SHA-256"],
    ["payload\\_en\\_0-500.jsonl", "`ffffffffffffffff`"],
    ["Step", "Started (UTC)", "Took"],
    ["3\\_run\\_inference", "2026-01-01 00:00", "1 min 30 s"],
  ]);
});

Deno.test("reproduction() names the run of each step where there are several, and writes no secret", () => {
  const secret = { ...run, run_id: "other", command: ["fmbench", "-A", "key=sk-0123456789abcdef"] };
  const text = reproduction({ runs: [run, secret], steps, prompts: [], prices });
  assert.deepEqual(tableCells(text)[0], ["Step", "Started (UTC)", "Took", "Run"]);
  assert.doesNotMatch(text, /sk-0/);
  assert.match(text, /stands for a secret that is written nowhere/);
});
