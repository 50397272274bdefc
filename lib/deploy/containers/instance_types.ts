/**
 * What instance types of EC2 have to give to containers. From the pages "Accelerated computing", "General purpose", "Compute optimized"
 * and "Memory optimized" of the Amazon EC2 Instance Types guide; Neuron cores of a device from the Neuron SDK's architecture guide.
 */

import type { Machine } from "./containers_plan.ts";

/** vCPUs, memory in GiB, accelerators. */
type Size = readonly [cpus: number, memory_gib: number, accelerators: number];

const gpuSizes = {
  g4dn: {
    ...ladder(["xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge"], 4, 4, 1),
    "12xlarge": [48, 192, 4],
    metal: [96, 384, 8],
  },
  g5: gSizes(4),
  g6: gSizes(4),
  g6e: gSizes(8),
  p3: { "2xlarge": [8, 61, 1], "8xlarge": [32, 244, 4], "16xlarge": [64, 488, 8] },
  p3dn: { "24xlarge": [96, 768, 8] },
  p4d: { "24xlarge": [96, 1152, 8] },
  p4de: { "24xlarge": [96, 1152, 8] },
  p5: { "4xlarge": [16, 256, 1], "48xlarge": [192, 2048, 8] },
  p5e: { "48xlarge": [192, 2048, 8] },
  p5en: { "48xlarge": [192, 2048, 8] },
} satisfies Readonly<Record<string, Readonly<Record<string, Size>>>>;

const neuronSizes = {
  inf2: {
    xlarge: [4, 16, 1],
    "8xlarge": [32, 128, 1],
    "24xlarge": [96, 384, 6],
    "48xlarge": [192, 768, 12],
  },
  trn1: { "2xlarge": [8, 32, 1], "32xlarge": [128, 512, 16] },
  trn1n: { "32xlarge": [128, 512, 16] },
  trn2: { "3xlarge": [12, 128, 1], "48xlarge": [192, 2048, 16] },
} satisfies Readonly<Record<string, Readonly<Record<string, Size>>>>;

/**
 * Neuron cores that an application sees on one device. A Trainium2 has eight; by default the runtime makes four logical ones of them
 * (`NEURON_LOGICAL_NC_CONFIG` is 2 unless it is set to 1).
 */
const neuronCoresPerDevice: Readonly<Record<keyof typeof neuronSizes, number>> = {
  inf2: 2,
  trn1: 2,
  trn1n: 2,
  trn2: 4,
};

/** Sizes of general families, in vCPUs. Whoever names one that a family has not got hears it from EC2. */
const cpuSizes: Readonly<Record<string, number>> = {
  large: 2,
  xlarge: 4,
  ...Object.fromEntries(
    [2, 3, 4, 6, 8, 9, 12, 16, 18, 24, 32, 48].map((times) => [`${times}xlarge`, 4 * times]),
  ),
};

/** GiB for each vCPU, by the letter that a general family begins with. */
const memoryPerCpu: Readonly<Record<string, number>> = { c: 2, m: 4, r: 8 };

/** The machine behind an instance type; null for a type that is not known here. */
export function machineOfType(instance_type: string): Machine | null {
  const [family, size] = instance_type.toLowerCase().split(".");
  if (family === undefined || size === undefined) return null;
  return acceleratedOf("gpu", gpuSizes, family, size, instance_type) ??
    acceleratedOf("neuron", neuronSizes, family, size, instance_type) ??
    generalOf(family, size, instance_type);
}

function acceleratedOf(
  kind: "gpu" | "neuron",
  sizes: Readonly<Record<string, Readonly<Record<string, Size>>>>,
  family: string,
  size: string,
  instance_type: string,
): Machine | null {
  const found = own(own(sizes, family) ?? {}, size);
  if (found === undefined) return null;
  const [cpus, memory_gib, accelerators] = found;
  const cores = own<number>(neuronCoresPerDevice, family) ?? 1;
  return {
    kind,
    accelerators,
    cores_per_device: cores,
    cpus,
    threads_per_core: 2,
    memory_gib,
    instance_type,
  };
}

/** `c5.18xlarge`, `m7i.16xlarge`, `r6g.large`. c5n has more memory than its letter says. */
function generalOf(family: string, size: string, instance_type: string): Machine | null {
  const parts = /^([cmr])(\d)([a-z]*)(-flex)?$/.exec(family);
  const cpus = own(cpuSizes, size);
  if (parts === null || cpus === undefined) return null;
  const [, letter = "", generation = "", traits = ""] = parts;
  const perCpu = family === "c5n" ? null : memoryPerCpu[letter];
  // Graviton has no hyper-threading, nor has AMD from the seventh generation on.
  const single = traits.startsWith("g") || (traits.startsWith("a") && Number(generation) >= 7);
  return {
    kind: "cpu",
    accelerators: 0,
    cores_per_device: 1,
    cpus,
    threads_per_core: single ? 1 : 2,
    memory_gib: perCpu === null || perCpu === undefined ? null : cpus * perCpu,
    instance_type,
  };
}

/** A value of a table, and nothing that every object has. */
function own<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Sizes of one accelerator whose vCPUs double from 4 on. */
function ladder(sizes: readonly string[], first: number, perCpu: number, accelerators: number) {
  return Object.fromEntries(
    sizes.map((size, step) => [size, [first * 2 ** step, first * 2 ** step * perCpu, accelerators] as Size]),
  );
}

/** The sizes that g5, g6 and g6e share. */
function gSizes(perCpu: number): Readonly<Record<string, Size>> {
  return {
    ...ladder(["xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge"], 4, perCpu, 1),
    "12xlarge": [48, 48 * perCpu, 4],
    "24xlarge": [96, 96 * perCpu, 4],
    "48xlarge": [192, 192 * perCpu, 8],
  };
}
