import { deepEqual } from "node:assert/strict";
import { faultsOf, load, minimal } from "./minimal.ts";

const workload = (text: string) => `${minimal}report: { workload: ${text} }\n`;

Deno.test("the rate of the workload is given as it is, or as users and requests of each", async () => {
  const rateOf = async (text: string) =>
    (await load(workload(text))).config.report.workload?.requests_per_minute;
  deepEqual(await rateOf("{ requests_per_minute: 120 }"), 120);
  deepEqual(await rateOf("{ users: 300, requests_per_user_per_minute: 0.5 }"), 150);
  deepEqual(await rateOf("{ latency_seconds: 2 }"), null);
  deepEqual((await load(minimal)).config.report.workload, null);
});

Deno.test("given in both ways it is a fault, by the line of what is too much", async () => {
  deepEqual(
    await faultsOf(`${minimal}report:
  workload:
    requests_per_minute: 120
    users: 300
    requests_per_user_per_minute: 0.5
`),
    [
      'c.yml:13:5: "users" says again what "requests_per_minute" says; expected one of the two ways',
      'c.yml:14:5: "requests_per_user_per_minute" says again what "requests_per_minute" says; expected one of the two ways',
    ],
  );
});

Deno.test("users without requests of each are a fault, and the other way round", async () => {
  deepEqual(await faultsOf(workload("{ users: 300 }")), [
    'c.yml:10:23: "users" without "requests_per_user_per_minute" is no rate; expected both',
  ]);
  deepEqual(await faultsOf(workload("{ requests_per_user_per_minute: 0.5 }")), [
    'c.yml:10:23: "requests_per_user_per_minute" without "users" is no rate; expected both',
  ]);
});

Deno.test("every part of a workload is more than nothing", async () => {
  deepEqual(await faultsOf(workload("{ requests_per_minute: 0, prompt_token: 3 }")), [
    'c.yml:10:44: "report.workload.requests_per_minute" is 0; expected requests a minute, more than 0',
    'c.yml:10:47: unknown key "prompt_token" in "report.workload"; did you mean "prompt_tokens"?',
  ]);
});

Deno.test("prompts that no payload file may hold are said before the run", async () => {
  const filters =
    "datasets: { filters: [{ min_length_in_tokens: 1, max_length_in_tokens: 500, payload_file: a.jsonl }] }\n";
  const told = async (tokens: number) =>
    (await load(`${workload(`{ prompt_tokens: ${tokens} }`)}${filters}`)).notices
      .filter(({ key }) => key.startsWith("report.workload")).map(({ line, key, text }) => [line, key, text]);
  deepEqual(await told(400), []);
  deepEqual(await told(4000), [[
    10,
    "report.workload.prompt_tokens",
    "no payload file of `datasets.filters` holds prompts of 4000 tokens: the plan takes the nearest, and scales no time",
  ]]);
});
