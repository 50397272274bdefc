/** CPU and memory of endpoints' containers on this machine, as their engine tells them. */

import { observingPrograms } from "./program_lines.ts";
import type { Reading, Source } from "./source.ts";

export interface WatchedContainers {
  readonly experiment_name: string;
  readonly engine: "docker" | "podman";
  readonly names: readonly string[];
}

/** One source for each endpoint; `program` stands in for the engine. */
export function containerSource(
  { experiment_name, engine, names }: WatchedContainers,
  program: string = engine,
): Source {
  return {
    source: "container",
    experiment_name,
    what: `the containers of ${experiment_name}`,
    async read(signal) {
      const format = engine === "docker" ? "{{json .}}" : "json";
      const child = new Deno.Command(program, {
        args: ["stats", "--no-stream", "--format", format, ...names],
        ...{ stdin: "null", stdout: "piped", stderr: "piped" },
        signal,
      }).spawn();
      observingPrograms.add(child.pid);
      const { success, stdout, stderr } = await child.output()
        .finally(() => observingPrograms.delete(child.pid));
      const decoder = new TextDecoder();
      if (!success && !signal.aborted) {
        const complaint = decoder.decode(stderr).trim().split("\n").at(-1) ?? "";
        throw new Error(complaint.slice(0, 200) || `${program} stats failed`);
      }
      const text = decoder.decode(stdout);
      return engine === "docker" ? parseDockerStats(text, names) : parsePodmanStats(text, names);
    },
  };
}

/** Lines of `docker stats --no-stream --format '{{json .}}'`; a container that does not run says `--`. */
export function parseDockerStats(text: string, names: readonly string[]): Reading[] {
  return text.split("\n").flatMap((line) => {
    if (!line.startsWith("{")) return [];
    const { Name, CPUPerc, MemUsage } = JSON.parse(line) as Record<string, string>;
    const percent = /^(\d+(?:\.\d+)?)%$/.exec(CPUPerc ?? "")?.[1];
    return readingsOf(Name, names, {
      cpu: percent === undefined ? null : Number(percent) / 100,
      memory_used: parseSize(MemUsage?.split("/")[0] ?? ""),
    });
  });
}

/**
 * The list of `podman stats --no-stream --format json`. Its `cpu_percent` is the mean since the container started, so that its
 * `cpu_time` is taken, which counts up.
 */
export function parsePodmanStats(text: string, names: readonly string[]): Reading[] {
  const list = JSON.parse(text) as Record<string, string>[];
  return list.flatMap(({ name, cpu_time, mem_usage }) =>
    readingsOf(name, names, {
      cpu_time: parseGoDuration(cpu_time ?? ""),
      memory_used: parseSize(mem_usage?.split("/")[0] ?? ""),
    })
  );
}

function readingsOf(
  name: string | undefined,
  names: readonly string[],
  values: Readonly<Record<string, number | null>>,
): Reading[] {
  const index = names.indexOf(name ?? "");
  if (index < 0) return [];
  const copy = names.length === 1 ? null : index;
  return Object.entries(values).flatMap(([metric, value]) => value === null ? [] : [{ copy, metric, value }]);
}

const sizes: Readonly<Record<string, number>> = {
  B: 1,
  ...{ kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 },
  ...{ KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 },
};

/** `1.5GiB` or `1.5GB` in bytes; null: it is no size. */
export function parseSize(text: string): number | null {
  const [, number, unit] = /^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*$/.exec(text) ?? [];
  const size = sizes[unit ?? ""];
  return size === undefined ? null : Number(number) * size;
}

const durations: Readonly<Record<string, number>> = {
  h: 3600,
  m: 60,
  s: 1,
  ms: 1e-3,
  µs: 1e-6,
  us: 1e-6,
  ns: 1e-9,
};

/** `1h2m3.5s` in seconds; null: it is no duration. */
export function parseGoDuration(text: string): number | null {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|µs|us|ns)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) return null;
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * durations[unit!]!, 0);
}
