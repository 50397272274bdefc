/** What this machine has to give to containers, by its own tools. What is not found is not there: nothing is guessed. */

import { availableParallelism } from "node:os";
import type { Machine } from "../containers_plan.ts";
import { machineOfType } from "../instance_types.ts";
import { type Outcome, runProgram } from "./engine.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The machine, and why accelerators were not found, in the words of the tools that look for them. */
export interface ProbedMachine {
  readonly machine: Machine;
  readonly said: readonly string[];
}

/** Where the machine is looked at; all of it can be put elsewhere for tests. */
export interface ProbeSettings {
  /** `nvidia-smi` and `neuron-ls`, found in `PATH` or at these places. */
  readonly nvidia_smi: readonly string[];
  readonly neuron_ls: readonly string[];
  /** Where `neuron0`, ... are. */
  readonly device_folder: string;
  readonly threads_file: string;
}

export const probeSettings: ProbeSettings = {
  nvidia_smi: ["nvidia-smi"],
  neuron_ls: ["neuron-ls", "/opt/aws/neuron/bin/neuron-ls"],
  device_folder: "/dev",
  threads_file: "/sys/devices/system/cpu/cpu0/topology/thread_siblings_list",
};

/**
 * Looks at GPUs, then Neuron devices; a machine with neither is one of processors.
 *
 * @param instance_type of EC2, as its metadata service says; null: none
 */
export async function probeMachine(
  instance_type: string | null,
  env: Environment,
  settings: ProbeSettings = probeSettings,
): Promise<ProbedMachine> {
  const cpus = availableParallelism();
  const base = {
    cpus,
    threads_per_core: await threadsPerCore(cpus, settings),
    memory_gib: Math.round(Deno.systemMemoryInfo().total / 2 ** 30),
    instance_type,
  };
  const gpus = await countGpus(env, settings);
  if (typeof gpus === "number") {
    return { machine: { ...base, kind: "gpu", accelerators: gpus, cores_per_device: 1 }, said: [] };
  }
  const neuron = await lookAtNeuron(instance_type, env, settings);
  if (typeof neuron !== "string") return { machine: { ...base, kind: "neuron", ...neuron }, said: [] };
  return {
    machine: { ...base, kind: "cpu", accelerators: 0, cores_per_device: 1 },
    said: [gpus, neuron],
  };
}

/** A text says why there are none. */
async function countGpus(env: Environment, { nvidia_smi }: ProbeSettings): Promise<number | string> {
  const listed = await first(nvidia_smi, ["--query-gpu=index", "--format=csv,noheader"], env);
  if (listed === null) return "there is no nvidia-smi";
  if (listed.code !== 0) {
    return `nvidia-smi says: ${
      (listed.stdout || listed.stderr).trim().replaceAll(/\s+/g, " ").slice(0, 300)
    }`;
  }
  const count = listed.stdout.split("\n").filter((line) => /^\d+$/.test(line.trim())).length;
  return count === 0 ? "nvidia-smi lists no GPU" : count;
}

interface Neuron {
  readonly accelerators: number;
  readonly cores_per_device: number;
}

/**
 * By `neuron-ls --json-output`; where that can't be read (Neuron 2.34 has another form of it), by the devices there are. Cores as
 * applications see them are those of the instance type where it is known: on trn2 they are fewer than the device has.
 */
async function lookAtNeuron(
  instance_type: string | null,
  env: Environment,
  { neuron_ls, device_folder }: ProbeSettings,
): Promise<Neuron | string> {
  const known = machineOfType(instance_type ?? "");
  const knownCores = known?.kind === "neuron" ? known.cores_per_device : null;
  const listed = await first(neuron_ls, ["--json-output"], env);
  const devices = listed?.code === 0 ? parseDevices(listed.stdout) : null;
  if (devices !== null && devices.length > 0) {
    return { accelerators: devices.length, cores_per_device: knownCores ?? devices[0] ?? 1 };
  }
  const nodes = await countNodes(device_folder);
  if (nodes > 0 && knownCores !== null) return { accelerators: nodes, cores_per_device: knownCores };
  if (nodes > 0) {
    return `there are ${nodes} Neuron devices, but neuron-ls does not say how many cores they have`;
  }
  return listed === null ? "there is no neuron-ls" : "neuron-ls lists no Neuron device";
}

/** Cores of each device; null where it is not the form that is known. */
function parseDevices(text: string): number[] | null {
  try {
    const list: unknown = JSON.parse(text);
    if (!Array.isArray(list)) return null;
    const cores = list.map((device: { nc_count?: unknown } | null) => device?.nc_count);
    return cores.every((count) => typeof count === "number" && count > 0) ? cores as number[] : null;
  } catch {
    return null;
  }
}

async function countNodes(folder: string): Promise<number> {
  let count = 0;
  try {
    for await (const { name } of Deno.readDir(folder)) if (/^neuron\d+$/.test(name)) count++;
  } catch {
    return 0;
  }
  return count;
}

/** 2 only where threads `n` and `n + cpus / 2` share a core, as `Machine` has it. */
async function threadsPerCore(cpus: number, { threads_file }: ProbeSettings): Promise<1 | 2> {
  const siblings = (await Deno.readTextFile(threads_file).catch(() => "")).trim();
  return cpus > 1 && siblings === `0,${cpus / 2}` || cpus === 2 && siblings === "0-1" ? 2 : 1;
}

/** What the first program that is there says; null: none is there. */
async function first(
  programs: readonly string[],
  args: readonly string[],
  env: Environment,
): Promise<Outcome | null> {
  for (const program of programs) {
    try {
      return await runProgram(program, args, env, { signal: AbortSignal.timeout(30_000) });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied)) {
        throw error;
      }
    }
  }
  return null;
}
