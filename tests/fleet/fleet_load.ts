/** A load sent by a fleet of this machine's processes, as step 3 sends it: what an earlier start left is settled first. */

import type { Plan, RequestRecord } from "../../lib/core/mod.ts";
import type { FleetEngine } from "../../lib/fleet/engine.ts";
import { Fleet, type FleetOptions } from "../../lib/fleet/fleet.ts";
import { openFleetStorage } from "../../lib/fleet/fleet_storage.ts";
import { recoverFleet } from "../../lib/fleet/recovery.ts";
import {
  type LevelSpec,
  type LoadOutcome,
  outcomeOf,
  readLevelEnds,
  readMarks,
  readPlan,
  remainingPlan,
  runLoad,
  writePlan,
} from "../../lib/load/mod.ts";
import { readJournal, writeJsonLines } from "../../lib/storage/mod.ts";
import { endpoint, payload, planOf, spec } from "../load/made_up.ts";
import { chunk, type Script, streamHead } from "../transport/scripted_server.ts";
import { testCommand } from "./process_engine.ts";

const event = (value: unknown) => chunk(`data: ${JSON.stringify(value)}\n\n`);

/** One token after so many milliseconds. */
export const answering = (service_ms: number): Script => async ({ send, pause }) => {
  if (service_ms > 0) await pause(service_ms);
  await send(
    streamHead + event({ choices: [{ delta: { content: "a" }, finish_reason: "stop" }] }) +
      event({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 1 } }) +
      chunk("data: [DONE]\n\n") + chunk(""),
  );
};

/** A run directory with a plan; each prompt has a salt that names the attempt to the server. */
export async function prepareRun(
  url: string,
  levels: readonly Partial<LevelSpec>[],
): Promise<{ run_dir: string; plan: Plan }> {
  const run_dir = await Deno.makeTempDir({ prefix: "fleet-test-" });
  const rows = Array.from({ length: 50 }, (_, i) => payload(`p${i}`));
  await writeJsonLines(`${run_dir}/data/prompts/p.jsonl`, rows);
  await Deno.mkdir(`${run_dir}/requests`);
  const plan = planOf(
    levels.map((level) => spec({ cache_busting: true, endpoint: endpoint({ url: `${url}/v1` }), ...level })),
    rows.length,
  );
  await writePlan(`${run_dir}/plan.jsonl`, plan);
  return { run_dir, plan };
}

export interface SendOptions extends Partial<Pick<FleetOptions, "certify" | "patience">> {
  readonly run_dir: string;
  readonly segment: string;
  readonly engine: FleetEngine;
  readonly workers?: number;
  /** @default one core's worth, and the worker program with short limits */
  readonly settings?: Partial<Pick<FleetOptions["settings"], "resources" | "command">>;
  /** @default a folder in the run directory, apart from it as a bucket would be */
  readonly storage?: string;
  readonly onNotice?: (notice: string) => void;
  readonly onLevel?: () => void;
  readonly signal?: AbortSignal;
}

/** Sends what is missing of a run. */
export async function sendByFleet(options: SendOptions): Promise<LoadOutcome> {
  const { run_dir, segment, engine, workers = 2, storage = `${run_dir}/shared`, signal } = options;
  await recoverFleet({ run_dir, env: {}, log: () => {}, open: () => engine });
  const whole = await readPlan(`${run_dir}/plan.jsonl`);
  const marks = await readMarks(`${run_dir}/requests`);
  const fleet = new Fleet({
    settings: {
      engine: "ray",
      address: null,
      workers,
      per_node: null,
      resources: {},
      storage,
      listen: "127.0.0.1:0",
      advertise: "127.0.0.1",
      image: null,
      namespace: null,
      command: testCommand,
      ...options.settings,
    },
    engine,
    engine_address: null,
    run_id: run_dir.split("/").at(-1) ?? "",
    run_dir,
    storage: await openFleetStorage(storage),
    package_dir: null,
    certify: options.certify ?? false,
    log: () => {},
    patience: {
      hub: { silence_ms: 4000, beat_ms: 100 },
      look_ms: 500,
      arrival_ms: 30_000,
      ...options.patience,
    },
  });
  try {
    return await runLoad({
      plan: remainingPlan(whole, marks, await readLevelEnds(run_dir)),
      run_dir,
      segment,
      workers,
      env: Deno.env.toObject(),
      hire: fleet.hire,
      ...options.onNotice === undefined ? {} : { onNotice: options.onNotice },
      ...options.onLevel === undefined ? {} : { onLevel: options.onLevel },
      ...signal === undefined ? {} : { signal },
    });
  } finally {
    await fleet.close();
  }
}

/** What all segments of a run came to. */
export async function wholeOutcome(run_dir: string): Promise<LoadOutcome> {
  return outcomeOf(
    await readPlan(`${run_dir}/plan.jsonl`),
    await readMarks(`${run_dir}/requests`),
    await readLevelEnds(run_dir),
  );
}

/** The rows of a run, by the worker's journal: `s1-w0`. */
export async function journalsOf(run_dir: string): Promise<Map<string, readonly RequestRecord[]>> {
  const journals = new Map<string, readonly RequestRecord[]>();
  for await (const { name } of Deno.readDir(`${run_dir}/requests`)) {
    if (!name.endsWith(".jsonl")) continue;
    journals.set(name.replace(".jsonl", ""), (await readJournal(`${run_dir}/requests/${name}`)).records);
  }
  return journals;
}
