/** The README's own analysis notebook, taken from the README as it stands there. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { fmbench, onlyRun } from "./command.ts";

const config = `general: { name: own }
s3_read_data: { source_data_files: [trading_post_qa.jsonl], prompt_template_file: question_answering.txt }
datasets:
  prompt_template_keys: [input, context]
  ground_truth_col_key: answers
  question_col_key: input
  filters:
    - { language: en, max_length_in_tokens: 500, payload_file: payload_en_0-500.jsonl }
    - { language: en, min_length_in_tokens: 500, max_length_in_tokens: 1500, payload_file: payload_en_500-1500.jsonl }
load: { requests: 12, warmup_requests: 2, workers: 1 }
certify: no
run_steps:
  0_setup.ipynb: yes
  1_generate_data.ipynb: yes
  2_deploy_model.ipynb: yes
  3_run_inference.ipynb: yes
  4_get_evaluations.ipynb: no
  5_model_metric_analysis.ipynb: no
  my_experiment.ipynb: yes
  6_cleanup.ipynb: yes
experiments:
  - { name: fast, instance_type: sim.large, simulate: { profile: sim-large }, concurrency_levels: [4] }
  - { name: slow, instance_type: sim.small, simulate: { profile: sim-small }, concurrency_levels: [4] }
`;

/** The TypeScript blocks of the section that shows an own notebook, one a cell. */
async function cellsOfReadme(): Promise<string[]> {
  const readme = await Deno.readTextFile(join(projectRoot, "README.md"));
  const section = /An own notebook for one experiment[^]*?\n## /.exec(readme)?.[0] ?? "";
  return [...section.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code]) => code!.trimEnd());
}

Deno.test("the README's own analysis notebook runs as it stands there, and becomes a report of its own", async () => {
  const folder = await Deno.makeTempDir({ dir: projectRoot, prefix: ".own-analysis-" });
  try {
    const cells = await cellsOfReadme();
    assert.equal(cells.length, 4);
    const notebook = {
      cells: cells.map((source, i) => ({
        ...{ cell_type: "code", execution_count: null, id: `cell-${i}`, metadata: {}, outputs: [] },
        source: source.split(/(?<=\n)/),
      })),
      metadata: { kernelspec: { display_name: "Deno", language: "typescript", name: "deno" } },
      ...{ nbformat: 4, nbformat_minor: 5 },
    };
    await Deno.writeTextFile(join(folder, "my_experiment.ipynb"), JSON.stringify(notebook));
    await Deno.writeTextFile(join(folder, "c.yml"), config);
    const results = join(folder, "results");
    const ended = await fmbench(["run", "--config-file", join(folder, "c.yml"), "--results-dir", results]);
    assert.equal(ended.code, 0, ended.stderr);
    const report = await Deno.readTextFile(
      join((await onlyRun(results, "own")).root, "report-my_experiment.md"),
    );
    assert.match(report, /## Does a long prompt start later\?/);
    for (const wanted of ["ttft_p50_ms", "payload_en_500-1500", "How does latency grow with load?"]) {
      assert.ok(report.replaceAll("\\", "").includes(wanted), wanted);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
