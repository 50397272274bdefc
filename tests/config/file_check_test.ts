import { deepEqual } from "node:assert/strict";
import { faultsOf, load, minimal } from "./minimal.ts";

const sources = (...names: string[]) => minimal.replace("[rows.jsonl]", `[${names.join(", ")}]`);
const keys = (...names: string[]) => `datasets: { prompt_template_keys: [${names.join(", ")}] }\n`;

Deno.test("a file that FMBench's notebook makes from a set of the Hub is taken from there when it is nowhere", async () => {
  const { config, notices } = await load(sources("rajpurkar/squad.jsonl", "triviaqa.jsonl"));
  deepEqual(config.s3_read_data.source_data_files, [
    "hf:rajpurkar/squad/plain_text/train",
    "hf:THUDM/LongBench/triviaqa/test",
  ]);
  deepEqual(notices.map(({ line, key, text }) => [line, key, text]), [
    [
      4,
      "s3_read_data.source_data_files[0]",
      'is "rajpurkar/squad.jsonl", a file that is nowhere here: taken from hf:rajpurkar/squad/plain_text/train',
    ],
    [
      4,
      "s3_read_data.source_data_files[1]",
      'is "triviaqa.jsonl", a file that is nowhere here: taken from hf:THUDM/LongBench/triviaqa/test',
    ],
  ]);
});

Deno.test("the notice says which columns of the config that set does not have", async () => {
  const template = { "ask.txt": "{system_prompt} {input}" };
  const { notices } = await load(sources("OpenOrca.jsonl") + keys("input", "system_prompt"), {}, template);
  deepEqual(notices.map(({ text }) => text), [
    'is "OpenOrca.jsonl", a file that is nowhere here: taken from hf:Open-Orca/OpenOrca/default/train, which has no ' +
    'column "input" (its columns: id, system_prompt, question, response); put the file into source_data, or rename ' +
    "the columns by bring_your_own_dataset.ipynb",
  ]);
});

Deno.test("a file that is there wins over the set, and one of no known set is a fault", async () => {
  const there = await load(sources("Open-Orca/OpenOrca.jsonl"), {}, {
    "fmbench-read/source_data/Open-Orca/OpenOrca.jsonl": "{}\n",
  });
  deepEqual(there.notices, []);
  deepEqual(there.config.s3_read_data.source_data_files[0]?.endsWith("/Open-Orca/OpenOrca.jsonl"), true);
  deepEqual((await faultsOf(sources("just_text.jsonl"))).map((line) => line.split(";")[0]), [
    'c.yml:4:23: there is no file "just_text.jsonl"',
  ]);
});
