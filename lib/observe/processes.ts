/** CPU and memory of endpoints' processes on this machine, and of the load workers, which are children of this process. */

import type { ProcessTable } from "./process_tree.ts";
import { processTable } from "./process_tree.ts";
import type { Reading, Source } from "./source.ts";

/** An endpoint's processes. */
export interface WatchedProcesses {
  readonly experiment_name: string;
  readonly process_ids: readonly number[];
}

export interface ProcessOptions {
  /** The process whose children send the load. @default this one */
  readonly client_id?: number;
  /** Children that are not load workers: programs that the observer itself started. */
  readonly ours?: () => Iterable<number>;
  readonly table?: () => Promise<ProcessTable>;
}

/** One source for all of them, so that the table of processes is read once. */
export function processSource(watched: readonly WatchedProcesses[], options: ProcessOptions = {}): Source {
  const { client_id = Deno.pid, ours = () => [], table = processTable } = options;
  const endpoints = new Set(watched.flatMap(({ process_ids }) => process_ids));
  const started = new Map<number, string | null>();

  /** A process that ended may have left its id to another one. */
  function treeOf(processes: ProcessTable, pid: number) {
    const tree = processes.tree(pid);
    if (tree === null) return null;
    const known = started.getOrInsert(pid, tree.started);
    return known === tree.started ? tree : null;
  }

  return {
    source: "process",
    experiment_name: null,
    what: "the processes of endpoints on this machine",
    quick: true,
    async read() {
      const processes = await table();
      const readings = watched.flatMap(({ experiment_name, process_ids }) =>
        process_ids.flatMap((pid, copy): Reading[] => {
          const tree = treeOf(processes, pid);
          const of = { experiment_name, copy: process_ids.length === 1 ? null : copy };
          return tree === null ? [] : [
            { ...of, metric: "cpu_time", value: tree.cpu_s },
            { ...of, metric: "memory_used", value: tree.memory_bytes },
          ];
        })
      );
      const others = new Set([...endpoints, ...ours()]);
      const workers = processes.children(client_id).filter((pid) => !others.has(pid))
        .flatMap((pid) => processes.tree(pid, others) ?? []);
      if (workers.length === 0) return readings;
      const sum = (of: (tree: (typeof workers)[number]) => number) =>
        workers.reduce((total, tree) => total + of(tree), 0);
      return [
        ...readings,
        { source: "client", metric: "cpu_time", value: sum(({ cpu_s }) => cpu_s) },
        { source: "client", metric: "memory_used", value: sum(({ memory_bytes }) => memory_bytes) },
      ];
    },
  };
}
