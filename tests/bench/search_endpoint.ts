/** The embedded endpoint over HTTP as a queue whose limit is known: what it takes for a search by the clock. */

import type { RequestRecord } from "../../lib/core/mod.ts";
import { profiles, serve } from "../../lib/simulate/mod.ts";
import type { SimulatedQueue } from "../simulate/limit.ts";
import { sendLevel } from "./load_run.ts";

export interface SearchEndpoint {
  /** The same queue in simulated time. */
  readonly queue: SimulatedQueue;
  /** One trial of 10 s at a rate, after 1.5 s of warm-up: the finished requests of the measure phase. */
  send(rate_rps: number, seed: number): Promise<RequestRecord[]>;
  close(): Promise<void>;
}

/** Serves `sim-small`, whose answers here are all of one length. */
export async function startEndpoint(): Promise<SearchEndpoint> {
  const timing = profiles["sim-small"];
  const server = await serve({ profile: timing, model_id: "m" });
  const parameters = { max_new_tokens: 12 };
  const { records: [first] } = await sendLevel(server.url, { concurrency: 1, requests: 1, parameters });
  const { prompt_tokens, completion_tokens } = first!;
  return {
    queue: {
      timing,
      lengths: {
        prompt_tokens: [prompt_tokens!, prompt_tokens!],
        completion_tokens: [completion_tokens!, completion_tokens!],
      },
      limit_ms: 200,
      share: 0.95,
    },
    async send(rate_rps, seed) {
      const { records } = await sendLevel(
        server.url,
        {
          arrival: "poisson",
          concurrency: null,
          rates_rps: [rate_rps],
          requests: null,
          warmup_requests: Math.ceil(rate_rps * 1.5),
          duration_ms: 10_000,
          drain_ms: 500,
          timeout_ms: 60_000,
          stall_ms: 60_000,
          parameters,
        },
        1,
        seed,
      );
      return records.filter(({ phase, status }) => phase === "measure" && status !== "cancelled");
    },
    close: () => server.close(),
  };
}
