import { deepEqual, equal } from "node:assert/strict";
import { stepNames } from "../../lib/core/mod.ts";
import { runSteps } from "../../lib/config/mod.ts";
import { faultsOf, load, minimal } from "./minimal.ts";

const steps = (text: string) => `${minimal}run_steps:\n${text}`;

Deno.test("without run_steps all seven steps run, in order", async () => {
  const { config } = await load(minimal);
  deepEqual(runSteps(config), stepNames.map((name) => ({ name, enabled: true, own: false })));
});

Deno.test("names may have .ipynb or not, values are YAML 1.1 booleans, and the order is the file's", async () => {
  const text = "  0_setup.ipynb: yes\n  1_generate_data: on\n  mine.ipynb: yes\n  2_deploy_model.ipynb: no\n";
  const { config, files } = await load(steps(text), {}, { "mine.ipynb": "{}" });
  deepEqual(runSteps(config), [
    { name: "0_setup", enabled: true, own: false },
    { name: "1_generate_data", enabled: true, own: false },
    { name: "mine", enabled: true, own: true },
    { name: "2_deploy_model", enabled: false, own: false },
  ]);
  equal(files.notebooks["mine"]?.endsWith("/mine.ipynb"), true);
});

Deno.test("the notebook of a study is a step, with its folder or without", async () => {
  for (const name of ["studies/latency_study.ipynb", "latency_study", "studies/latency_study"]) {
    const { config } = await load(steps(`  0_setup: yes\n  ${name}: yes\n`));
    deepEqual(runSteps(config).at(1), { name: "latency_study", enabled: true, own: false });
  }
});

Deno.test("old names are understood, with a notice each; what is not listed is named as not run", async () => {
  const text = "  0_setup.ipynb: yes\n  4_model_metric_analysis.ipynb: yes\n  5_cleanup.ipynb: no\n";
  const { config, notices } = await load(steps(text));
  deepEqual(Object.keys(config.run_steps), ["0_setup", "5_model_metric_analysis", "6_cleanup"]);
  deepEqual(notices.map(({ line, key, text }) => [line, key, text]), [
    [
      10,
      "run_steps",
      "does not list 1_generate_data, 2_deploy_model, 3_run_inference, 4_get_evaluations: not run",
    ],
    [
      12,
      'run_steps["4_model_metric_analysis.ipynb"]',
      'is an old name; the step is called "5_model_metric_analysis" now',
    ],
    [13, 'run_steps["5_cleanup.ipynb"]', 'is an old name; the step is called "6_cleanup" now'],
  ]);
});

Deno.test("a name that is no step, a notebook that is nowhere, a repeated step and a wrong order are faults", async () => {
  const text =
    "  0_setp: yes\n  3_run_inferense.ipynb: yes\n  1_generate_data: yes\n  1_generate_data.ipynb: yes\n  0_setup: 3\n";
  deepEqual(await faultsOf(steps(text)), [
    'c.yml:11:3: "0_setp" in "run_steps" is no step and no notebook; did you mean "0_setup"?',
    'c.yml:12:3: there is no file "3_run_inferense.ipynb"; did you mean "3_run_inference"?',
    'c.yml:14:3: the step "1_generate_data" is given twice in "run_steps"; expected it once',
    'c.yml:15:3: "0_setup" stands after "1_generate_data"; expected the numbered steps in their order',
    'c.yml:15:12: "run_steps.0_setup" is 3; expected yes or no',
  ]);
});
