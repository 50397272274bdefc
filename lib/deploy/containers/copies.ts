/** How the accelerators or processors of a machine are shared out among copies of a model: whole devices, each to one copy. */

import type { Experiment } from "../deployer.ts";
import type { Machine } from "./containers_plan.ts";
import type { Degree } from "./degree.ts";
import { refusal } from "./refusal.ts";

/** What one copy gets. */
export interface Share {
  readonly index: number;
  /** GPUs, by index; null: none. */
  readonly gpus: readonly number[] | "all" | null;
  /** Neuron devices, by index. */
  readonly neuron: readonly number[];
  /** Threads of the processor, as `0-7,16-23`; null: all of them. */
  readonly cpus: string | null;
  /** One thread for each core of these, as `0-7`; null: nobody shares. */
  readonly cores: string | null;
  /** Cores of the processor that are the copy's own, or would be if it shared them evenly. */
  readonly core_count: number;
}

export interface Shares {
  readonly shares: readonly Share[];
  /** Accelerators (GPUs, Neuron cores) that a copy is spread over; null: the container decides, or there are none. */
  readonly degree: number | null;
  /** What is left over or wasted, for people. */
  readonly notes: readonly string[];
}

/** What is asked of the machine. */
export interface Demand {
  readonly copies: number | "max" | "auto";
  readonly degree: Degree;
  /** Whether the container can decide by itself how many copies it makes of the machine. */
  readonly can_decide: boolean;
}

/**
 * Shares out a machine. Neuron devices are given whole: a copy on one core of two leaves the other idle.
 *
 * @throws {UserError} when more is asked for than there is
 */
export function shareOut(experiment: Experiment, machine: Machine, demand: Demand): Shares {
  const { copies, can_decide } = demand;
  if (copies === "auto" && !can_decide) {
    throw refusal(
      experiment,
      "its container does not decide by itself how many copies of the model it runs",
      "Write inference_spec.model_copies: max, or a whole number.",
    );
  }
  if (machine.kind === "cpu") return processors(experiment, machine, copies);
  const degree = demand.degree.value ?? 1;
  const split = accelerators(
    experiment,
    machine,
    copies === "auto" ? "max" : copies,
    degree,
    demand.degree.key,
  );
  return copies === "auto" ? { ...split, shares: [everything(machine)] } : split;
}

function accelerators(
  experiment: Experiment,
  machine: Machine,
  copies: number | "max",
  degree: number,
  key: string,
): Shares {
  const { kind, accelerators: there, cores_per_device } = machine;
  const perDevice = kind === "neuron" ? cores_per_device : 1;
  const each = Math.ceil(degree / perDevice);
  const fits = Math.floor(there / each);
  const units = kind === "neuron" ? "Neuron cores" : "GPUs";
  const what = kind === "neuron"
    ? `${there} Neuron ${plural(there, "device")} of ${perDevice} cores`
    : `${there} ${plural(there, "GPU")}`;
  if (fits === 0) {
    throw refusal(
      experiment,
      `a copy over ${degree} ${units} does not fit ${named(machine)}, which has ${what}`,
      `Write ${there * perDevice} or less in ${key}, or another instance_type.`,
    );
  }
  if (copies !== "max" && copies > fits) {
    throw refusal(
      experiment,
      `${copies} copies over ${degree} ${units} each do not fit ${named(machine)}, which has ${what}`,
      `Write inference_spec.model_copies: ${fits} or less, or max.`,
    );
  }
  const count = copies === "max" ? fits : copies;
  const shares = range(count).map((index) => {
    const own = range(each).map((device) => index * each + device);
    return {
      ...everything(machine),
      index,
      core_count: Math.max(1, Math.floor(everything(machine).core_count / count)),
      gpus: kind === "gpu" ? own : null,
      neuron: kind === "neuron" ? own : [],
    };
  });
  const idle = there - count * each;
  const halves = each * perDevice - degree;
  const notes = [
    ...halves === 0 ? [] : [
      `${halves} of the ${each * perDevice} Neuron cores of each copy are not used: devices are given whole`,
    ],
    ...idle === 0
      ? []
      : [`${idle} of ${what} ${idle === 1 ? "is" : "are"} not used; the price is that of the whole machine`],
  ];
  return { shares, degree, notes };
}

/** Cores in blocks of one size; both threads of a core go to the same copy. */
function processors(experiment: Experiment, machine: Machine, copies: number | "max" | "auto"): Shares {
  if (copies === "max" || copies === "auto") {
    throw refusal(
      experiment,
      `nobody can say how many copies fit the processors of ${named(machine)}`,
      "Write inference_spec.model_copies as a whole number.",
    );
  }
  const threads = machine.threads_per_core ?? 1;
  const cores = Math.floor(machine.cpus / threads);
  if (copies > cores) {
    throw refusal(
      experiment,
      `${copies} copies do not fit the ${cores} ${plural(cores, "core")} of ${named(machine)}`,
      `Write inference_spec.model_copies: ${cores} or less.`,
    );
  }
  if (copies === 1) return { shares: [everything(machine)], degree: null, notes: [] };
  const each = Math.floor(cores / copies);
  const shares = range(copies).map((index) => {
    const own = span(index * each, each);
    const all = threads === 1 ? own : `${own},${span(cores + index * each, each)}`;
    return { ...everything(machine), index, cpus: all, cores: own, core_count: each };
  });
  const idle = cores - copies * each;
  const notes = idle === 0
    ? []
    : [`${idle} of ${cores} cores ${idle === 1 ? "is" : "are"} not used: copies get blocks of one size`];
  return { shares, degree: null, notes };
}

function everything({ kind, accelerators, cpus, threads_per_core }: Machine): Share {
  return {
    index: 0,
    gpus: kind === "gpu" ? "all" : null,
    neuron: kind === "neuron" ? range(accelerators) : [],
    cpus: null,
    cores: null,
    core_count: Math.floor(cpus / (threads_per_core ?? 1)),
  };
}

/** A machine by its type, for messages. */
export function named({ instance_type }: Machine): string {
  return instance_type ?? "this machine";
}

const range = (count: number) => [...Array(count).keys()];
const span = (first: number, count: number) => count === 1 ? String(first) : `${first}-${first + count - 1}`;
const plural = (count: number, noun: string) => count === 1 ? noun : `${noun}s`;
