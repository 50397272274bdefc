/**
 * An engine of processes of this machine, each in a group of its own as on a machine of its own. What it has begun stands in a folder, so
 * that another program finds it after this one was killed.
 */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type FleetEngine,
  type FleetJob,
  type FleetWorkerState,
  workerVariable,
} from "../../lib/fleet/engine.ts";

const root = dirname(fileURLToPath(new URL("../", import.meta.url)));

/** The worker program with short limits, as tests want it. */
export const testCommand: readonly string[] = [
  "run",
  "--allow-all",
  "--no-prompt",
  "tests/fleet/worker_program.ts",
];

interface Started {
  readonly name: string;
  readonly run_id: string;
  readonly index: number;
  readonly pid: number;
}

export interface ProcessEngine extends FleetEngine {
  /** The process groups of a job, by index; only those that still run. */
  groups(): readonly Started[];
}

export function processEngine(folder: string, env: Readonly<Record<string, string>> = {}): ProcessEngine {
  const all = (): Started[] => {
    try {
      return [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".json"))
        .map(({ name }) => JSON.parse(Deno.readTextFileSync(join(folder, name))) as Started)
        .sort((a, b) => a.index - b.index);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  };
  const groups = () => all().filter(({ pid }) => groupRuns(pid));
  return {
    name: "ray",
    groups,
    check: () => Promise.resolve(),
    async submit(job: FleetJob) {
      await Deno.mkdir(folder, { recursive: true });
      const there = all().filter(({ name }) => name === job.name).map(({ index }) => index);
      for (let index = 0; index < job.workers; index++) {
        if (there.includes(index)) continue;
        const child = new Deno.Command(Deno.execPath(), {
          args: [...job.command],
          cwd: root,
          env: { ...env, ...job.env, [workerVariable]: String(index) },
          stdin: "null",
          stdout: "null",
          stderr: Deno.env.has("FMBENCH_TEST_SHOW") ? "inherit" : "null",
          detached: true,
        }).spawn();
        child.unref();
        const started: Started = { name: job.name, run_id: job.run_id, index, pid: child.pid };
        await Deno.writeTextFile(join(folder, `${job.name}-${index}.json`), JSON.stringify(started));
      }
    },
    states({ name, workers }) {
      const own = all().filter((one) => one.name === name);
      return Promise.resolve(Array.from({ length: workers }, (_, index): FleetWorkerState => {
        const started = own.find((one) => one.index === index);
        // Of a program that has ended by itself nobody says how: what its controller hears counts.
        const status = started === undefined ? "stopped" : groupRuns(started.pid) ? "running" : "succeeded";
        return { index, status, node: "here", reason: null };
      }));
    },
    logs: () => Promise.resolve(null),
    async stop({ name }) {
      for (const { index, pid } of all().filter((one) => one.name === name)) {
        signalGroup(pid, "SIGKILL");
        while (groupRuns(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
        await Deno.remove(join(folder, `${name}-${index}.json`));
      }
    },
    list: () =>
      Promise.resolve(
        [...Map.groupBy(all(), ({ name }) => name)].map(([name, own]) => ({
          name,
          run_id: own[0]?.run_id ?? "",
          created_at: new Date().toISOString(),
          active: own.some(({ pid }) => groupRuns(pid)),
        })),
      ),
  };
}

/** Signals all processes of a group. */
export function signalGroup(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}

/** Whether a process of the group has not ended; one that nobody has waited for has. */
function groupRuns(group: number): boolean {
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = Deno.readTextFileSync(`/proc/${name}/stat`);
      const [state, , pgrp] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (Number(pgrp) === group && state !== "Z") return true;
    } catch {
      // It ended meanwhile.
    }
  }
  return false;
}
