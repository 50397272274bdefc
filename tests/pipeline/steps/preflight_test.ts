import assert from "node:assert/strict";
import { join } from "node:path";
import { writeEndpoints } from "../../../lib/deploy/mod.ts";
import { planRequests } from "../../../lib/pipeline/steps/inference.ts";
import { preflight } from "../../../lib/pipeline/steps/preflight.ts";
import { serve } from "../../../lib/simulate/mod.ts";
import { readJournal } from "../../../lib/storage/mod.ts";
import { endpoint, payload } from "../../load/made_up.ts";
import { inProject, mark, openStep, type Start, start } from "../made_up_project.ts";

type Step = ReturnType<typeof openStep>;

/** An open step 3 with a plan for the experiments `one` and `two`, each at the URL and model given, brought or not. */
async function planned(
  places: readonly { url: string; model_id?: string; simulated?: boolean }[],
  work: (step: Step) => Promise<void>,
  options: Start = {},
): Promise<void> {
  await inProject(async (folder) => {
    const started = await start(folder, options);
    const { run } = started;
    await Deno.writeTextFile(join(run.paths.prompts, "short.jsonl"), JSON.stringify(payload("p0")) + "\n");
    const names = ["one", "two"];
    await writeEndpoints(
      run.paths.root,
      names.map((experiment_name, i) =>
        endpoint({ experiment_name, simulated: false, ...places[i % places.length]! })
      ),
    );
    await mark(run, { status: "finished" }, "1_generate_data", "2_deploy_model");
    const step = openStep("3_run_inference", started, new AbortController().signal);
    await planRequests(step);
    await work(step);
  });
}

Deno.test("every endpoint is asked once for one token, outside of the run's requests, and the table has what it cost", async () => {
  const simulation = await serve({ model_id: "m" });
  try {
    await planned([{ url: simulation.url }], async (step) => {
      const table = await preflight(step);
      assert.match(table, /\| one +\| m +\| +\| answers/);
      assert.match(table, /\| two +\| m +\| +\| answers/);
      const { root, requests } = step.run.paths;
      const { records } = await readJournal(join(root, "preflight", "requests", "s1-w0.jsonl"));
      assert.deepEqual(records.map(({ experiment_name }) => experiment_name).sort(), ["one", "two"]);
      assert.deepEqual(records.map(({ completion_tokens }) => completion_tokens), [1, 1]);
      assert.deepEqual([...Deno.readDirSync(requests)], []);
    });
  } finally {
    await simulation.close();
  }
});

Deno.test("all faults are told at once, each with what to do, and made again they are told as they are then", async () => {
  const simulation = await serve({ model_id: "m" });
  const gone = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = gone.addr as Deno.NetAddr;
  const nobody = `http://127.0.0.1:${port}/v1`;
  try {
    await planned([{ url: simulation.url, model_id: "other" }, { url: nobody }], async (step) => {
      gone.close();
      for (let time = 0; time < 2; time++) {
        await assert.rejects(() => preflight(step), (error: Error) => {
          assert.match(
            error.message,
            /^Cannot send load to 2 of 2 experiments: the pre-flight call failed\./,
          );
          assert.match(error.message, / {2}- one: HTTP 404: .*'other'.*; no such model: check model_id/);
          assert.match(
            error.message,
            / {2}- two: .*refused.*; the endpoint can't be reached: check the address/i,
          );
          assert.match(error.message, /--no-preflight\. No load was sent\.$/);
          return true;
        });
      }
    });
  } finally {
    await simulation.close();
  }
});

Deno.test("an endpoint that the run has started itself is not asked, and none is with `preflight: no`", async () => {
  const simulation = await serve({ model_id: "m" });
  try {
    await planned([{ url: simulation.url, simulated: true }], async (step) => {
      assert.match(await preflight(step), /No pre-flight call is needed/);
    });
    await planned([{ url: simulation.url, model_id: "other" }], async (step) => {
      const without = { ...step, config: { ...step.config, preflight: false } };
      assert.equal(await preflight(without), "No pre-flight call: `preflight: no`.");
    });
  } finally {
    await simulation.close();
  }
});
