import assert from "node:assert/strict";
import { outcomeWords } from "../lib/cli_search.ts";
import type { SearchOutcome } from "../lib/pipeline/mod.ts";

const outcome = (changes: Partial<SearchOutcome>): SearchOutcome => ({
  schema: "fmbench.search/1",
  experiment_name: "alpha",
  payload_file: "p.jsonl",
  service_level: { objectives: { response_ms: 600 }, share: 0.95 },
  trial_seconds: 30,
  prepared_by: "results/x",
  found: "between",
  rate_rps: { value: 12.34, low: 12, high: 12.8, n: 5000, flagged: false },
  trials: [],
  ...changes,
});
const first = (changes: Partial<SearchOutcome>) => outcomeWords(outcome(changes)).split("\n")[0];

Deno.test("the answer names objectives, rate and interval, and where every trial is", () => {
  assert.equal(
    outcomeWords(outcome({})),
    "alpha, p.jsonl: the highest load at which 95 % of the requests have a response time of at most 600 ms is " +
      "12.3 (95 % interval 12 to 12.8) arrivals a second.\n" +
      "0 trials, 5,000 requests; every trial and its run: results/x/search.json",
  );
});

Deno.test("a wide interval, and a limit beyond the bounds, are said", () => {
  const rate_rps = { value: 12, low: 8, high: 16, n: 1, flagged: true };
  assert.match(outcomeWords(outcome({ rate_rps })), /wider than 5 %/);
  const bound = { n: 1, flagged: false };
  assert.match(
    first({ found: "at_least", rate_rps: { ...bound, value: 60, low: 60, high: null } })!,
    /is at least 60 arrivals/,
  );
  assert.match(
    first({ found: "below", rate_rps: { ...bound, value: null, low: null, high: 2 } })!,
    /is less than 2 arrivals/,
  );
});
