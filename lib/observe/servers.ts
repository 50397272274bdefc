/** Servers' own counters, as they tell them to Prometheus. */

import { readServerMetrics } from "./server_metrics.ts";
import type { Source } from "./source.ts";

export interface WatchedServer {
  readonly experiment_name: string;
  /** One for each copy. */
  readonly url: string;
  /** null: there is one. */
  readonly copy: number | null;
}

const timeout_ms = 2_000;

/** One source for each copy of an endpoint. */
export function serverSource({ experiment_name, url, copy }: WatchedServer): Source {
  return {
    source: "server",
    experiment_name,
    what: `the counters of ${experiment_name} at ${withoutSecrets(url)}`,
    quick: true,
    async read(signal) {
      const response = await fetch(url, {
        headers: { accept: "text/plain" },
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeout_ms)]),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`it answered ${response.status}`);
      const readings = readServerMetrics(text);
      if (readings.length === 0) throw new Error("it tells nothing under a name that is known here");
      return readings.map((reading) => ({ ...reading, copy }));
    },
  };
}

function withoutSecrets(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? "its metrics_url" : `${parsed.origin}${parsed.pathname}`;
}
