import { deepEqual, equal, notEqual } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseTemplate } from "../../lib/data/mod.ts";
import { projectRoot } from "../../lib/pipeline/project.ts";

const folder = join(projectRoot, "prompt_templates");

/** The slots that the `prompt_template_keys` beside these names have in FMBench's configs. */
const slots: Readonly<Record<string, readonly string[]>> = {
  "prompt_template_bert.txt": ["text"],
  "prompt_template_claude.txt": ["context", "input"],
  "prompt_template_claude_OpenOrca.txt": ["input", "system_prompt"],
  "prompt_template_deepseek_longbench.txt": ["context", "input"],
  "prompt_template_llama2.txt": ["context", "input"],
  "prompt_template_llama3.2_vision.txt": ["context", "input"],
  "prompt_template_llama3.txt": ["context", "input"],
  "prompt_template_llama3_OpenOrca.txt": ["input", "system_prompt"],
  "prompt_template_llama3_images_ScienceQA.txt": ["question"],
  "prompt_template_llama3_images_marqo-GS-10M.txt": [],
  "prompt_template_llama3_summarization.txt": ["input"],
  "prompt_template_mistral.txt": ["context", "input"],
  "prompt_template_nova_convfinqa.txt": ["input"],
  "prompt_template_nova_dolly_dataset.txt": ["instruction"],
  "prompt_template_open_orca.txt": ["question"],
};

function columnsOf(name: string): string[] {
  const text = readFileSync(join(folder, name), "utf8");
  const keys = [...text.matchAll(/\{(\w+)\}/g)].map(([, slot]) => slot!);
  return [...parseTemplate(text, keys, name).columns].sort();
}

Deno.test("a template is shipped under every name that FMBench's configs use, with the slots that their keys fill", () => {
  for (const [name, columns] of Object.entries(slots)) deepEqual(columnsOf(name), columns, name);
});

Deno.test("every shipped template can be read, is not empty, and holds no chat tokens of any model", () => {
  const names = readdirSync(folder, { recursive: true }).map(String).filter((name) => name.endsWith(".txt"));
  equal(names.length >= 30, true);
  for (const name of names) {
    const text = readFileSync(join(folder, name), "utf8");
    notEqual(text.trim(), "", name);
    columnsOf(name);
    equal(/<\|[a-z_]+\|>|\[\/?INST\]|^Human:|^Assistant:|<s>/m.test(text), false, name);
  }
});

Deno.test("the judges' template has the slots that a verdict needs, and their rules have none", () => {
  deepEqual(columnsOf("evaluation/judge.txt"), ["answer", "ground_truth", "question", "rules"]);
  equal(columnsOf("evaluation/rules.txt").length, 0);
});
