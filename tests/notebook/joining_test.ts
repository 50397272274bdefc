import assert from "node:assert/strict";
import { join } from "node:path";
import { readManifest } from "../../lib/run/mod.ts";
import { inProject, start, tinyConfig } from "../pipeline/made_up_project.ts";
import { runProgram } from "./made_up_kernel.ts";

/** What a notebook in the folder joins or starts, or how it is refused; the results lie in the folder. */
async function joins(folder: string, ...calls: readonly string[]): Promise<Record<string, string>[]> {
  const { told } = await runProgram(
    `
    const { startByHand, joinByHand, joinHeadless } = await import("lib/notebook/joining.ts");
    Deno.chdir(${JSON.stringify(folder)});
    const attempt = async (work) => {
      try {
        const { run, loaded } = await work();
        tell({ root: run.paths.root, file: loaded.file, requests: String(loaded.config.load.requests) });
      } catch (error) {
        tell({ name: error.name, message: error.message });
      }
    };
    ${calls.map((call) => `await attempt(() => ${call});`).join("\n")}`,
    { kernel: false, env: { FMBENCH_RESULTS_DIR: join(folder, "results"), TMPDIR: folder } },
  );
  return told as Record<string, string>[];
}

Deno.test("without a run that was started by hand the notebook that starts one is named", async () => {
  await inProject(async (folder) => {
    await start(folder);
    const [latest, ofConfig, nowhere] = await joins(
      folder,
      'joinByHand("3_run_inference", { run: "latest" })',
      'joinByHand("3_run_inference", { config: "c.yml" })',
      'joinByHand("3_run_inference", { run: "results/tiny/nowhere" })',
    );
    assert.deepEqual(latest, {
      name: "UserError",
      message:
        'Cannot open step "3_run_inference": no run has been started by hand; expected a run to join. ' +
        "Run notebooks/0_setup.ipynb first.",
    });
    assert.match(ofConfig!.message!, /no run has been started by hand with c\.yml; /);
    assert.match(nowhere!.message!, /Cannot open the run ".*\/results\/tiny\/nowhere\/manifest\.json"/);
  });
});

Deno.test("step 0 starts a run; later notebooks join it without further settings", async () => {
  await inProject(async (folder) => {
    const [started, joined, byConfig] = await joins(
      folder,
      'startByHand({ config: "c.yml" })',
      'joinByHand("1_generate_data", {})',
      'joinByHand("1_generate_data", { run: "latest", config: "c.yml" })',
    );
    assert.equal(started!.file, join(folder, "c.yml"));
    assert.ok(started!.root!.startsWith(join(folder, "results", "tiny")), started!.root!);
    assert.deepEqual([joined, byConfig], [started, started]);
    assert.equal((await readManifest(join(started!.root!, "manifest.json"))).status, "running");
  });
});

Deno.test("the latest is the one that step 0 started last, and any other can be named", async () => {
  await inProject(async (folder) => {
    const [first, second, latest] = await joins(
      folder,
      'startByHand({ config: "c.yml" })',
      'startByHand({ config: "c.yml" })',
      'joinByHand("1_generate_data", {})',
    );
    assert.notEqual(first!.root, second!.root);
    assert.equal(latest!.root, second!.root);
    const named = JSON.stringify(first!.root);
    const [again] = await joins(folder, `joinByHand("1_generate_data", { run: ${named} })`);
    assert.equal(again!.root, first!.root);
  });
});

Deno.test("a config finds its own run, also when a run of another name was started later", async () => {
  const other = tinyConfig.replace("name: tiny", "name: other");
  await inProject(async (folder) => {
    const [tiny, last, ofTiny, latest] = await joins(
      folder,
      'startByHand({ config: "c.yml" })',
      'startByHand({ config: "other.yml" })',
      'joinByHand("1_generate_data", { config: "c.yml" })',
      'joinByHand("1_generate_data", {})',
    );
    assert.equal(ofTiny!.root, tiny!.root);
    assert.equal(latest!.root, last!.root);
  }, { "other.yml": other });
});

Deno.test("step 0 without a config shows how to name one; a fault in the config is told as it is", async () => {
  await inProject(async (folder) => {
    const [none, faulty] = await joins(folder, "startByHand({})", 'startByHand({ config: "bad.yml" })');
    assert.equal(
      none!.message,
      'Cannot open step "0_setup": no config is named; expected `openStep("0_setup", { config: "../configs/demo.yml" })`.',
    );
    assert.match(faulty!.message!, /bad\.yml:\d+:\d+: .*"requsts"/);
  }, { "bad.yml": tinyConfig.replace("requests: 2", "requsts: 2") });
});

Deno.test("a run is joined with the parameters and settings it was started with", async () => {
  const config = tinyConfig.replace("requests: 2", "requests: {n}");
  await inProject(async (folder) => {
    const { run } = await start(folder, { parameters: { n: "7" } });
    const set = await start(folder, { parameters: { n: "7" }, sets: ["load.requests=5"], second: 1 });
    const named = (root: string) => `joinByHand("3_run_inference", { run: ${JSON.stringify(root)} })`;
    const [plain, changed, byHand, joined] = await joins(
      folder,
      named(run.paths.root),
      named(set.run.paths.root),
      'startByHand({ config: "c.yml", parameters: { n: "9" } })',
      'joinByHand("3_run_inference", {})',
    );
    assert.deepEqual([plain!.requests, changed!.requests], ["7", "5"]);
    assert.deepEqual([byHand!.requests, joined!.requests], ["9", "9"]);
  }, { "c.yml": config });
});

Deno.test("headless the environment says which run, config and options", async () => {
  await inProject(async (folder) => {
    const { run } = await start(folder, { sets: ["load.requests=5"] });
    const { told } = await runProgram(
      `
      const { joinHeadless } = await import("lib/notebook/joining.ts");
      const { run, loaded } = await joinHeadless();
      tell([run.paths.root, loaded.config.load.requests]);`,
      {
        env: {
          FMBENCH_RUN: run.paths.root,
          FMBENCH_CONFIG: join(folder, "c.yml"),
          FMBENCH_OPTIONS: JSON.stringify({ sets: ["load.requests=5"] }),
        },
      },
    );
    assert.deepEqual(told, [[run.paths.root, 5]]);
  });
});
