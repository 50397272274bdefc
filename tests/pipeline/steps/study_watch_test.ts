import assert from "node:assert/strict";
import { join } from "node:path";
import { type Plan, type RequestRecord, seededRandom } from "../../../lib/core/mod.ts";
import { StudyWatch } from "../../../lib/pipeline/steps/study_watch.ts";
import { openJournal } from "../../../lib/storage/mod.ts";
import { endpoint, record } from "../../load/made_up.ts";
import { studyPlan, variant } from "../../load/study/made_up.ts";
import { inProject, openStep, start, type Started } from "../made_up_project.ts";

const prompts = Array.from({ length: 12 }, (_, i) => `p${i}`);

function at(experiment_name: string, latency_mode: "standard" | "optimized") {
  return variant(experiment_name, {
    endpoint: endpoint({ experiment_name, model_id: "m", options: { latency_mode } }),
  });
}

/** 12 prompts on two profiles of one model, `rounds` rounds of two calls each. */
function planOf(rounds: number): Plan {
  const scenarios = prompts.flatMap((payload_id) =>
    ["standard", "optimized"].map((experiment_name) => ({
      scenario_id: `${experiment_name}:${payload_id}`,
      experiment_name,
      payload_id,
      max_tokens: 50,
    }))
  );
  return studyPlan({
    levels: [at("standard", "standard"), at("optimized", "optimized")],
    scenarios,
    rounds,
    invocations_per_scenario: 2,
  });
}

/** What became of the calls of a round: the optimized ones take 20 % less, give or take `noise`. */
function recordsOf({ header, requests }: Plan, round: number, noise: number): RequestRecord[] {
  const random = seededRandom(1, ["noise", round]);
  return requests.filter(({ call }) => call!.round === round).map(
    ({ request_id, level, payload_id, call }) => {
      const { experiment_name, options } = header.levels[level]!.endpoint;
      const base = options!.latency_mode === "optimized" ? 400 : 500;
      return record({
        request_id,
        experiment_name,
        payload_id,
        round,
        block: call!.block,
        ttft_ms: base * (1 + noise * (random.next() - 0.5)),
        sent_at: "2026-01-01T00:00:00.000Z",
        connection_reused: true,
      });
    },
  );
}

async function append(path: string, records: readonly RequestRecord[]): Promise<void> {
  await Deno.writeTextFile(path, records.map((one) => JSON.stringify(one) + "\n").join(""), { append: true });
}

/** A study under way that wants so much precision, and its journal. */
async function underWay(
  started: Started,
  plan: Plan,
  { precision, stop_when_precise = false, earlier = [] }: {
    precision: number | null;
    stop_when_precise?: boolean;
    earlier?: readonly RequestRecord[];
  },
) {
  const open = openStep("3_run_inference", started);
  const study = { precision, stop_when_precise } as NonNullable<typeof open.config.study>;
  const step = { ...open, config: { ...open.config, study } };
  const path = join(started.run.paths.requests, "s1-w0.jsonl");
  const journal = await openJournal(path, {
    schema: "fmbench.journal/1",
    segment: "s1",
    worker: "w0",
    clock: "user",
    origin_mono_ns: "0",
    origin_at: "2026-01-01T00:00:00.000Z",
  });
  await journal.close();
  const watch = StudyWatch.of(step, plan, "s1");
  for (const one of earlier) watch?.takeEarlier(one);
  return { watch, path, log: open.told.log };
}

const event = {
  at: "",
  step: "",
  label: "study",
  done: 1,
  total: 2,
  errors: 0,
  rate_per_s: null,
  eta_s: null,
};

Deno.test("without a wanted precision there is nothing to watch", async () => {
  await inProject(async (folder) => {
    const { watch } = await underWay(await start(folder), planOf(2), { precision: null });
    assert.equal(watch, null);
  });
});

Deno.test("at the end of a round, and not before, a study says how many more pairs it needs", async () => {
  await inProject(async (folder) => {
    const plan = planOf(3);
    const { watch, path, log } = await underWay(await start(folder), plan, { precision: 0.01 });
    const first = recordsOf(plan, 1, 0.4);
    await append(path, first.slice(0, -1));
    watch!.look();
    assert.deepEqual(log, []);
    assert.equal(watch!.told(event).last, undefined);
    await append(path, first.slice(-1));
    watch!.look();
    assert.match(
      log.join(),
      /^info: after round 1: \d+ more pairs are needed for ±1 % of the change of TTFT$/,
    );
    assert.match(watch!.told({ ...event, last: "a: 1 s" }).last!, /^a: 1 s · [\d,]+ more pairs for ±1 %$/);
    assert.equal(watch!.signal.aborted, false);
  });
});

Deno.test("a study that knows enough ends, if it may", async () => {
  for (const stop_when_precise of [true, false]) {
    await inProject(async (folder) => {
      // 24 pairs a round: the fifth has the 100 without which no study ends.
      const plan = planOf(6);
      const { watch, path } = await underWay(await start(folder), plan, {
        precision: 0.1,
        stop_when_precise,
      });
      for (const round of [1, 2, 3, 4, 5]) await append(path, recordsOf(plan, round, 0.02));
      watch!.look();
      assert.equal(watch!.told(event).last, "known to ±10 %");
      assert.equal(watch!.signal.aborted, stop_when_precise);
    });
  }
});

Deno.test("what was served otherwise, failed or waited for a connection is in no pair", async () => {
  await inProject(async (folder) => {
    const plan = planOf(2);
    const { watch, path, log } = await underWay(await start(folder), plan, { precision: 0.1 });
    const spoilt = recordsOf(plan, 1, 0.1).map((one, i): RequestRecord => {
      if (one.experiment_name !== "optimized") return one;
      const otherwise = { asked_latency_mode: "optimized", served_latency_mode: "standard" };
      return { ...one, ...[otherwise, { status: "error" }, { connection_reused: false }][i % 3] };
    });
    await append(path, spoilt);
    watch!.look();
    // With the 24 pairs that it would have otherwise it is known: see above.
    assert.match(log.join(), /^info: after round 1: how many pairs .* is not known yet$/);
  });
});

Deno.test("calls of earlier starts of the load count", async () => {
  await inProject(async (folder) => {
    const plan = planOf(2);
    const first = recordsOf(plan, 1, 0.1);
    const { watch, path, log } = await underWay(await start(folder), plan, {
      precision: 0.1,
      earlier: first.slice(0, 20),
    });
    await append(path, first.slice(20));
    watch!.look();
    assert.equal(log.length, 1);
  });
});
