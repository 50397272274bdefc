/**
 * What sampling costs: CPU of the process that samples, and whether it moves the TTFT of the load beside it. Levels with and without
 * it take turns on one embedded endpoint, which is sampled as a run samples it; every reading is also made many times over, alone.
 *
 *     deno run -A tests/bench/utilisation.ts [pairs] [seconds] [interval]
 *
 * An interval of 0.25 s makes twenty times as many readings: what they do to a load would show.
 */

import process from "node:process";
import { fileURLToPath } from "node:url";
import { planLoad, runLoad } from "../../lib/load/mod.ts";
import { estimatePercentile, sorted } from "../../lib/metrics/mod.ts";
import { Observer, sourcesOf } from "../../lib/observe/mod.ts";
import { readJournal, writeJsonLines } from "../../lib/storage/mod.ts";
import { endpoint, payload, spec } from "../load/made_up.ts";

const [pairs = 5, seconds = 15, interval_s = 5] = Deno.args.map(Number);
const concurrency = 8;

const server = new Deno.Command(Deno.execPath(), {
  args: [
    ...["run", "-A", fileURLToPath(new URL("../../lib/simulate/serve.ts", import.meta.url))],
    JSON.stringify({ profile: "sim-small", model_id: "sim-small" }),
  ],
  ...{ stdin: "null", stdout: "piped", stderr: "null" },
}).spawn();
const first = await server.stdout.pipeThrough(new TextDecoderStream()).getReader().read();
const { url } = JSON.parse(first.value!.split("\n")[0]!) as { url: string };
const watched = endpoint({
  url,
  experiment_name: "one",
  model_id: "sim-small",
  simulated: true,
  observed: { process_ids: [server.pid] },
});

interface Result {
  readonly ttfts: readonly number[];
  /** CPU of this process, which samples, in parts of a core. */
  readonly cpu: number;
}

function cpu_ms(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function level(sampled: boolean, seed: number): Promise<Result> {
  const run_dir = await Deno.makeTempDir();
  try {
    const rows = Array.from({ length: 100 }, (_, i) => payload(`p${i}`));
    await writeJsonLines(`${run_dir}/data/prompts/p.jsonl`, rows);
    const plan = planLoad({
      ...{
        seed,
        config_hash: "bench",
        version: "0",
        payloads: () => rows.map(({ payload_id }) => ({ payload_id, prompt_tokens: null })),
      },
      levels: [
        spec({
          endpoint: watched,
          concurrency,
          warmup_requests: concurrency,
          requests: null,
          duration_ms: seconds * 1000,
        }),
      ],
    });
    const [from_ms, from_cpu] = [performance.now(), cpu_ms()];
    const observer = sampled
      ? await Observer.begin({
        ...{ run_dir, segment: "s1", sources: sourcesOf([watched], interval_s), interval_s },
        onNotice: (text) => console.log(text),
      })
      : null;
    await runLoad({
      plan,
      run_dir,
      segment: "s1",
      env: Deno.env.toObject(),
      onLevel: () => observer?.edge(),
    });
    await observer?.stop();
    const cpu = (cpu_ms() - from_cpu) / (performance.now() - from_ms);
    const { records } = await readJournal(`${run_dir}/requests/s1-w0.jsonl`);
    const ok = records.filter(({ phase, status }) => phase === "measure" && status === "ok");
    return { ttfts: ok.map(({ ttft_ms }) => ttft_ms!), cpu };
  } finally {
    await Deno.remove(run_dir, { recursive: true });
  }
}

const show = (results: readonly Result[]) => {
  const all = sorted(results.flatMap(({ ttfts }) => ttfts));
  const percentile = (per_mille: number) => estimatePercentile(all, per_mille);
  const cpu = results.reduce((sum, result) => sum + result.cpu, 0) / results.length;
  const [p50, p99] = [percentile(500), percentile(990)];
  const figure = ({ value, low, high }: typeof p50) =>
    `${value?.toFixed(2)} ms (${low?.toFixed(2)} to ${high?.toFixed(2) ?? ""})`;
  return `n = ${all.length}, TTFT p50 ${figure(p50)}, p99 ${figure(p99)}; this process used ${
    (cpu * 100).toFixed(2)
  } % of a core`;
};

try {
  const results: { readonly sampled: boolean; readonly result: Result }[] = [];
  await level(false, 0);
  for (let pair = 0; pair < pairs; pair++) {
    const order = pair % 2 === 0 ? [true, false] : [false, true];
    for (const sampled of order) results.push({ sampled, result: await level(sampled, pair + 1) });
  }
  const of = (wanted: boolean) =>
    results.flatMap(({ sampled, result }) => sampled === wanted ? [result] : []);
  for (const { sampled, result } of results) {
    console.log(`  ${sampled ? "with   " : "without"}: ${show([result])}`);
  }
  console.log(`without sampling:     ${show(of(false))}`);
  console.log(`with, every ${interval_s} s:     ${show(of(true))}`);
  const sources = sourcesOf([watched], interval_s);
  const times = 300;
  const from = cpu_ms();
  for (let i = 0; i < times; i++) {
    for (const source of sources) await source.read?.(new AbortController().signal);
  }
  const each = (cpu_ms() - from) / times;
  console.log(
    `a reading alone: ${each.toFixed(2)} ms of CPU; every ${interval_s} s that is ${
      (each / interval_s / 10).toFixed(3)
    } % of a core`,
  );
} finally {
  server.kill("SIGKILL");
  await server.status;
}
