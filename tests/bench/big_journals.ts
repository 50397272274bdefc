/** Journals of any size as if many workers had written them: lines from templates, so that twenty million take minutes. */

import { join } from "node:path";
import { emptyRecord, type RequestRecord, seededRandom } from "../../lib/core/mod.ts";
import { writeEndpoints } from "../../lib/deploy/mod.ts";
import type { Run } from "../../lib/run/mod.ts";
import { endpoint } from "../load/made_up.ts";
import { mark, start } from "../pipeline/made_up_project.ts";
import { experiments, levels, payload_files } from "./big_run.ts";

/** Gaps of an answer. */
const gaps_each = 8;
/** Templates of a cell: each line is one of them with its id and its times put in. */
const templates_each = 64;

/** What the levels of a run are. */
export interface Shape {
  readonly requests: number;
  readonly workers: number;
  /** All requests in one level of one experiment, rather than in 96 cells. */
  readonly oneCell?: boolean;
}

/**
 * Writes the journals of a finished run into a folder with the config of `bigConfig`: closed loop, one segment, every worker through
 * all levels; one request in 50 is sent twice, and one in 100 fails for good.
 */
export async function writeBigJournals(folder: string, { requests, workers, oneCell }: Shape): Promise<Run> {
  const { run } = await start(folder);
  const cells = oneCell
    ? [{ experiment_name: experiments[0]!, payload_file: payload_files[0]!, concurrency: levels.at(-1)! }]
    : experiments.flatMap((experiment_name) =>
      payload_files.flatMap((payload_file) =>
        levels.map((concurrency) => ({ experiment_name, payload_file, concurrency }))
      )
    );
  const each = Math.round(requests / workers / cells.length);
  const templates = cells.map((cell) => {
    const random = seededRandom(1, JSON.stringify(cell));
    return Array.from({ length: templates_each }, () => templateOf(cell, random));
  });
  for (let worker = 0; worker < workers; worker++) {
    const file = await Deno.open(join(run.paths.requests, `s1-w${worker}.jsonl`), {
      write: true,
      create: true,
    });
    const lines = new Lines(file);
    const header = { schema: "fmbench.journal/1", segment: "s1", worker: `w${worker}`, clock: "user" };
    lines.add(JSON.stringify({ ...header, origin_mono_ns: "0", origin_at: new Date(origin).toISOString() }));
    let began_ms = 0;
    for (const [i, made] of templates.entries()) {
      began_ms = level(lines, { made, worker, each, began_ms, first: (worker * cells.length + i) * each });
    }
    lines.close();
  }
  await writeEndpoints(
    run.paths.root,
    experiments.map((experiment_name) =>
      endpoint({ experiment_name, instance_type: "sim.small", model_id: "sim-small", simulated: true })
    ),
  );
  await mark(
    run,
    { status: "finished" },
    ...["0_setup", "1_generate_data", "2_deploy_model", "3_run_inference"],
  );
  return run;
}

const origin = Date.UTC(2026, 0, 1);

interface LevelShape {
  readonly made: readonly Template[];
  readonly worker: number;
  readonly each: number;
  readonly began_ms: number;
  /** Number of its first request in the run. */
  readonly first: number;
}

/** @returns when its last request ended */
function level(lines: Lines, { worker, each, began_ms, first, made }: LevelShape): number {
  let now = began_ms;
  for (let i = 0; i < each; i++) {
    const number = first + i;
    const { ok, failed, e2e_ms } = made[number % templates_each]!;
    const id = (BigInt(number + 1) * 0x9e3779b97f4a7c15n & 0xffffffffffffffffn).toString(16).padStart(
      16,
      "0",
    );
    const phase = i < 8 ? "warmup" : "measure";
    const tries = number % 50 === 0 ? 2 : 1;
    for (let attempt = 1; attempt <= tries; attempt++) {
      const lost = attempt < tries || number % 100 === 0;
      const sent_ms = now;
      now += e2e_ms;
      const sent_at = new Date(origin + sent_ms).toISOString();
      const [rest, done] = [lost ? failed : ok, now.toFixed(3)];
      lines.add(
        `{"request_id":"${id}","attempt":${attempt},"worker":"w${worker}","phase":"${phase}","sent_ms":${
          sent_ms.toFixed(3)
        },` +
          `"ended_ms":${done},"last_token_ms":${done},"sent_at":"${sent_at}",${rest}`,
      );
    }
  }
  return now;
}

/** What lines of a success and of a failure end with. */
interface Template {
  readonly e2e_ms: number;
  readonly ok: string;
  readonly failed: string;
}

function templateOf(
  { concurrency, ...cell }: Pick<RequestRecord, "experiment_name" | "payload_file"> & {
    readonly concurrency: number;
  },
  random: ReturnType<typeof seededRandom>,
): Template {
  const tokens = 40 + random.below(400);
  const ttft_ms = (50 + tokens / 4 + concurrency * 4) * Math.exp(0.3 * random.normal());
  const gap_ms = (10 + concurrency / 8) * Math.exp(0.2 * random.normal());
  const itl_us = Array.from({ length: gaps_each }, () => Math.round(gap_ms * 1000 * (0.5 + random.next())));
  const e2e_ms = ttft_ms + gap_ms * gaps_each;
  const shared: Partial<RequestRecord> = {
    ...{
      ...cell,
      concurrency,
      segment: "s1",
      model_id: "sim-small",
      instance_type: "sim.small",
    },
    ...{
      endpoint_name: cell.experiment_name,
      payload_id: `p${random.below(1000)}`,
      prompt_use: 1,
      arrival: "closed",
    },
    ...{ clock: "user", trusted: true, max_tokens: 16, connection_reused: true, prompt_tokens: tokens },
    ...{ question: `What is ${random.below(1e6)} plus one?`, ground_truth: '["42"]' },
  };
  const success: Partial<RequestRecord> = {
    ...{
      ...shared,
      status: "ok",
      http_status: 200,
      ttft_ms,
      e2e_ms,
      response_ms: e2e_ms,
      service_ms: e2e_ms,
    },
    ...{
      tpot_ms: gap_ms,
      output_tokens_per_s: 1000 / gap_ms,
      itl_us,
      itl_p50_ms: gap_ms,
      itl_max_ms: 1.5 * gap_ms,
    },
    ...{
      completion_tokens: gaps_each + 1,
      token_source: "server",
      stop_reason: "stop",
      chunks: gaps_each + 1,
    },
    completion: `The answer to the question is ${random.below(1e6)}, as everybody knows who has asked it.`,
  };
  const failure: Partial<RequestRecord> = {
    ...{ ...shared, status: "error", error_kind: "http", http_status: 500, error_message: "no answer" },
  };
  return { e2e_ms, ok: restOf(success), failed: restOf(failure) };
}

const varying = [
  "request_id",
  "attempt",
  "worker",
  "phase",
  "sent_ms",
  "ended_ms",
  "last_token_ms",
  "sent_at",
];

/** The other columns of a record, as the end of its line. */
function restOf(record: Partial<RequestRecord>): string {
  const rest = Object.entries({ ...emptyRecord(), ...record }).filter(([name]) => !varying.includes(name));
  return JSON.stringify(Object.fromEntries(rest)).slice(1);
}

/** Writes lines some megabytes at a time. */
class Lines {
  readonly #file: Deno.FsFile;
  readonly #encoder = new TextEncoder();
  #waiting: string[] = [];

  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  add(line: string): void {
    this.#waiting.push(line);
    if (this.#waiting.length >= 2000) this.#write();
  }

  close(): void {
    this.#write();
    this.#file.close();
  }

  #write(): void {
    const bytes = this.#encoder.encode(this.#waiting.join("\n") + "\n");
    for (let done = 0; done < bytes.length;) done += this.#file.writeSync(bytes.subarray(done));
    this.#waiting = [];
  }
}
