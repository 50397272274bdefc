import assert from "node:assert/strict";
import { join } from "node:path";
import { Command } from "commander";
import { addCompareCommand } from "../lib/cli_compare.ts";
import type { Comparison } from "../lib/core/mod.ts";
import { UserError } from "../lib/core/mod.ts";
import { finishedRun } from "./pipeline/generated_comparison.ts";
import { inProject } from "./pipeline/made_up_project.ts";

/** Runs the command. @returns what it printed and its exit code */
async function compare(...args: readonly string[]): Promise<{ printed: string; code: number }> {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  addCompareCommand(program);
  const printed: string[] = [];
  const log = console.log;
  console.log = (text: string) => void printed.push(text);
  try {
    await program.parseAsync(["compare", ...args], { from: "user" });
    return { printed: printed.join("\n"), code: Deno.exitCode };
  } finally {
    console.log = log;
    Deno.exitCode = 0;
  }
}

Deno.test("a regression exits with 3, in Markdown, JSON and a file; none with 0", async () => {
  await inProject(async (folder) => {
    const fast = (await finishedRun(folder, 1, [{ median_ms: 100 }])).paths.root;
    const slow = (await finishedRun(folder, 2, [{ median_ms: 150 }])).paths.root;
    const file = join(folder, "comparison.md");

    const worse = await compare(fast, slow, "--output", file);
    assert.equal(worse.code, 3);
    assert.match(worse.printed, /^# Comparison: tiny\/20260101T000002Z/);
    assert.match(worse.printed, /p95 of the response time – \*\*worse\*\*: \+/);
    assert.equal(await Deno.readTextFile(file), worse.printed + "\n");

    assert.equal((await compare(slow, fast)).code, 0);
    assert.equal((await compare(fast, slow, "--min-effect", "90%")).code, 0);

    const json = await compare(fast, slow, "--json", "--statistic", "p50", "--min-effect", "0.05");
    const said = JSON.parse(json.printed) as Comparison;
    assert.deepEqual(
      [json.code, said.regression, said.primary, said.min_effect, said.effect],
      [3, true, "response_p50_ms", 0.05, 0.05],
    );
  });
});

Deno.test("the user's mistakes are named", async () => {
  await assert.rejects(compare("nowhere", "elsewhere"), UserError);
  await assert.rejects(compare("a", "b", "--min-effect", "much"), /Expected a part of the baseline/);
  await assert.rejects(compare("a", "--across", "days"), /Allowed choices are models/);
  await inProject(async (folder) => {
    const { paths: { root } } = await finishedRun(folder, 1, [{ median_ms: 100 }]);
    await assert.rejects(compare(root, "--pair", "alpha"), /--pair alpha=beta/);
    await assert.rejects(
      compare(root, root, "--output", join(folder, "no", "such.md")),
      /there is no such folder/,
    );
  });
});
