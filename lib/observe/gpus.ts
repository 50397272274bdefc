/** NVIDIA's GPUs of this machine, by `nvidia-smi`, which goes on by itself: starting it again and again costs more than it tells. */

import { ProgramLines } from "./program_lines.ts";
import type { Reading, Source } from "./source.ts";

const fields = ["index", "utilization.gpu", "memory.used", "memory.total", "power.draw"] as const;
const metrics = ["use", "memory_used", "memory_total", "power"] as const;

export interface GpuOptions {
  /** Indices; null: all of this machine. */
  readonly gpus: readonly number[] | null;
  readonly interval_ms: number;
  /** Whether somebody said that there are GPUs: else it is no news that there are none. */
  readonly expected: boolean;
  /** @default "nvidia-smi" */
  readonly program?: string;
}

/** The GPUs; a reading's `copy` is the index. */
export function gpuSource({ gpus, interval_ms, expected, program = "nvidia-smi" }: GpuOptions): Source {
  let lines: ProgramLines | null = null;
  return {
    source: "gpu",
    experiment_name: null,
    what: "the GPUs of this machine",
    begin(listener) {
      let odd = "";
      lines = new ProgramLines({
        program,
        args: [
          `--query-gpu=${fields.join(",")}`,
          "--format=csv,noheader,nounits",
          ...gpus === null ? [] : [`--id=${gpus.join(",")}`],
          `--loop-ms=${Math.round(interval_ms)}`,
        ],
        onLine(line) {
          const readings = parseGpuLine(line);
          // nvidia-smi complains on standard output.
          if (readings === null) odd = line;
          else if (readings.length > 0) listener.readings(readings);
        },
        onEnd(reason, missing) {
          if (!missing || expected) listener.ended(odd === "" ? reason : `${reason}: ${odd.slice(0, 200)}`);
        },
      });
    },
    async end() {
      await lines?.stop();
    },
  };
}

/**
 * A line of `nvidia-smi --query-gpu=... --format=csv,noheader,nounits`; what a GPU does not tell (`[N/A]`, `[Not Supported]`) is
 * left out. null: it is no such line.
 */
export function parseGpuLine(line: string): Reading[] | null {
  const texts = line.split(",").map((text) => text.trim());
  if (texts.length !== fields.length || !/^\d+$/.test(texts[0]!)) return null;
  const copy = Number(texts[0]);
  return metrics.flatMap((metric, i) => {
    const text = texts[i + 1]!;
    return /^\d+(\.\d+)?$/.test(text) ? [{ copy, metric, value: Number(text) }] : [];
  });
}
