import assert from "node:assert/strict";
import { dirname } from "node:path";
import type { RequestRecord } from "../../lib/core/mod.ts";
import { readPlan, runLoad } from "../../lib/load/mod.ts";
import { quantile, sorted } from "../../lib/metrics/mod.ts";
import { readJournal } from "../../lib/storage/mod.ts";
import { dispersion, dispersionBounds, gammaCdf, gapsOf, ksDistance, ksLimit } from "../load/distribution.ts";
import { type ScriptedServer, scriptedServer } from "../transport/scripted_server.ts";
import { rayEngine } from "../../lib/fleet/ray.ts";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { answering, journalsOf, prepareRun, sendByFleet, type SendOptions } from "./fleet_load.ts";
import { rayCluster, rayProgram } from "./ray_cluster.ts";
import { processEngine } from "./process_engine.ts";

const rate = 100;
/** Due times are kept to that (`tests/bench/schedule_error.ts`). */
const resolved_ms = 0.3;

/** Distance of the client's TTFT from the server's own, of every request that was answered; in milliseconds, ascending. */
async function ttftErrors(run_dir: string, workers: number, server: ScriptedServer, from: number) {
  const errors: number[] = [];
  const seen = server.requests.slice(from);
  for (let i = 0; i < workers; i++) {
    const { header, records } = await readJournal(`${run_dir}/requests/s1-w${i}.jsonl`);
    const origin = BigInt(header!.origin_mono_ns);
    for (const { sent_ms, ttft_ms, request_id } of records) {
      const own = seen.find(({ body }) => body.includes(request_id!));
      if (own === undefined || own.first_send_ns === null) continue;
      errors.push(Math.abs(ttft_ms! - (Number(own.first_send_ns - origin) / 1e6 - sent_ms!)));
    }
  }
  return sorted(errors);
}

function assertPoisson(times_ms: readonly number[], from_ms: number): string {
  const ascending = times_ms.toSorted((a, b) => a - b);
  const gaps = gapsOf(ascending);
  const distance = ksDistance(gaps, (gap) => gammaCdf(1, gap * rate / 1000), from_ms);
  const { index, windows } = dispersion(ascending.map((at) => at - ascending[0]!), 1000);
  const [low, high] = dispersionBounds(windows);
  assert.ok(distance < ksLimit(gaps.length), `KS ${distance} of ${ksLimit(gaps.length)}`);
  assert.ok(low < index && index < high, `dispersion ${index} of ${low} to ${high}`);
  return `KS ${distance.toFixed(4)} < ${ksLimit(gaps.length).toFixed(4)}, dispersion ${index.toFixed(2)}`;
}

/** Sends the same plan by two remote workers and by two of this machine. */
async function assertAsHere(
  sending: (run_dir: string) => Pick<SendOptions, "engine" | "settings">,
): Promise<void> {
  using server = scriptedServer(answering(20));
  const level = { concurrency: null, arrival: "poisson", rates_rps: [rate], requests: 1500 } as const;
  const there = await prepareRun(server.url, [level]);
  const here = await prepareRun(server.url, [level]);
  try {
    const { ok } = await sendByFleet({ run_dir: there.run_dir, segment: "s1", ...sending(there.run_dir) });
    assert.equal(ok, 1500);
    const remote = await ttftErrors(there.run_dir, 2, server, 0);
    const before = server.requests.length;
    await runLoad({
      plan: await readPlan(`${here.run_dir}/plan.jsonl`),
      run_dir: here.run_dir,
      segment: "s1",
      workers: 2,
      env: Deno.env.toObject(),
    });
    const local = await ttftErrors(here.run_dir, 2, server, before);
    const rows = async (run_dir: string) => [...(await journalsOf(run_dir)).values()].flat();
    const ids = (records: readonly RequestRecord[]) => records.map(({ request_id }) => request_id).sort();
    const [fleet, machine] = [await rows(there.run_dir), await rows(here.run_dir)];
    assert.deepEqual(ids(fleet), ids(machine));
    assert.equal(new Set(ids(fleet)).size, 1500);
    const due = assertPoisson(fleet.map(({ scheduled_ms }) => scheduled_ms!), 0);
    const sent = assertPoisson(fleet.map(({ sent_ms }) => sent_ms!), resolved_ms);
    const at = (values: Float64Array | readonly number[], part: number) =>
      quantile(values as Float64Array, part)!;
    const figures = `due: ${due}; sent: ${sent}; TTFT error p50 ${at(remote, 500).toFixed(3)}, p99 ${
      at(remote, 990).toFixed(3)
    } ms by the fleet; ${at(local, 500).toFixed(3)}, ${at(local, 990).toFixed(3)} ms here`;
    if (Deno.env.has("FMBENCH_TEST_SHOW")) console.log(figures);
    assert.ok(remote.length > 1400 && local.length > 1400, `${remote.length}, ${local.length}`);
    assert.ok(at(remote, 500) < at(local, 500) + 0.2, figures);
  } finally {
    for (const { run_dir } of [there, here]) await Deno.remove(run_dir, { recursive: true });
  }
}

const claim = "workers together keep to the law at 100/s, and their TTFT is as right as a local worker's";

Deno.test(`arrivals of two remote ${claim}`, () =>
  assertAsHere((run_dir) => ({ engine: processEngine(`${run_dir}/engine`) })));

Deno.test(
  { name: `a real Ray cluster of two nodes: arrivals of two ${claim}`, ignore: rayProgram === null },
  async () => {
    const path = `${dirname(Deno.execPath())}:${Deno.env.get("PATH") ?? ""}`;
    await using cluster = await rayCluster({ env: { PATH: path } });
    const program = `${projectRoot}/lib/fleet/remote_worker.ts`;
    await assertAsHere(() => ({
      engine: rayEngine({ address: cluster.address, env: {} }),
      settings: {
        command: ["deno", "run", "--allow-all", "--no-prompt", `--config=${projectRoot}/deno.json`, program],
        resources: { cpu: 0.1, load_slot: 1 },
      },
    }));
  },
);
