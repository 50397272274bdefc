/** What machines and servers did at each load level, beside what the client saw. */

import {
  escapeMarkdown,
  loadHeading,
  type MachineUse,
  type RunUse,
  showDuration,
  showLoad,
  showNumber,
  type UseFigure,
} from "../core/mod.ts";
import { byPayloadFile, type Column, fileName, paragraphs, table, unitOf } from "./markdown.ts";

interface Shown {
  readonly heading: string;
  /** The first of them that a level has is shown. */
  readonly figures: readonly string[];
  readonly text: (figure: UseFigure, use: RunUse) => string;
}

interface Group {
  readonly name: string;
  readonly columns: readonly Shown[];
}

const gib = 2 ** 30;

/** `mean / max`, the unit once. */
const both = (figure: UseFigure, unit: number, sign = "") =>
  `${showNumber(figure.mean / unit)}${
    figure.max === null ? "" : ` / ${showNumber(figure.max / unit)}`
  }${sign}`;

/** The kernel counts hundredths of a second: over a short time, all cores may seem to do a little more than they can. */
const atMost = (figure: UseFigure, limit: number): UseFigure => ({
  ...figure,
  mean: Math.min(figure.mean, limit),
  max: figure.max === null ? null : Math.min(figure.max, limit),
});

const in_ = (unit: number, sign = "") => (figure: UseFigure) => both(figure, unit, sign);
const fraction = in_(0.01, " %");

const groups: readonly Group[] = [
  {
    name: "This machine, the endpoint on it, and the client",
    columns: [
      {
        ...{ heading: "Machine CPU", figures: ["machine.cpu_time"] },
        text: (figure, { cores }) =>
          cores === null ? both(figure, 1, " cores") : both(atMost(figure, cores), cores / 100, " %"),
      },
      { heading: "Machine memory (GiB)", figures: ["machine.memory_used"], text: in_(gib) },
      {
        heading: "Endpoint CPU (cores)",
        figures: ["process.cpu_time", "container.cpu", "container.cpu_time"],
        text: in_(1),
      },
      {
        heading: "Endpoint memory (GiB)",
        figures: ["process.memory_used", "container.memory_used"],
        text: in_(gib),
      },
      { heading: "Client CPU (cores)", figures: ["client.cpu_time"], text: in_(1) },
      { heading: "Client memory (GiB)", figures: ["client.memory_used"], text: in_(gib) },
      { heading: "GPU", figures: ["gpu.use"], text: in_(1, " %") },
      { heading: "GPU memory (GiB)", figures: ["gpu.memory_used"], text: in_(1024) },
      { heading: "GPU power (W)", figures: ["gpu.power"], text: in_(1) },
      { heading: "Neuron cores", figures: ["neuron.use"], text: in_(1, " %") },
      { heading: "Neuron memory (GiB)", figures: ["neuron.memory_used"], text: in_(gib) },
    ],
  },
  {
    name: "What the servers say of themselves",
    columns: [
      { heading: "KV cache", figures: ["server.kv_cache_use"], text: fraction },
      { heading: "Running", figures: ["server.running"], text: in_(1) },
      { heading: "Waiting", figures: ["server.waiting"], text: in_(1) },
      { heading: "Prefix cache hits", figures: ["server.prefix_cache_hit_rate"], text: fraction },
      { heading: "Preemptions/min", figures: ["server.preemptions"], text: in_(1 / 60) },
      { heading: "TTFT there: mean", figures: ["server.ttft"], text: withLimit },
      { heading: "Queue: mean", figures: ["server.queue_time"], text: withLimit },
    ],
  },
  {
    name: "SageMaker's instances, by CloudWatch",
    columns: [
      { heading: "CPU (% of a core)", figures: ["cloudwatch.cpu"], text: in_(1) },
      { heading: "Memory", figures: ["cloudwatch.memory"], text: in_(1, " %") },
      { heading: "GPU (% of one)", figures: ["cloudwatch.gpu"], text: in_(1) },
      { heading: "GPU memory (% of one)", figures: ["cloudwatch.gpu_memory"], text: in_(1) },
      { heading: "Disk", figures: ["cloudwatch.disk"], text: in_(1, " %") },
      { heading: "Invocations/min", figures: ["cloudwatch.invocations"], text: in_(1) },
      { heading: "Model latency (ms)", figures: ["cloudwatch.model_latency"], text: in_(1) },
      { heading: "Overhead (ms)", figures: ["cloudwatch.overhead_latency"], text: in_(1) },
    ],
  },
];

function withLimit({ mean, p95_at_most }: UseFigure): string {
  const limit = p95_at_most === null || p95_at_most === undefined
    ? ""
    : ` (p95 ≤ ${showDuration(p95_at_most * 1000)})`;
  return showDuration(mean * 1000) + limit;
}

/** A table for each kind of source that said something, for each payload file; and why the others said nothing. */
export function machineUseTable(use: RunUse): string {
  const { levels, interval_s, notices } = use;
  if (interval_s === null) {
    return "Nothing was sampled of machines and servers while load was sent: `utilisation.enabled: no`, or nothing was sent.";
  }
  const missing = notices.length === 0
    ? null
    : `Not sampled, or not all of it:\n\n${
      notices.map((notice) => `- ${escapeMarkdown(notice)}`).join("\n")
    }`;
  if (levels.length === 0) {
    return paragraphs("No reading lies within a load level: there is nothing to show.", missing);
  }
  const tables = groups.flatMap(({ name, columns }) => {
    const had = columns.filter(({ figures }) => levels.some((level) => pick(level, figures) !== null));
    return had.length === 0 ? [] : [`**${name}**`, sections(use, had)];
  });
  const { cores, memory_bytes } = use;
  const size = cores === null || memory_bytes === null
    ? ""
    : `This machine has ${showNumber(cores, 12)} cores and ${showNumber(memory_bytes / gib)} GiB. `;
  return paragraphs(
    ...tables,
    `${size}Mean / highest while the level was loaded, warm-up included, from readings every ${
      showNumber(interval_s)
    } s and at its ends; of several copies together, the highest of one. Readings: how many a figure rests on, the fewest and ` +
      "the most of the row. `docs/utilisation.md` defines each figure.",
    missing,
  );
}

function sections(use: RunUse, columns: readonly Shown[]): string {
  const rows = use.levels.filter((level) => columns.some(({ figures }) => pick(level, figures) !== null));
  const unit = unitOf(rows.map(({ p95_ms }) => p95_ms));
  const one = (levels: readonly MachineUse[]) =>
    table(levels, [
      {
        heading: "Experiment",
        align: "left",
        cell: ({ experiment_name }) => escapeMarkdown(experiment_name),
      },
      { heading: loadHeading(levels), cell: showLoad },
      ...columns.map(({ heading, figures, text }): Column<MachineUse> => ({
        heading,
        cell: (level) => {
          const figure = pick(level, figures);
          return figure === null ? "–" : text(figure, use);
        },
      })),
      { heading: "Readings", cell: (level) => counts(level, columns) },
      {
        heading: `Client p95 (${unit.name})`,
        cell: ({ p95_ms }) => showNumber(p95_ms === null ? null : p95_ms / unit.ms),
      },
      {
        heading: "Transactions/min",
        cell: ({ transactions_per_minute }) => showNumber(transactions_per_minute),
      },
    ]);
  const files = new Set(rows.map(({ payload_file }) => payload_file));
  return files.size === 1 ? `${fileName([...files][0]!)}\n\n${one(rows)}` : byPayloadFile(rows, one);
}

function pick({ figures }: MachineUse, names: readonly string[]): UseFigure | null {
  const name = names.find((name) => name in figures);
  return name === undefined ? null : figures[name]!;
}

function counts(level: MachineUse, columns: readonly Shown[]): string {
  const all = columns.flatMap(({ figures }) => pick(level, figures)?.n ?? []);
  const [fewest, most] = [Math.min(...all), Math.max(...all)];
  return fewest === most ? showNumber(fewest, 12) : `${showNumber(fewest, 12)}–${showNumber(most, 12)}`;
}
