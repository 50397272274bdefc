import assert from "node:assert/strict";
import { requestsFrame, timeline } from "../../../lib/analyze/mod.ts";
import type { Endpoint } from "../../../lib/core/mod.ts";
import { Observer, readUtilisation } from "../../../lib/observe/mod.ts";
import { beginUtilisation, machineUseOf, observable } from "../../../lib/pipeline/steps/utilisation.ts";
import { endpoint } from "../../load/made_up.ts";
import { inProject, openStep, type Start, start } from "../made_up_project.ts";

/** An open step 3, of a config whose experiment "one" has `more` in it. */
async function atStep(
  work: (step: ReturnType<typeof openStep>) => Promise<void>,
  options: Start = {},
): Promise<void> {
  await inProject(async (folder) => {
    await work(openStep("3_run_inference", await start(folder, options)));
  });
}

const brought = (changes: Partial<Endpoint> = {}) => endpoint({ experiment_name: "one", ...changes });

Deno.test("machine and load workers are sampled by default, as often as the config says", async () => {
  await atStep(async (step) => {
    const observer = await beginUtilisation(step, [brought()], "s1");
    assert.ok(observer instanceof Observer);
    await observer.stop();
    const [journal] = await readUtilisation(step.run.paths.root);
    assert.equal(journal!.header.interval_s, 2);
    assert.ok(
      journal!.readings.some(({ source, metric }) => source === "machine" && metric === "memory_used"),
    );
    assert.deepEqual(step.told.log, []);
  }, { sets: ["utilisation.interval_seconds=2"] });
});

Deno.test("utilisation.enabled: no leaves no trace", async () => {
  await atStep(async (step) => {
    assert.equal(await beginUtilisation(step, [brought()], "s1"), null);
    assert.deepEqual(await readUtilisation(step.run.paths.root), []);
    const none = await machineUseOf(step, step.run.paths.root, { timeline: null, cells: [], endpoints: [] });
    assert.equal(none.interval_s, null);
  }, { sets: ["utilisation.enabled=no"] });
});

Deno.test("of a brought endpoint the config names the counters; SageMaker's is known by its name", () => {
  const config = (more: Record<string, unknown>) => ({
    config: { experiments: [{ name: "one", ...more }] } as unknown as Parameters<
      typeof observable
    >[0]["config"],
  });
  const metrics_url = "http://192.0.2.1/metrics";
  assert.equal(observable(config({}), brought()).observed, undefined);
  assert.deepEqual(observable(config({ metrics_url }), brought()).observed, { metrics_urls: [metrics_url] });
  const sagemaker = brought({
    simulated: false,
    ...{ predictor: "sagemaker", region: "eu-west-1" },
    endpoint_name: "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/mine",
  });
  const cloudwatch = { region: "eu-west-1", endpoint_name: "mine", variant_name: "AllTraffic" };
  assert.deepEqual(observable(config({}), sagemaker).observed, { cloudwatch });
  assert.deepEqual(observable(config({ production_variant_name: "v2" }), sagemaker).observed, {
    cloudwatch: { ...cloudwatch, variant_name: "v2" },
  });
  // What the run deployed says itself where it can be read.
  const deployed = brought({ deployed: true, observed: { gpus: [0] } });
  assert.equal(observable(config({ metrics_url }), deployed), deployed);
});

Deno.test("a run that sent nothing shows nothing", async () => {
  await atStep(async (step) => {
    const observer = await beginUtilisation(step, [brought()], "s1");
    await observer!.stop();
    const use = await machineUseOf(step, step.run.paths.root, {
      ...{ timeline: await timeline(requestsFrame([])), cells: [], endpoints: [brought()] },
    });
    assert.deepEqual([use.levels, use.tracks], [[], []]);
  });
});
