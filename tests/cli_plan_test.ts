import assert from "node:assert/strict";
import { Command, CommanderError } from "commander";
import { addPlanCommand } from "../lib/cli_plan.ts";
import { UserError } from "../lib/core/mod.ts";
import { finishedRun } from "./pipeline/generated_comparison.ts";
import { inProject } from "./pipeline/made_up_project.ts";

/** What `fmbench plan ...` prints. */
async function printed(...args: string[]): Promise<string> {
  const program = new Command("fmbench").exitOverride().configureOutput({ writeErr: () => {} });
  addPlanCommand(program);
  for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => {} });
  const { log } = console;
  const lines: string[] = [];
  console.log = (line: string) => lines.push(line);
  try {
    await program.parseAsync(["plan", ...args], { from: "user" });
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}

Deno.test("plan prints the tables, or the plan as JSON", async () => {
  await inProject(async (folder) => {
    const { paths: { root } } = await finishedRun(folder, 1, [{ median_ms: 100 }]);
    const text = await printed(root, "--users", "400", "--requests-per-user", "2");
    assert.match(text, /^To serve 800 requests a minute/);
    assert.match(text, /\| +1,000,000 \|/);
    const plan = JSON.parse(
      await printed(root, "--requests-per-minute", "800", "--latency-seconds", "1", "--json"),
    );
    assert.deepEqual([plan.workload.requests_per_minute, plan.workload.latency_seconds], [800, 1]);
    assert.equal(plan.currency, "USD");
  });
});

Deno.test("nonsense is the user's fault, exit code 1", async () => {
  const code = async (...args: string[]) => {
    try {
      await printed("run", ...args);
    } catch (error) {
      if (error instanceof UserError || error instanceof CommanderError) return error.exitCode;
      throw error;
    }
    return 0;
  };
  assert.equal(await code("--users", "5"), 1);
  assert.equal(await code("--requests-per-user", "5"), 1);
  assert.equal(await code("--requests-per-minute", "-1"), 1);
  assert.equal(await code("--latency-seconds", "soon"), 1);
  assert.equal(await code("--requests-per-minute", "5", "--users", "5", "--requests-per-user", "1"), 1);
});
