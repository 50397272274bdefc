/** What machines and servers did at each load level: readings meet the windows of the levels, by time alone. */

import {
  type CellSummary,
  type Endpoint,
  type MachineUse,
  type RunUse,
  type UseFigure,
  type UseJournal,
  useMetric,
  useName,
} from "../core/mod.ts";
import { figureOf, type PlacedReading, type Series, together } from "./machine_use_series.ts";
import { tracksOf } from "./machine_use_tracks.ts";
import type { RunTimeline, TimeLevel } from "./timeline.ts";

export interface MachineUseInput {
  /** null: nothing was sent. */
  readonly timeline: RunTimeline | null;
  readonly journals: readonly UseJournal[];
  readonly cells: readonly CellSummary[];
  /** Of those endpoints whose GPUs nobody named, which run on this machine: all of its GPUs are theirs. */
  readonly endpoints: readonly (Pick<Endpoint, "experiment_name" | "observed" | "simulated"> & {
    readonly here: boolean;
  })[];
}

/** Figures of every level, lines over time, and why something is missing. One level is loaded at a time, so none is shared. */
export function machineUse({ timeline, journals, cells, endpoints }: MachineUseInput): RunUse {
  const series = timeline === null ? [] : seriesOf(journals, timeline);
  const header = journals.at(-1)?.header ?? null;
  const levels = timeline?.levels ?? [];
  const rows = cells.map((cell): MachineUse => {
    const own = levels.filter((level) => sameCell(level, cell));
    const { experiment_name, payload_file, concurrency, request_rate_rps } = cell;
    return {
      ...{ experiment_name, payload_file, concurrency, request_rate_rps },
      duration_s: own.reduce((total, { from_s, to_s }) => total + to_s - from_s, 0),
      figures: figuresOf(series.filter((one) => tellsOf(one, experiment_name, endpoints)), own),
      p95_ms: cell.response_ms.p95.value,
      transactions_per_minute: cell.transactions_per_minute,
    };
  });
  return {
    levels: rows.filter(({ figures }) => Object.keys(figures).length > 0),
    tracks: tracksOf(series, levels, (one, name) => tellsOf(one, name, endpoints)),
    notices: noticesOf(journals, series, levels, endpoints),
    interval_s: header?.interval_s ?? null,
    cores: header?.cores ?? null,
    memory_bytes: header?.memory_bytes ?? null,
  };
}

/** Readings by metric and whom they are of, on the time of the timeline. Those of a segment without requests have no place there. */
function seriesOf(journals: readonly UseJournal[], timeline: RunTimeline): Series[] {
  const shifts = new Map(timeline.segments.map(({ segment, shift_s }) => [segment, shift_s]));
  const found = new Map<string, Series & { readonly readings: PlacedReading[] }>();
  for (const { header, readings, to_requests_ms } of journals) {
    const shift_s = shifts.get(header.segment);
    if (shift_s === undefined || to_requests_ms === null) continue;
    for (const reading of readings) {
      const metric = useMetric.get(useName(reading));
      if (metric === undefined) continue;
      const { experiment_name, copy } = reading;
      const one = found.getOrInsertComputed(
        JSON.stringify([useName(reading), experiment_name, copy]),
        () => ({
          ...{ metric, experiment_name, copy },
          readings: [],
        }),
      );
      one.readings.push({ at_s: (reading.mono_ms + to_requests_ms) / 1000 + shift_s, reading });
    }
  }
  for (const { readings } of found.values()) readings.sort((a, b) => a.at_s - b.at_s);
  return [...found.values()];
}

/** Whether readings tell of an experiment's endpoint, or of the machine that sent to it. */
function tellsOf(
  { metric: { source }, experiment_name, copy }: Series,
  name: string,
  endpoints: MachineUseInput["endpoints"],
): boolean {
  if (experiment_name !== null) return experiment_name === name;
  if (source === "machine" || source === "client") return true;
  const endpoint = endpoints.find((one) => one.experiment_name === name);
  const gpus = endpoint?.observed?.gpus;
  if (source === "gpu" && gpus !== undefined) return gpus.includes(copy ?? -1);
  return endpoint?.here === true && !endpoint.simulated;
}

function figuresOf(series: readonly Series[], levels: readonly TimeLevel[]): Record<string, UseFigure> {
  const figures: Record<string, UseFigure> = {};
  for (const [name, copies] of Map.groupBy(series, ({ metric }) => useName(metric))) {
    const found = copies.flatMap((one) => figureOf(one, levels) ?? []);
    const figure = together(found, copies[0]!.metric.copies);
    if (figure !== null) figures[name] = figure;
  }
  const [queries, hits] = [figures["server.prefix_cache_queries"], figures["server.prefix_cache_hits"]];
  if (queries !== undefined && hits !== undefined && queries.mean > 0) {
    figures["server.prefix_cache_hit_rate"] = { mean: hits.mean / queries.mean, max: null, n: queries.n };
  }
  return figures;
}

function noticesOf(
  journals: readonly UseJournal[],
  series: readonly Series[],
  levels: readonly TimeLevel[],
  endpoints: MachineUseInput["endpoints"],
): string[] {
  if (journals.length === 0) return [];
  const said = new Set(journals.flatMap(({ notices }) => notices.map(({ notice }) => notice)));
  const minutes = series.filter(({ metric }) => metric.source === "cloudwatch" && metric.metric === "cpu")
    .flatMap(({ readings }) => readings);
  const partly = minutes.filter(({ at_s, reading: { over_ms = 0 } }) =>
    levels.some(({ from_s, to_s }) => at_s > from_s && at_s - over_ms / 1000 < to_s) &&
    !levels.some(({ from_s, to_s }) => at_s <= to_s && at_s - over_ms / 1000 >= from_s)
  );
  const elsewhere = endpoints.filter(({ here, observed }) => !here && observed === undefined)
    .map(({ experiment_name }) => experiment_name);
  return [
    ...said,
    ...partly.length === 0
      ? []
      : [`minutes of CloudWatch that lay only partly within a level, and are left out: ${partly.length}`],
    ...elsewhere.length === 0 ? [] : [
      `${
        elsewhere.join(", ")
      }: not on this machine, and nobody said where the server tells how it is doing ` +
      "(`metrics_url` of the experiment)",
    ],
  ];
}

function sameCell(level: TimeLevel, cell: Omit<TimeLevel, "from_s" | "to_s">): boolean {
  return level.experiment_name === cell.experiment_name && level.payload_file === cell.payload_file &&
    level.concurrency === cell.concurrency && level.request_rate_rps === cell.request_rate_rps;
}
