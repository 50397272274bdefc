import { deepEqual } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig, resolvedYaml } from "../../lib/config/mod.ts";
import { faultsOf, inFolder, load, minimal } from "./minimal.ts";

/** The minimal config with the run's load on line 10. */
const withLoad = (text: string) => `${minimal}load: { ${text} }\n`;
/** The same with an experiment's own load on line 10 and the run's on line 11. */
const withOwn = (own: string, run = "") =>
  `${minimal}    load: { ${own} }\n${run === "" ? "" : `load: { ${run} }\n`}`;

const faults: readonly [string, string, string[]][] = [
  ["rates without open mode", withLoad("rates_rps: [1, 2]"), [
    'c.yml:10:20: "rates_rps" means nothing here; expected it beside mode: open, with another arrival than trace',
  ]],
  ["open mode without rates", withLoad("mode: open"), [
    'c.yml:10:15: "rates_rps" is missing; expected arrivals per second beside mode: open',
  ]],
  ["a cap in a closed loop", withOwn("max_in_flight: 5"), [
    'c.yml:10:28: "max_in_flight" means nothing here; expected it beside mode: open',
  ]],
  ["a gamma process without its shape", withLoad("mode: open, rates_rps: [1], arrival: gamma"), [
    'c.yml:10:46: "burstiness" is missing; expected the shape of the gaps (1 is Poisson, less is burstier) beside ' +
    "arrival: gamma",
  ]],
  ["a shape beside a process that has none", withLoad("mode: open, rates_rps: [1], burstiness: 0.5"), [
    'c.yml:10:49: "burstiness" means nothing here; expected it beside mode: open and arrival: gamma, ramp or step',
  ]],
  ["a ramp of one rate and of no length", withLoad("mode: open, rates_rps: [1], arrival: ramp"), [
    'c.yml:10:32: "rates_rps" has one rate; expected at least two for arrival: ramp',
    'c.yml:10:46: "duration_seconds" is missing; expected the time that the rates take beside arrival: ramp',
  ]],
  ["a trace that is not named, and rates beside it", withLoad("mode: open, arrival: trace, rates_rps: [3]"), [
    'c.yml:10:30: "trace_file" is missing; expected the path of a trace beside arrival: trace',
    'c.yml:10:48: "rates_rps" means nothing here; expected it beside mode: open, with another arrival than trace',
  ]],
  ["a rate that stands twice", withLoad("mode: open, rates_rps: [1, 2, 1]"), [
    'c.yml:10:39: 1 stands twice in "rates_rps"; expected it once',
  ]],
  ["a time scale without a trace", withLoad("time_scale: 2"), [
    'c.yml:10:21: "time_scale" means nothing here; expected it beside mode: open and arrival: trace',
  ]],
  ["values out of range", withLoad("ci_width: 1, rates_rps: [0], retry: { attempts: 0, on: [http] }"), [
    'c.yml:10:19: "load.ci_width" is 1; expected the width of the p50\'s interval relative to the p50, between 0 and 1',
    'c.yml:10:34: "load.rates_rps[0]" is 0; expected arrivals per second, more than 0',
    'c.yml:10:57: "load.retry.attempts" is 0; expected a whole number, 1 or more',
    'c.yml:10:65: "load.retry.on[0]" is "http"; expected one of throttled, network',
  ]],
];
for (const [name, text, expected] of faults) {
  Deno.test(`loads that make no sense are faults: ${name}`, async () => {
    deepEqual(await faultsOf(text), expected);
  });
}

Deno.test("a trace file is looked for beside the config; one that is nowhere is a fault", async () => {
  const text = withLoad("mode: open, arrival: trace, trace_file: t.csv, time_scale: 0.5");
  await inFolder({
    "rows.jsonl": '{"question":"?"}\n',
    "ask.txt": "{question}",
    "t.csv": "TIMESTAMP\n0\n",
    "c.yml": text,
  }, async (folder) => {
    const { config } = await loadConfig(join(folder, "c.yml"), { env: {}, tmpDir: folder });
    const { trace_file, time_scale, requests, rates_rps } = config.experiments[0]!.load;
    deepEqual([trace_file, time_scale, requests, rates_rps], [join(folder, "t.csv"), 0.5, null, null]);
  });
  const [fault] = await faultsOf(text);
  deepEqual(
    fault!.startsWith('c.yml:10:49: there is no file "t.csv"; expected it in the config\'s folder'),
    true,
  );
});

Deno.test("a key of the run counts for those experiments that can use it", async () => {
  const { config } = await load(`${minimal}  - name: two
    simulate: { profile: sim-small }
    instance_type: sim.small
    load: { mode: open, warmup_requests: 0 }
load: { rates_rps: [2, 4], max_in_flight: 9 }
`);
  const [closed, open] = config.experiments.map(({ load }) => load);
  deepEqual([closed!.mode, closed!.arrival, closed!.rates_rps, closed!.max_in_flight], [
    "closed",
    null,
    null,
    null,
  ]);
  deepEqual([open!.mode, open!.arrival, open!.rates_rps, open!.max_in_flight], [
    "open",
    "poisson",
    [2, 4],
    9,
  ]);
  deepEqual([closed!.warmup_requests, open!.warmup_requests], [4, 0]);
});

Deno.test("how a level ends when nothing says how many requests it has", async () => {
  const requests = async (text: string) => (await load(withLoad(text))).config.experiments[0]!.load.requests;
  deepEqual(await requests("warmup_requests: 1"), 100);
  deepEqual(await requests("duration_seconds: 30"), null);
  deepEqual(await requests("ci_width: 0.1"), 1000);
  deepEqual(await requests("ci_width: 0.1, duration_seconds: 30"), null);
  deepEqual(await requests("mode: open, rates_rps: [1]"), 100);
  deepEqual(await requests("duration_seconds: 30, requests: 5"), 5);
});

Deno.test("a retry section that leaves something out has the rest by default; without one there is no retry", async () => {
  const retry = async (text: string) => (await load(withLoad(text))).config.load.retry;
  deepEqual(await retry("seed: 1"), null);
  deepEqual(await retry("retry: { attempts: 5 }"), {
    attempts: 5,
    backoff_ms: 1000,
    on: ["throttled", "network"],
  });
});

Deno.test("what FMBench's configs bring along for the closed loop is a notice in open loop", async () => {
  const { notices } = await load(`${minimal}    concurrency_levels: [1, 2]
datasets: { min_iters_per_combination: 3 }
load: { mode: open, rates_rps: [1] }
`);
  deepEqual(notices.map(({ line, key }) => [line, key]), [
    [10, "experiments[0].concurrency_levels"],
    [11, "datasets.min_iters_per_combination"],
  ]);
});

Deno.test("prompts that the embedded endpoint does not know are a notice", async () => {
  const { notices } = await load(withLoad("cache_busting: yes"));
  deepEqual(notices.map(({ line, key }) => [line, key]), [[8, "experiments[0].simulate"]]);
});

Deno.test("a config with every load key means the same when its resolved form is read again", async () => {
  const texts = [
    withLoad(
      "mode: open, rates_rps: [1, 2], arrival: gamma, burstiness: 0.5, max_in_flight: 3, drain_seconds: 2",
    ),
    withOwn("mode: open, rates_rps: [5], duration_seconds: 9", "requests: 7, retry: { attempts: 2 }"),
    withOwn("duration_seconds: 9"),
    withLoad("ci_width: 0.2"),
    withLoad("mode: open, arrival: step, rates_rps: [1, 2], duration_seconds: 5"),
  ];
  for (const text of texts) {
    const files = { "rows.jsonl": '{"question":"?"}\n', "ask.txt": "{question}", "c.yml": text };
    await inFolder(files, async (folder) => {
      const read = async (name: string) =>
        (await loadConfig(join(folder, name), { env: {}, tmpDir: folder })).config;
      const config = await read("c.yml");
      writeFileSync(join(folder, "again.yml"), resolvedYaml(config));
      const again = await read("again.yml");
      deepEqual([again.load, again.experiments[0]!.load], [config.load, config.experiments[0]!.load]);
    });
  }
});
