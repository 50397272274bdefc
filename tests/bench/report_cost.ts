/** What making a report takes: the command, its notebook kernel and all that they start. */

import { projectRoot } from "../../lib/pipeline/project.ts";
import type { Run } from "../../lib/run/mod.ts";

/** Megabytes of memory are resident ones; parts name each process by its command with its own greatest figure. */
export interface ReportCost {
  readonly seconds: number;
  /** Of all processes together, at one moment. */
  readonly megabytes: number;
  readonly parts: readonly string[];
}

/** A process and all that it started, directly or not. */
function family(pid: number): number[] {
  try {
    const children = [...Deno.readDirSync(`/proc/${pid}/task`)].flatMap(({ name }) =>
      Deno.readTextFileSync(`/proc/${pid}/task/${name}/children`).split(" ").filter(Boolean).map(Number)
    );
    return [pid, ...children.flatMap(family)];
  } catch {
    return []; // it is over
  }
}

/** Greatest resident memory of a process so far. */
export function peakMegabytes(pid: number): number {
  return statusMegabytes(pid, "VmHWM");
}

function statusMegabytes(pid: number, field: string): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * 1024 / 1e6;
  } catch {
    return 0;
  }
}

/** Makes the report of a run as `fmbench report` does it. */
export async function measuredReport(run: Run, folder: string): Promise<ReportCost> {
  const started = performance.now();
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", `${projectRoot}/lib/cli.ts`, "report", run.paths.root],
      ...["--results-dir", `${folder}/analysed`, "--quiet"],
    ],
  }).spawn();
  let megabytes = 0;
  const own = new Map<number, number>();
  const watch = setInterval(() => {
    const all = family(command.pid);
    for (const pid of all) own.set(pid, Math.max(own.get(pid) ?? 0, peakMegabytes(pid)));
    megabytes = Math.max(megabytes, all.reduce((sum, pid) => sum + statusMegabytes(pid, "VmRSS"), 0));
  }, 200);
  const { success } = await command.status;
  clearInterval(watch);
  if (!success) throw new Error("The report failed");
  const parts = [...own.values()].sort((a, b) => b - a).map((peak) => peak.toFixed(0));
  return { seconds: (performance.now() - started) / 1000, megabytes, parts };
}
