/** What was asked of the endpoints, and what the answers say was served. */

import { pl } from "nodejs-polars";
import type { RequestRecord, ServedFigure } from "../core/mod.ts";
import type { Requests } from "./frame.ts";
import { eachPiece } from "./table_pieces.ts";

const columns = [
  "experiment_name",
  "model_id",
  "served_model",
  "asked_service_tier",
  "served_service_tier",
  "asked_latency_mode",
  "served_latency_mode",
] as const;

/**
 * For each experiment the pairs of asked and served model, service tier and latency mode that its answers of all phases have, with how
 * many have each; sorted by experiment, then the most frequent first. A tier or mode that was neither asked for nor named has no row.
 */
export async function servedFigures(requests: Requests): Promise<ServedFigure[]> {
  const rows: Row[] = [];
  const counted = eachPiece(requests, (piece) =>
    piece.filter(pl.col("status").eq(pl.lit("ok")))
      .groupBy([...columns], true)
      .agg(pl.col("status").count().alias("answers")));
  for await (const piece of counted) rows.push(...piece.toRecords() as unknown as Row[]);
  const figures = rows.flatMap(pairsOf).filter(({ what, asked, served }) =>
    what === "model" || asked !== null || served !== null
  );
  const groups = Map.groupBy(figures, ({ answers: _, ...pair }) => JSON.stringify(pair));
  return [...groups.values()]
    .map((same) => ({ ...same[0]!, answers: same.reduce((sum, { answers }) => sum + answers, 0) }))
    .sort((a, b) =>
      a.experiment_name.localeCompare(b.experiment_name, "en", { numeric: true }) || b.answers - a.answers
    );
}

type Row = Pick<RequestRecord, (typeof columns)[number]> & { readonly answers: number };

function pairsOf(row: Row): ServedFigure[] {
  const of = (what: ServedFigure["what"], asked: string | null, served: string | null) => ({
    experiment_name: row.experiment_name ?? "",
    what,
    asked,
    served,
    answers: row.answers,
  });
  return [
    of("model", row.model_id, row.served_model),
    of("service_tier", row.asked_service_tier, row.served_service_tier),
    of("latency_mode", row.asked_latency_mode, row.served_latency_mode),
  ];
}
