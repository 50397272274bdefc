/**
 * The notebooks in a real JupyterLab, in a real browser: `deno task browser`. Without Chromium all of it is skipped.
 * `FMBENCH_BROWSER_LONG=1` repeats what depends on timing; `FMBENCH_BROWSER_SCREENSHOTS` names a folder for the pictures.
 */

import { findChromium } from "./chromium.ts";
import { type Lab, startLab } from "./lab.ts";
import { ctrlC } from "./scenarios/ctrl_c.ts";
import { fortyCells } from "./scenarios/forty_cells.ts";
import { hostileText } from "./scenarios/hostile_text.ts";
import { latencyStudy } from "./scenarios/latency_study.ts";
import { missingPredecessor } from "./scenarios/missing_predecessor.ts";
import { panelOfJudges } from "./scenarios/panel_of_judges.ts";
import { reportPage } from "./scenarios/report_page.ts";
import { sevenNotebooks } from "./scenarios/seven_notebooks.ts";
import { stopButton } from "./scenarios/stop_button.ts";

const long = Deno.env.get("FMBENCH_BROWSER_LONG") === "1";
const scenarios:
  readonly (readonly [name: string, play: (lab: Lab, t: Deno.TestContext) => Promise<void>])[] = [
    [
      "a step without its predecessor names the notebook to run, and its later cells refuse",
      missingPredecessor,
    ],
    ["all seven notebooks run by hand, in order, in one run", sevenNotebooks],
    ["three judges vote in notebook 4, and every answer is accounted for", panelOfJudges],
    ["a latency study runs from its first cell to its answer, and only once", latencyStudy],
    ["every output of forty cells arrives in its own cell", (lab) => fortyCells(lab, long)],
    ["hostile text in names and answers is text in JupyterLab and in both reports", hostileText],
    ["the report on a desk, on a phone, in the dark and on paper", reportPage],
    ["the stop button ends the load cleanly and keeps the variables", stopButton],
    ["Ctrl-C in the terminal ends JupyterLab and its kernels", ctrlC],
  ];

const chromium = await findChromium();
let lab: Lab | null = null;

if (chromium === null) {
  console.log(
    `SKIPPED: no Chromium was found, so ${scenarios.length} tests in the browser are skipped. ` +
      "Install it (Debian, Ubuntu: apt-get install chromium), or name one in FMBENCH_CHROMIUM.",
  );
} else {
  Deno.test.beforeAll(async () => {
    lab = await startLab(chromium);
    console.log(`pictures: ${lab.screenshots}`);
  });
  Deno.test.afterAll(async () => await lab?.close());
}

for (const [name, play] of scenarios) {
  Deno.test({ name, ignore: chromium === null, fn: async (t) => await play(lab!, t) });
}
