/** How far the client was from the endpoints. */

import { pl } from "nodejs-polars";
import type { CellSummary, NetworkFigure } from "../core/mod.ts";
import { lazily, type Requests } from "./frame.ts";

/**
 * For each experiment, sorted by name: the region of its endpoint, the TCP connect time of its new connections (of all phases; the
 * least is the round trip, as connections that are opened together wait for each other at both ends), and the p50 of the TTFT of its fastest load, which a round trip is the greatest part of.
 */
export function networkFigures(
  requests: Requests,
  cells: readonly Pick<CellSummary, "experiment_name" | "ttft_ms">[],
): NetworkFigure[] {
  const connect = pl.col("connect_ms");
  const rows = lazily(requests)
    .groupBy(["experiment_name"])
    .agg(
      pl.col("region").unique().alias("regions"),
      connect.count().alias("connections"),
      connect.min().alias("connect_least_ms"),
      connect.median().alias("connect_p50_ms"),
    )
    .collectSync().toRecords() as unknown as Row[];
  return rows.map(({ experiment_name, regions, ...rest }): NetworkFigure => ({
    ...rest,
    experiment_name: experiment_name ?? "",
    regions: regions.filter((region) => region !== null).sort(),
    ttft_p50_ms: fastest(cells.filter((cell) => cell.experiment_name === experiment_name)),
  })).sort((a, b) => a.experiment_name.localeCompare(b.experiment_name, "en", { numeric: true }));
}

type Row = Omit<NetworkFigure, "experiment_name" | "regions" | "ttft_p50_ms"> & {
  readonly experiment_name: string | null;
  readonly regions: readonly (string | null)[];
};

function fastest(cells: readonly Pick<CellSummary, "ttft_ms">[]): number | null {
  const medians = cells.flatMap(({ ttft_ms }) => ttft_ms?.p50.value ?? []);
  return medians.length === 0 ? null : Math.min(...medians);
}
