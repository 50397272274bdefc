/**
 * How well the load search finds what is there: 50 searches each at queues of the embedded endpoint's timing model in simulated time,
 * against the limit that one long run a rate gives; then, unless `--simulated` is said, searches by the clock against the endpoint itself over
 * HTTP, sent by the load workers. Marks: median error of the found load at most 5 %, at least 42 of 50 intervals with the limit in them.
 *
 *     deno run -A tests/bench/load_search.ts [--simulated] [--searches 50, 0: by the clock only]
 */

import { parseArgs } from "node:util";
import { LoadSearch, meets } from "../../lib/metrics/mod.ts";
import { profiles } from "../../lib/simulate/mod.ts";
import { type SimulatedQueue, trialsUntilFound, trueLimit } from "../simulate/limit.ts";
import { startEndpoint } from "./search_endpoint.ts";

const marks = { median: 0.05, covered: 42 / 50 };
const { values } = parseArgs({
  options: { simulated: { type: "boolean" }, searches: { type: "string", default: "50" } },
});
const searches = Number(values.searches);
const lengths = { prompt_tokens: [100, 600], completion_tokens: [20, 60] } as const;
const queues: readonly (SimulatedQueue & { readonly profile: string; readonly seconds: number })[] = [
  { profile: "sim-small", timing: profiles["sim-small"], lengths, limit_ms: 1000, share: 0.95, seconds: 30 },
  { profile: "sim-small", timing: profiles["sim-small"], lengths, limit_ms: 600, share: 0.95, seconds: 30 },
  { profile: "sim-small", timing: profiles["sim-small"], lengths, limit_ms: 1000, share: 0.99, seconds: 60 },
];

let failed = 0;
for (const queue of searches > 0 ? queues : []) {
  const limit = trueLimit(queue, { seconds: 20_000 });
  const found = Array.from(
    { length: searches },
    (_, seed) => trialsUntilFound(queue, { seconds: queue.seconds, seed }),
  );
  const errors = found.map(({ rate_rps: { value } }) =>
    value === null ? Infinity : Math.abs(value / limit - 1)
  );
  const covered = found.filter(({ rate_rps: { low, high } }) =>
    (low ?? 0) <= limit && limit <= (high ?? Infinity)
  ).length;
  const median = errors.toSorted((a, b) => a - b)[Math.floor(searches / 2)]!;
  const trials = found.reduce((sum, one) => sum + one.trials.length, 0) / searches;
  const fine = median <= marks.median && covered >= marks.covered * searches;
  if (!fine) failed++;
  console.log(
    `${queue.profile}, ${
      queue.share * 100
    } % within ${queue.limit_ms} ms, trials of ${queue.seconds} s: limit ${limit.toFixed(2)}/s; ` +
      `${searches} searches: median error ${percent(median)}, greatest ${percent(Math.max(...errors))}, ` +
      `intervals with the limit ${covered}, ${trials.toFixed(1)} trials a search${
        fine ? "" : "; OUTSIDE ITS MARKS"
      }`,
  );
}

if (!values.simulated) {
  const endpoint = await startEndpoint();
  try {
    const limit = trueLimit(endpoint.queue, { seconds: 20_000 });
    console.log(
      `by the clock, ${
        endpoint.queue.share * 100
      } % within ${endpoint.queue.limit_ms} ms: limit of the model ${limit.toFixed(2)}/s`,
    );
    for (let seed = 1; seed <= 3; seed++) {
      const search = new LoadSearch({ from_rps: 4, to_rps: 200, share: endpoint.queue.share, trials: 18 });
      for (let rate_rps = search.ask(); rate_rps !== null; rate_rps = search.ask()) {
        const finished = await endpoint.send(rate_rps, 100 * seed + search.result().trials.length);
        const good = finished.filter((record) =>
          meets(record, { response_ms: endpoint.queue.limit_ms })
        ).length;
        search.tell({ rate_rps, good, finished: finished.length });
      }
      const { rate_rps: { value, low, high }, trials } = search.result();
      const error = Math.abs(value! / limit - 1);
      if (error > 2 * marks.median) failed++;
      console.log(
        `  found ${value?.toFixed(2)}/s (${low?.toFixed(2)} to ${high?.toFixed(2)}), error ${
          percent(error)
        }, ${trials.length} trials: ` +
          trials.map((trial) => `${trial.rate_rps.toFixed(1)}:${(trial.good / trial.finished).toFixed(3)}`)
            .join(" "),
      );
    }
  } finally {
    await endpoint.close();
  }
}
Deno.exit(failed > 0 ? 1 : 0);

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(1)} %`;
}
