/** Three judges vote, in notebook 4 by hand. */

import assert from "node:assert/strict";
import type { Lab } from "../lab.ts";
import { errorsOf, textOf } from "../notebook_page.ts";
import { requestsOf } from "../run_folder.ts";
import { runWhole, setUpAndDeploy } from "./first_steps.ts";

const names = ["judge-one", "judge-two", "judge-three"];

interface JudgeServer {
  readonly url: string;
  close(): Promise<void>;
}

/** An embedded endpoint in a process of its own; it answers a judge's question with a verdict. */
async function startJudge(lab: Lab, seed: number): Promise<JudgeServer> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["task", "fmbench", "simulate", "--profile", "sim-api", "--port", "0", "--seed", String(seed)],
    cwd: lab.copy.root,
    stderr: "piped",
    stdout: "null",
  }).spawn();
  const output = process.stderr.pipeThrough(new TextDecoderStream());
  let said = "";
  for await (const text of output.values({ preventCancel: true })) {
    said += text;
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
    if (url === undefined) continue;
    return {
      url,
      close: async () => {
        process.kill("SIGINT");
        await output.cancel();
        await process.status;
      },
    };
  }
  throw new Error(`the judge ended: ${said}`);
}

/** The votes are counted, the judges' agreement is drawn, and every request of the run has its place in the table. */
export async function panelOfJudges(lab: Lab): Promise<void> {
  const judges = await Promise.all(names.map((_, i) => startJudge(lab, i + 1)));
  try {
    const lines = names.map((name, i) =>
      `    - { name: ${name}, model_id: simulated-model, inference_script: openai_chat, ep_name: "${
        judges[i]!.url
      }/v1" }`
    );
    const more = ["evaluation:", "  panel: yes", "  judges:", ...lines, ""].join("\n");
    const run = await setUpAndDeploy(lab, { name: "panel", more });
    await runWhole(lab, "notebooks/3_run_inference.ipynb");
    const notebook = await lab.open("notebooks/4_get_evaluations.ipynb");
    await notebook.runAll();
    const cells = await notebook.cells();
    for (const cell of cells) assert.deepEqual(errorsOf(cell), [], cell.source);
    const shown = (source: string) => textOf(cells.find((cell) => cell.source.includes(source))!);
    for (const name of names) assert.match(shown("judgePanel(step)"), new RegExp(name));
    assert.match(shown("judgePanel(step)"), /Fleiss' kappa/);
    const measured = (await requestsOf(run)).length - 4;
    assert.match(shown("judgeAnswers(step)"), new RegExp(`\\b${measured}\\b`));
    await notebook.picture("4_panel_of_judges");
    await notebook.close();
  } finally {
    await Promise.all(judges.map((judge) => judge.close()));
  }
}
