/** What a run's `fleet.jsonl` comes to. */

import type { FleetFigure, FleetSummary } from "../core/mod.ts";
import { addLags, type FleetLine, type LagCounts, lagError, lagFigures, readFleetLog } from "../fleet/mod.ts";

/** null: the load was sent by this machine alone. */
export async function fleetSummary(run_dir: string): Promise<FleetSummary | null> {
  const lines = await readFleetLog(run_dir);
  if (lines.length === 0) return null;
  const own = Map.groupBy(lines, ({ segment, worker }) => `${segment} ${worker}`);
  const workers = [...own.values()].map(figureOf).sort((a, b) =>
    number(a.segment) - number(b.segment) || number(a.worker) - number(b.worker)
  );
  return { workers, lag: lagFigures(addLags(lines.map(lagsOf))), lag_error: lagError };
}

const number = (name: string) => Number(name.slice(1));

const lagsOf = (line: FleetLine): LagCounts => line.event === "settled" ? line.lags : {};

function figureOf(lines: readonly FleetLine[]): FleetFigure {
  const of = <E extends FleetLine["event"]>(event: E) =>
    lines.filter((line): line is Extract<FleetLine, { event: E }> => line.event === event);
  const { segment, worker } = lines[0]!;
  const node = of("node")[0]?.node;
  const certificate = of("certificate").at(-1);
  const skews = of("skew");
  const lost = of("lost")[0];
  const host = node?.host ?? lost?.host ?? null;
  return {
    ...{ segment, worker, host, cores: node?.cores ?? null },
    trusted_streams: certificate?.trusted_streams ?? null,
    trusted_rate_rps: certificate?.trusted_rate_rps ?? null,
    lag: lagFigures(addLags(lines.map(lagsOf))),
    offset_ms: of("clock")[0]?.offset_ms ?? null,
    skew_ms: skews.length === 0 ? null : Math.max(...skews.map(({ skew_ms }) => skew_ms)),
    trusted: skews.every(({ trusted }) => trusted),
    bytes: of("settled").reduce((sum, { bytes }) => sum + bytes, 0),
    lost: lost === undefined ? null : { at: lost.at, reason: lost.reason, unfinished: lost.unfinished },
  };
}
