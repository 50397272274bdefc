/** AWS' Neuron cores of this machine, by `neuron-monitor` where it is installed. */

import { ProgramLines } from "./program_lines.ts";
import type { Reading, Source } from "./source.ts";

/** The cores; a reading's `copy` is the index. No news that there are none. */
export function neuronSource(program = "neuron-monitor"): Source {
  let lines: ProgramLines | null = null;
  return {
    source: "neuron",
    experiment_name: null,
    what: "the Neuron cores of this machine",
    begin(listener) {
      lines = new ProgramLines({
        program,
        args: [],
        onLine(line) {
          const readings = parseNeuronLine(line);
          if (readings.length > 0) listener.readings(readings);
        },
        onEnd(reason, missing) {
          if (!missing) listener.ended(reason);
        },
      });
    },
    async end() {
      await lines?.stop();
    },
  };
}

interface NeuronReport {
  readonly neuron_runtime_data?: readonly {
    readonly report?: {
      readonly memory_used?: { readonly neuron_runtime_used_bytes?: { readonly neuron_device?: number } };
      readonly neuroncore_counters?: {
        readonly period?: number;
        readonly neuroncores_in_use?: Readonly<
          Record<string, { readonly neuroncore_utilization?: number }>
        >;
      };
    };
  }[];
}

/** A line of `neuron-monitor`: a core that several runtimes list is as busy as they say together. */
export function parseNeuronLine(line: string): Reading[] {
  let report: NeuronReport;
  try {
    report = JSON.parse(line) as NeuronReport;
  } catch {
    return [];
  }
  const use = new Map<number, number>();
  let memory: number | null = null;
  let period_s = 0;
  for (const { report: runtime } of report.neuron_runtime_data ?? []) {
    const bytes = runtime?.memory_used?.neuron_runtime_used_bytes?.neuron_device;
    if (bytes !== undefined) memory = (memory ?? 0) + bytes;
    const { neuroncores_in_use = {}, period = 0 } = runtime?.neuroncore_counters ?? {};
    period_s = Math.max(period_s, period);
    for (const [index, { neuroncore_utilization = 0 }] of Object.entries(neuroncores_in_use)) {
      use.set(Number(index), (use.get(Number(index)) ?? 0) + neuroncore_utilization);
    }
  }
  return [
    ...[...use].map(([copy, value]) => ({ copy, metric: "use", value, over_ms: period_s * 1000 })),
    ...memory === null ? [] : [{ metric: "memory_used", value: memory }],
  ];
}
