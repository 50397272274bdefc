import { deepEqual } from "node:assert/strict";
import { faultsOf, load, minimal } from "./minimal.ts";

const filters = "datasets:\n  filters: [{ payload_file: a.jsonl }, { payload_file: b.jsonl }]\n";

Deno.test("metrics may stand at the top or below datasets", async () => {
  for (const at of ["metrics:\n  dataset_of_interest: b\n", "  metrics:\n    dataset_of_interest: b\n"]) {
    const { config, notices } = await load(`${minimal}${filters}${at}`);
    deepEqual([config.metrics.dataset_of_interest, notices], ["b.jsonl", []]);
  }
  const { config } = await load(`${minimal}${filters}  metrics:\n`);
  deepEqual(config.metrics.dataset_of_interest, "a.jsonl");
});

Deno.test("faults in metrics below datasets have their place there", async () => {
  deepEqual(await faultsOf(`${minimal}${filters}  metrics:\n    dataset_of_intrest: b\n`), [
    'c.yml:13:5: unknown key "dataset_of_intrest" in "metrics"; did you mean "dataset_of_interest"?',
  ]);
  deepEqual(await faultsOf(`${minimal}${filters}  metrics:\n    dataset_of_interest: c\n`), [
    'c.yml:13:26: "c" is in no payload file\'s name; expected a part of exactly one of a.jsonl, b.jsonl',
  ]);
});

Deno.test("metrics that stand at both places may not disagree", async () => {
  const both = (name: string) =>
    `${minimal}${filters}  metrics: { dataset_of_interest: ${name} }
metrics: { dataset_of_interest: b }
`;
  deepEqual((await load(both("b"))).config.metrics.dataset_of_interest, "b.jsonl");
  deepEqual(await faultsOf(both("a")), [
    'c.yml:12:14: "datasets.metrics.dataset_of_interest" says another thing than "metrics.dataset_of_interest" on ' +
    "line 13; expected it once",
  ]);
});
