/**
 * What a panel's own work costs: the wall time of many verdicts on the embedded endpoint against the sum of the judges' latencies over
 * the number of calls in flight. 1 is the least there can be; the mark is 1.1.
 *
 *     deno run -A tests/bench/judging.ts [verdicts [parallel]]
 */

import type { Endpoint } from "../../lib/core/mod.ts";
import { judgeAnswers, readJudgeText } from "../../lib/evaluate/mod.ts";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { openTransports } from "../../lib/transport/mod.ts";

const mark = 1.1;
const [verdicts = 5_000, parallel = 32] = Deno.args.map(Number);
const names = ["one", "two"];
const folder = await Deno.makeTempDir({ prefix: "fmbench-judging-" });
const options = { profile: "sim-api", model_id: "m", accuracy: 1 };
const server = new Deno.Command(Deno.execPath(), {
  args: ["run", "-A", `${projectRoot}/lib/simulate/serve.ts`, JSON.stringify(options)],
  stdout: "piped",
}).spawn();
const reader = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
const { url } = JSON.parse((await reader.read()).value ?? "");
const templates = [`${projectRoot}/prompt_templates`];
const template = await readJudgeText("template", null, templates);
const rules = await readJudgeText("rules", null, templates);
const endpoint: Endpoint = {
  ...{ experiment_name: "judge", endpoint_name: "judge", predictor: "openai_chat", url },
  ...{ model_id: "m", instance_type: "", instance_count: 1, region: null, api_key_env: null },
  ...{ deployed: false, simulated: true },
};
const answers = Array.from({ length: Math.ceil(verdicts / names.length) }, (_, i) => ({
  ...{ answer_id: `a${i}`, payload_file: "p.jsonl", payload_id: `p${i}`, question: `What is ${i}?` },
  ...{ answer: `It is ${i}.`, ground_truth: [String(i)] },
}));
const transports = openTransports("user");
let failed = true;
try {
  const started = performance.now();
  const { votes, calls } = await judgeAnswers({
    answers,
    judges: names.map((name) => ({ name, endpoint, parameters: { max_tokens: 300 }, template, rules })),
    votes_path: `${folder}/evaluations/votes.jsonl`,
    parallel,
    transports,
  });
  const wall_ms = performance.now() - started;
  const least_ms = votes.reduce((sum, { latency_ms }) => sum + (latency_ms ?? 0), 0) / parallel;
  const lost = votes.filter(({ outcome }) => outcome !== "correct").length;
  const ratio = wall_ms / least_ms;
  console.log(
    `${votes.length} verdicts, ${calls} calls, ${parallel} in flight: ${(wall_ms / 1000).toFixed(2)} s; ` +
      `latencies / ${parallel} ${(least_ms / 1000).toFixed(2)} s; ratio ${
        ratio.toFixed(3)
      }; without a verdict ${lost}`,
  );
  failed = lost > 0 || ratio > mark;
} finally {
  transports.close();
  server.kill("SIGTERM");
  await reader.cancel();
  await server.status;
  await Deno.remove(folder, { recursive: true });
}
Deno.exit(failed ? 1 : 0);
