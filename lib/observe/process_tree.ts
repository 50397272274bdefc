/** What processes use together with all that they started, from `/proc`, or from `ps` where there is none. */

import { ticksPerSecond } from "./machine.ts";

/** Of one process. */
interface ProcessUse {
  readonly parent: number;
  /** Its own CPU time and that of its children that ended, in core-seconds. */
  readonly cpu_s: number;
  readonly memory_bytes: number;
  /** Tells it from a later process with the same id; null: this system does not say. */
  readonly started: string | null;
}

/** Of a process and its descendants. */
export interface TreeUse {
  readonly cpu_s: number;
  readonly memory_bytes: number;
  readonly started: string | null;
}

/** The processes of this machine at one moment. */
export interface ProcessTable {
  /** null: there is no such process. Those in `without` are left out, with all below them. */
  tree(pid: number, without?: ReadonlySet<number>): TreeUse | null;
  children(pid: number): readonly number[];
}

/** Looks at the processes now. On Linux only those that are asked for are read. */
export async function processTable(proc = "/proc"): Promise<ProcessTable> {
  if (Deno.build.os === "linux") return tableOf((pid) => readProcess(proc, pid), (pid) => listed(proc, pid));
  const all = parsePs(await ps());
  const below = Map.groupBy(all.keys(), (pid) => all.get(pid)!.parent);
  return tableOf((pid) => all.get(pid) ?? null, (pid) => below.get(pid) ?? []);
}

function tableOf(
  use: (pid: number) => ProcessUse | null,
  children: (pid: number) => readonly number[],
): ProcessTable {
  return {
    children,
    tree(pid, without = new Set()) {
      const root = use(pid);
      if (root === null) return null;
      let { cpu_s, memory_bytes } = root;
      const seen = new Set([pid]);
      for (const one of seen) {
        for (const child of children(one)) if (!without.has(child)) seen.add(child);
        const own = one === pid ? null : use(one);
        cpu_s += own?.cpu_s ?? 0;
        memory_bytes += own?.memory_bytes ?? 0;
      }
      return { cpu_s, memory_bytes, started: root.started };
    },
  };
}

/** Fields of `/proc/PID/stat` behind the name, which may hold spaces and brackets; the first of them is the third of all. */
export function parseStat(stat: string): Omit<ProcessUse, "memory_bytes"> & { readonly state: string } {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const field = (number: number) => fields[number - 3] ?? "";
  const ticks = [14, 15, 16, 17].reduce((sum, number) => sum + Number(field(number)), 0);
  return { state: field(3), parent: Number(field(4)), cpu_s: ticks / ticksPerSecond, started: field(22) };
}

function readProcess(proc: string, pid: number): ProcessUse | null {
  try {
    const { state, ...stat } = parseStat(Deno.readTextFileSync(`${proc}/${pid}/stat`));
    if (state === "Z" || state === "X") return null;
    const status = Deno.readTextFileSync(`${proc}/${pid}/status`);
    return { ...stat, memory_bytes: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024 };
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** A child is listed with the thread that started it. */
function listed(proc: string, pid: number): number[] {
  const found: number[] = [];
  try {
    for (const { name } of Deno.readDirSync(`${proc}/${pid}/task`)) {
      const text = Deno.readTextFileSync(`${proc}/${pid}/task/${name}/children`);
      if (text !== "") found.push(...text.trim().split(" ").map(Number));
    }
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  return found;
}

/** A process that ends while it is read: its files are gone, or are there and can't be read (ESRCH). */
function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    (error instanceof Error && /os error 3\b/.test(error.message));
}

async function ps(): Promise<string> {
  const { stdout } = await new Deno.Command("ps", {
    args: ["-A", "-o", "pid=,ppid=,rss=,time="],
    stdin: "null",
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}

/** Lines of `ps -A -o pid=,ppid=,rss=,time=`: KiB, and `[[DD-]HH:]MM:SS[.cc]`. */
export function parsePs(text: string): Map<number, ProcessUse> {
  const found = new Map<number, ProcessUse>();
  for (const line of text.split("\n")) {
    const fields = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)\s*$/.exec(line);
    if (fields === null) continue;
    const [pid, parent, kib, days, hours, minutes, seconds] = fields.slice(1).map((text) =>
      Number(text ?? 0)
    );
    found.set(pid!, {
      parent: parent!,
      cpu_s: ((days! * 24 + hours!) * 60 + minutes!) * 60 + seconds!,
      memory_bytes: kib! * 1024,
      started: null,
    });
  }
  return found;
}
