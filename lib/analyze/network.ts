/** How far the client was from the endpoints. */

import { pl } from "nodejs-polars";
import type { CellSummary, NetworkFigure, RequestRecord } from "../core/mod.ts";
import { quantile, sorted } from "../metrics/mod.ts";
import type { Requests } from "./frame.ts";
import { eachPiece } from "./table_pieces.ts";

/**
 * For each experiment, sorted by name: the region of its endpoint, the TCP connect time of its new connections (of all phases; the
 * least is the round trip, as connections that are opened together wait for each other at both ends), and the p50 of the TTFT of its fastest load, which a round trip is the greatest part of.
 */
export async function networkFigures(
  requests: Requests,
  cells: readonly Pick<CellSummary, "experiment_name" | "ttft_ms">[],
): Promise<NetworkFigure[]> {
  const experiments = new Map<string, { regions: Set<string>; connects: Float64Array[] }>();
  const of = (name: string | null) => {
    const known = experiments.get(name ?? "") ?? { regions: new Set<string>(), connects: [] };
    experiments.set(name ?? "", known);
    return known;
  };
  const wanted = ["experiment_name", "region", "connect_ms"];
  for await (const piece of eachPiece(requests, (one) => one.select(...wanted.map((name) => pl.col(name))))) {
    for (const part of piece.partitionBy(["experiment_name", "region"], true)) {
      const [{ experiment_name, region }] = part.head(1).toRecords() as [Row];
      const { regions, connects } = of(experiment_name);
      if (region !== null) regions.add(region);
      connects.push(part.getColumn("connect_ms").dropNulls().toTypedArray() as Float64Array);
    }
  }
  return [...experiments].map(([experiment_name, { regions, connects }]): NetworkFigure => {
    const samples = sorted(joined(connects));
    return {
      experiment_name,
      regions: [...regions].sort(),
      connections: samples.length,
      connect_least_ms: samples[0] ?? null,
      connect_p50_ms: quantile(samples, 500),
      ttft_p50_ms: fastest(cells.filter((cell) => cell.experiment_name === experiment_name)),
    };
  }).sort((a, b) => a.experiment_name.localeCompare(b.experiment_name, "en", { numeric: true }));
}

type Row = Pick<RequestRecord, "experiment_name" | "region">;

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let from = 0;
  for (const part of parts) {
    all.set(part, from);
    from += part.length;
  }
  return all;
}

function fastest(cells: readonly Pick<CellSummary, "ttft_ms">[]): number | null {
  const medians = cells.flatMap(({ ttft_ms }) => ttft_ms?.p50.value ?? []);
  return medians.length === 0 ? null : Math.min(...medians);
}
