/** CPU and memory of this machine as a whole, from `/proc`; memory alone on other systems. */

import type { Reading, Source } from "./source.ts";

/** Ticks of `/proc` in a second: fixed by the kernel's interface on all architectures that Deno runs on. */
export const ticksPerSecond = 100;

export interface MachineSize {
  readonly cores: number | null;
  readonly memory_bytes: number | null;
}

/** How big this machine is. */
export function machineSize(proc = "/proc"): MachineSize {
  try {
    const cores = Deno.readTextFileSync(`${proc}/stat`).match(/^cpu\d+ /gm)?.length ?? null;
    return { cores, memory_bytes: memoryOf(Deno.readTextFileSync(`${proc}/meminfo`)).total };
  } catch {
    return { cores: navigator.hardwareConcurrency || null, memory_bytes: systemMemory()?.total ?? null };
  }
}

/** The machine. */
export function machineSource(proc = "/proc"): Source {
  return {
    source: "machine",
    experiment_name: null,
    what: "CPU and memory of this machine",
    quick: true,
    read: () => Deno.build.os === "linux" ? readProc(proc) : readSystem(),
  };
}

function readProc(proc: string): Reading[] {
  const { total, available } = memoryOf(Deno.readTextFileSync(`${proc}/meminfo`));
  return [
    { metric: "cpu_time", value: busyTime(Deno.readTextFileSync(`${proc}/stat`)) },
    { metric: "memory_used", value: total - available },
  ];
}

/** Core-seconds since the start of the machine in which a core was not idle, nor waiting for a disk. */
export function busyTime(stat: string): number {
  const line = /^cpu +(.*)$/m.exec(stat)?.[1];
  if (line === undefined) throw new TypeError("/proc/stat has no line of all cores");
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(" ").map(Number);
  return (user + nice + system + irq + softirq + steal) / ticksPerSecond;
}

/** Bytes of `/proc/meminfo`. What the kernel would give back at once is available, so not used. */
export function memoryOf(meminfo: string): { total: number; available: number } {
  const bytes = (name: string) => {
    const kib = new RegExp(`^${name}: +(\\d+) kB$`, "m").exec(meminfo)?.[1];
    if (kib === undefined) throw new TypeError(`/proc/meminfo has no ${name}`);
    return Number(kib) * 1024;
  };
  return { total: bytes("MemTotal"), available: bytes("MemAvailable") };
}

function systemMemory(): Deno.SystemMemoryInfo | null {
  try {
    return Deno.systemMemoryInfo();
  } catch {
    return null;
  }
}

function readSystem(): Reading[] {
  const memory = systemMemory();
  return memory === null ? [] : [{ metric: "memory_used", value: memory.total - memory.available }];
}
