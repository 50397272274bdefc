import assert from "node:assert/strict";
import { join } from "node:path";
import { type Endpoint, Interrupted } from "../../../lib/core/mod.ts";
import { writeEndpoints } from "../../../lib/deploy/mod.ts";
import { planRequests, sendRequests } from "../../../lib/pipeline/steps/inference.ts";
import { recordsOf } from "../../../lib/pipeline/steps/records.ts";
import { serve } from "../../../lib/simulate/mod.ts";
import { endpoint, payload } from "../../load/made_up.ts";
import { inProject, load, mark, openStep, start } from "../made_up_project.ts";

/** 10 ms to the first token, 1 ms a token. */
const profile = {
  base_ms: 10,
  prefill_tokens_per_s: 1e6,
  decode_ms: 1,
  decode_ms_per_sequence: 0,
  slots: 8,
  jitter: 0,
};

/** Sends the tiny config's load with `sets`, then again with `again`; the error of each, and how many attempts were sent. */
async function sendTwice(
  sets: readonly string[],
  again: readonly string[],
): Promise<{ errors: unknown[]; sent: number[]; cost: number[] }> {
  const simulation = await serve({ profile, model_id: "sim-api" });
  const [errors, sent, cost]: [unknown[], number[], number[]] = [[], [], []];
  try {
    await inProject(async (folder) => {
      const started = await start(folder, { sets });
      const { run } = started;
      const prompts = ["p0", "p1"].map((id) => JSON.stringify(payload(id)) + "\n").join("");
      await Deno.writeTextFile(join(run.paths.prompts, "short.jsonl"), prompts);
      const endpoints = ["one", "two"].map((experiment_name): Endpoint =>
        endpoint({
          experiment_name,
          url: simulation.url,
          simulated: true,
          model_id: "sim-api",
          instance_type: "sim-api",
        })
      );
      await writeEndpoints(run.paths.root, endpoints);
      await mark(run, { status: "finished" }, "1_generate_data", "2_deploy_model");
      await planRequests(openStep("3_run_inference", started));
      for (const own of [sets, again]) {
        const step = openStep("3_run_inference", { run, loaded: await load(folder, { sets: own }) });
        errors.push(await sendRequests(step).then(() => null, (error) => error));
        const records = await recordsOf(run);
        sent.push(records.filter(({ sent_ms }) => sent_ms !== null).length);
        cost.push(
          records.reduce(
            (sum, one) =>
              sum + (one.prompt_tokens ?? 0) * 0.0000005 + (one.completion_tokens ?? 0) * 0.0000015,
            0,
          ),
        );
      }
    });
  } finally {
    await simulation.close();
  }
  return { errors, sent, cost };
}

Deno.test("limits.requests sends exactly so many, says so, and a higher limit goes on", async () => {
  // Three levels, each with 1 request of warm-up and 5 that are measured: 18.
  const { errors, sent } = await sendTwice(
    ["load.requests=5", "limits.requests=8"],
    ["load.requests=5", "limits.requests=18"],
  );
  assert.ok(errors[0] instanceof Interrupted, String(errors[0]));
  assert.match(
    errors[0].message,
    /^The load was stopped by limits\.requests: 8 of 8 were sent \(18 planned = 8 ok \+ 0 errors \+ 0 cancelled \+ 10 pending\)\. .*--resume .* --set limits\.requests=MORE$/,
  );
  assert.equal(errors[1], null);
  assert.deepEqual(sent, [8, 18]);
});

Deno.test("with the limit already reached nothing more is sent", async () => {
  const sets = ["load.requests=5", "limits.requests=8"];
  const { errors, sent } = await sendTwice(sets, sets);
  assert.ok(errors[1] instanceof Interrupted);
  assert.deepEqual(sent, [8, 8]);
});

Deno.test("limits.minutes stops the load where it is: in flight is cancelled, the rest is pending", async () => {
  // 0.01 minutes are 600 ms; 2,000 requests of about 20 ms take longer than that at concurrency 1 or 2.
  const { errors, sent } = await sendTwice(
    ["load.requests=2000", "limits.minutes=0.01"],
    ["load.requests=2000", "limits.minutes=0.01"],
  );
  assert.ok(errors[0] instanceof Interrupted, String(errors[0]));
  assert.match(errors[0].message, /by limits\.minutes: load was sent for .* of 0\.01 minutes \(6003 planned/);
  assert.ok(sent[0]! > 0 && sent[0]! < 6003);
  assert.ok(errors[1] instanceof Interrupted);
  // The first start's time counts from its first send, some 100 ms after it began: the second start has that left.
  assert.ok(sent[1]! - sent[0]! < sent[0]!, `${sent}`);
});

Deno.test("limits.dollars stops within what is in flight and a second's requests of the limit", async () => {
  const { errors, cost } = await sendTwice(
    ["load.requests=2000", "limits.dollars=0.001"],
    ["load.requests=2000", "limits.dollars=0.002"],
  );
  for (const [index, limit] of [0.001, 0.002].entries()) {
    const error = errors[index];
    assert.ok(error instanceof Interrupted, String(error));
    assert.match(error.message, /by limits\.dollars: \$0\.00\d+ of \$0\.00\d+ were spent/);
    // A request costs about 0.00003; up to 100 of them are answered in the second until the journal is read.
    assert.ok(cost[index]! > limit / 2 && cost[index]! < limit + 0.003, `${cost[index]} of ${limit}`);
  }
});

Deno.test("a limit that is not reached changes nothing", async () => {
  const { errors, sent } = await sendTwice(["load.requests=2", "limits.requests=9"], ["load.requests=2"]);
  assert.deepEqual(errors, [null, null]);
  assert.deepEqual(sent, [9, 9]);
});
