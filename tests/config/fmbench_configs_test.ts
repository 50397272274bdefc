import { deepEqual, equal } from "node:assert/strict";
import { ConfigError } from "../../lib/config/mod.ts";
import { fmbenchAtHand, withFmbenchConfigs } from "./fmbench_folder.ts";

const neverMade = (file: string, produced: string) =>
  `"${file}" is produced by no entry of datasets.filters; expected one of ${produced}`;
const openOrca = neverMade(
  "payload_en_3000-3840.jsonl",
  "payload_en_1-500.jsonl, payload_en_500-1000.jsonl, payload_en_1000-2000.jsonl, payload_en_2000-3000.jsonl, " +
    "payload_en_3000-4000.jsonl, payload_en_305-3997.jsonl",
);
const convFinQa = "payload_en_1-500.jsonl, payload_en_500-1000.jsonl, payload_en_1000-2000.jsonl, " +
  "payload_en_2000-3000.jsonl";

/** The configs that are refused, each for what is wrong in that file. */
const refused: Readonly<Record<string, readonly string[]>> = {
  // Payload files that no filter of the config writes.
  "bedrock/config-bedrock-models-OpenOrca.yml": [
    `189:7: ${openOrca}`,
    `217:7: ${openOrca}`,
    `258:7: ${openOrca}`,
    `304:7: ${openOrca}`,
  ],
  "bedrock/config-nova-all-models-convfinqa.yml": [
    `150:7: ${neverMade("payload_en_3000-4000.jsonl", convFinQa)}`,
    `151:7: ${neverMade("payload_en_4000-5000.jsonl", convFinQa)}`,
    `152:7: ${neverMade("payload_en_5000-6000.jsonl", convFinQa)}`,
  ],
  // Two experiments whose results would be counted as one.
  "embeddings/bge-base-en-v1-5-g5-g4dn-c7-embeddings.yml": [
    '148:11: two experiments are called "bge-base-en-v1-5-g5.2xl", the first on line 110; expected another name',
  ],
  // An instance type that neither of FMBench's price files knows, beside a budget for the cost.
  "llama3.1/8b/config-llama3-1-8b-p5en-djl.yml": [
    '104:20: "ml.p5en.48xlarge" has no price in pricing.yml, and "report.cost_per_10k_txn_budget" asks what it costs; ' +
    "expected the line `ml.p5en.48xlarge: PRICE` under pricing.instance_based (of one hour), or -A price_per_hour=PRICE; " +
    'did you mean "ml.p5.48xlarge"?',
  ],
  // A line break in the middle of a file name.
  "llama3.1/8b/config-llama3-1-8b-g5.12xlarge-djl-lmi-sm.yml": [
    "130:26: the text in quotes goes on in line 131, which is not indented deeper than its key; expected it on one line",
  ],
  // A link of git's, checked out as a file that holds the path.
  "llama3/70b/config-bedrock.yml": [
    '1:1: there is nothing here but the name "../../bedrock/config-bedrock.yml", as in a link where links are not kept; ' +
    "expected keys with values: name that file instead",
  ],
};

Deno.test({
  name: "FMBench's configs load, but for those that are refused for a fault of their own",
  ignore: !fmbenchAtHand,
  fn: () =>
    withFmbenchConfigs(async (configs) => {
      const faults: Record<string, string[]> = {};
      const spoken: Record<string, number> = {};
      for (const { name, load } of configs) {
        try {
          const { config, notices } = await load();
          for (const { predictor, protocol_options: { body } } of config.experiments) {
            const protocol = body === undefined ? predictor : `${predictor}, ${body}`;
            spoken[protocol] = (spoken[protocol] ?? 0) + 1;
          }
          for (const { line, key, text } of notices) {
            equal(line >= 1 && key !== "" && text !== "", true, name);
          }
        } catch (error) {
          if (!(error instanceof ConfigError)) throw new Error(`${name} crashes`, { cause: error });
          equal(/\n\s+at |undefined|\[object/.test(error.message), false, error.message);
          faults[name] = error.faults.map(({ line, column, text }) => `${line}:${column}: ${text}`);
        }
      }
      deepEqual(faults, refused);
      // Counted in the files by their inference_script and container_type.
      deepEqual(spoken, {
        bedrock: 24,
        djl: 31,
        ollama: 3,
        openai_completions: 5,
        sagemaker: 29,
        "sagemaker, embeddings": 3,
        triton: 11,
      });
      deepEqual([configs.length, configs.length - Object.keys(refused).length], [87, 81]);
    }),
});
