/**
 * CPU time of this process's children, the load workers. Linux only. Deno gives nothing below `/proc` away without all
 * rights, so `cat` reads it: a millisecond of another core, five times a second.
 */

/** One reading: milliseconds of some clock, and CPU milliseconds of all threads until then. */
export interface CpuReading {
  readonly at: number;
  readonly cpu_ms: number;
}

const every_ms = 200;
/** `USER_HZ`: 100 on every architecture that Deno runs on. */
const tick_ms = 10;

export class WorkerCpu {
  readonly #now: () => number;
  readonly #parent: number;
  readonly #others: ReadonlySet<number>;
  readonly #readings: CpuReading[] = [];
  #pids: readonly number[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;
  #reading: Promise<void> = Promise.resolve();

  /** @param others children of this process that are no workers */
  constructor(now: () => number, others: Iterable<number>, parent = Deno.pid) {
    this.#now = now;
    this.#others = new Set(others);
    this.#parent = parent;
  }

  /** Begins to read. Does nothing where there is no `/proc`. */
  start(): void {
    if (Deno.build.os !== "linux") return;
    this.#reading = this.#read();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#reading;
  }

  /** CPU milliseconds between two moments; null without two readings in between. */
  between(from: number, to: number): number | null {
    return cpuBetween(this.#readings, from, to);
  }

  async #read(): Promise<void> {
    const stats = await readStats(this.#pids);
    const own = stats.filter(({ pid, parent }) => parent === this.#parent && !this.#others.has(pid));
    this.#pids = own.map(({ pid }) => pid);
    if (own.length > 0) {
      this.#readings.push({ at: this.#now(), cpu_ms: own.reduce((sum, { cpu_ms }) => sum + cpu_ms, 0) });
    }
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.#reading = this.#read(), every_ms);
  }
}

/** By the rate between the first and the last reading within the window, which hold less than the whole of it. */
export function cpuBetween(readings: readonly CpuReading[], from: number, to: number): number | null {
  const inside = readings.filter(({ at }) => at >= from && at <= to);
  const [first, last] = [inside[0], inside.at(-1)];
  if (first === undefined || last === undefined || last.at <= first.at) return null;
  return (last.cpu_ms - first.cpu_ms) / (last.at - first.at) * (to - from);
}

export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly cpu_ms: number;
}

/** Of all processes when none is named. Empty where it can't be read. */
async function readStats(pids: readonly number[]): Promise<ProcessStat[]> {
  const files = pids.length > 0 ? pids.map((pid) => `/proc/${pid}/stat`).join(" ") : "/proc/[0-9]*/stat";
  try {
    const reader = new Deno.Command("sh", {
      args: ["-c", `cat ${files} 2>/dev/null`],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const { stdout } = await reader.output();
    return parseStats(new TextDecoder().decode(stdout)).filter(({ pid }) => pid !== reader.pid);
  } catch {
    return [];
  }
}

/** Lines of `/proc/<pid>/stat` (`proc(5)`): the name in brackets may hold anything, so fields are counted behind it. */
export function parseStats(text: string): ProcessStat[] {
  return text.split("\n").filter((line) => line !== "").map((line) => {
    const fields = line.slice(line.lastIndexOf(")") + 2).split(" ").map(Number);
    return { pid: parseInt(line), parent: fields[1]!, cpu_ms: (fields[11]! + fields[12]!) * tick_ms };
  });
}
