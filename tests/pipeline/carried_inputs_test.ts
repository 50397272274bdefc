import assert from "node:assert/strict";
import { join } from "node:path";
import { inputsFingerprint, loadConfig } from "../../lib/config/mod.ts";
import { carriedConfig, carryInputs } from "../../lib/pipeline/carried_inputs.ts";
import { runPaths } from "../../lib/run/mod.ts";
import { inProject, tinyConfig } from "./made_up_project.ts";

Deno.test("the carried config needs nothing from outside the run, and measures the same thing", async () => {
  await inProject(async (folder) => {
    const open = "load: { requests: 2, warmup_requests: 1, mode: open, arrival: trace, trace_file: t.jsonl }";
    await Deno.writeTextFile(
      join(folder, "c.yml"),
      tinyConfig.replace(/load: .*/, open).replaceAll(/ +concurrency_levels: .*\n/g, "")
        .replace("ask.txt", "ask.txt\n  tokenizer_prefix: mine") + "pricing: p.yml\n",
    );
    await Deno.writeTextFile(join(folder, "t.jsonl"), '{"at_ms": 0}\n{"at_ms": 10}\n');
    await Deno.writeTextFile(join(folder, "p.yml"), "pricing: { instance_based: { sim.small: 3.5 } }\n");
    await Deno.mkdir(join(folder, "mine"));
    await Deno.copyFile(
      "source_data/tokenizers/" + (await Array.fromAsync(Deno.readDir("source_data/tokenizers")))[0]!.name +
        "/tokenizer.json",
      join(folder, "mine", "tokenizer.json"),
    );
    const loaded = await loadConfig(join(folder, "c.yml"));
    const root = join(folder, "run");
    const fingerprint = inputsFingerprint(loaded.config);
    await carryInputs({ id: "r", paths: runPaths(root) }, loaded);
    for (const name of ["rows.jsonl", "ask.txt", "c.yml", "t.jsonl", "p.yml"]) {
      await Deno.remove(join(folder, name));
    }
    await Deno.remove(join(folder, "mine"), { recursive: true });
    const moved = join(folder, "elsewhere");
    await Deno.rename(root, moved);
    const again = await loadConfig(carriedConfig(moved));
    assert.deepEqual(inputsFingerprint(again.config), fingerprint);
    assert.equal(again.prices.instance_based["sim.small"], 3.5);
    assert.deepEqual(again.files.source_data, [join(moved, "inputs", "source_data", "0-rows.jsonl")]);
  });
});
