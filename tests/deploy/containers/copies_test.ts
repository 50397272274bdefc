import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { UserError } from "../../../lib/core/mod.ts";
import type { Machine } from "../../../lib/deploy/containers/containers_plan.ts";
import { shareOut, type Shares } from "../../../lib/deploy/containers/copies.ts";
import { contained, machine } from "./experiment.ts";

const experiment = contained({});

function shared(
  of: Machine,
  copies: number | "max" | "auto",
  value: number | null = 1,
  can_decide = false,
): Shares {
  return shareOut(experiment, of, { copies, degree: { value, key: "inference_spec.tp_degree" }, can_decide });
}

function refused(...args: Parameters<typeof shared>): string {
  try {
    shared(...args);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error("it was not refused");
}

Deno.test("as many copies as fit, each on GPUs of its own", () => {
  const { shares, notes } = shared(machine("g5.48xlarge"), "max", 3);
  // 8 GPUs: two copies of 3, and 2 left over.
  deepEqual(shares.map(({ gpus }) => gpus), [[0, 1, 2], [3, 4, 5]]);
  deepEqual(notes, ["2 of 8 GPUs are not used; the price is that of the whole machine"]);
  deepEqual(shared(machine("g5.48xlarge"), 1, 2).shares.map(({ gpus }) => gpus), [[0, 1]]);
  deepEqual(shared(machine("g5.xlarge"), "max", 1).notes, []);
});

Deno.test("Neuron devices are given whole, and a copy on half a device says what it wastes", () => {
  const inf2 = machine("inf2.24xlarge");
  deepEqual(shared(inf2, "max", 4).shares.map(({ neuron }) => neuron), [[0, 1], [2, 3], [4, 5]]);
  const halves = shared(inf2, "max", 1);
  deepEqual(halves.shares.map(({ neuron }) => neuron), [[0], [1], [2], [3], [4], [5]]);
  deepEqual(halves.notes, ["1 of the 2 Neuron cores of each copy are not used: devices are given whole"]);
  // Trainium2: 16 devices of 4 cores as applications see them, 64 in all.
  equal(shared(machine("trn2.48xlarge"), "max", 8).shares.length, 8);
});

Deno.test("the container decides only where it can", () => {
  const auto = shared(machine("g5.24xlarge"), "auto", 2, true);
  deepEqual([auto.shares.length, auto.shares[0]?.gpus, auto.degree], [1, "all", 2]);
  equal(
    refused(machine("g5.24xlarge"), "auto", 2),
    'Cannot run containers for "small": its container does not decide by itself how many copies of the model it runs. ' +
      "Write inference_spec.model_copies: max, or a whole number.",
  );
});

Deno.test("more than fits is refused with what fits", () => {
  equal(
    refused(machine("g5.12xlarge"), 3, 2),
    'Cannot run containers for "small": 3 copies over 2 GPUs each do not fit g5.12xlarge, which has 4 GPUs. ' +
      "Write inference_spec.model_copies: 2 or less, or max.",
  );
  equal(
    refused(machine("inf2.48xlarge"), "max", 32),
    'Cannot run containers for "small": a copy over 32 Neuron cores does not fit inf2.48xlarge, which has ' +
      "12 Neuron devices of 2 cores. Write 24 or less in inference_spec.tp_degree, or another instance_type.",
  );
});

Deno.test("copies on processors get whole cores: both threads of each, disjoint", () => {
  // 64 threads, 32 cores; thread n + 32 is the second of core n. Three copies of 10 cores, 2 left over.
  const { shares, notes } = shared(machine("m5.16xlarge"), 3, null);
  deepEqual(shares.map(({ cpus, cores }) => [cpus, cores]), [
    ["0-9,32-41", "0-9"],
    ["10-19,42-51", "10-19"],
    ["20-29,52-61", "20-29"],
  ]);
  deepEqual(notes, ["2 of 32 cores are not used: copies get blocks of one size"]);
  // Graviton: a thread is a core.
  deepEqual(shared(machine("c7g.xlarge"), 4, null).shares.map(({ cpus }) => cpus), ["0", "1", "2", "3"]);
  deepEqual(shared(machine("m5.16xlarge"), 1, null).shares.map(({ cpus }) => cpus), [null]);
  ok(/nobody can say how many copies fit/.test(refused(machine("m5.16xlarge"), "max", null)));
  ok(/3 copies do not fit the 2 cores of c5.xlarge/.test(refused(machine("c5.xlarge"), 3, null)));
});

const anyMachine = fc.record({
  kind: fc.constantFrom("gpu", "neuron", "cpu"),
  accelerators: fc.integer({ min: 1, max: 16 }),
  cores_per_device: fc.constantFrom(1, 2, 4, 8),
  cpus: fc.integer({ min: 1, max: 192 }),
  threads_per_core: fc.constantFrom(1, 2),
  memory_gib: fc.constant(null),
  instance_type: fc.constant(null),
}) as fc.Arbitrary<Machine>;

/** `0-2,5` as numbers. */
function threads(set: string): number[] {
  return set.split(",").flatMap((range) => {
    const [from = 0, to = from] = range.split("-").map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}

Deno.test("whatever the machine, copies share nothing, exceed nothing, and are as many as were asked for or fit", () => {
  fc.assert(
    fc.property(
      anyMachine,
      fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant("max" as const)),
      fc.integer({ min: 1, max: 40 }),
      (of, copies, degree) => {
        let split: Shares;
        try {
          split = shared(of, copies, degree);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          return;
        }
        const { shares } = split;
        const used = of.kind === "cpu"
          ? shares.flatMap(({ cpus }) => cpus === null ? [] : threads(cpus))
          : shares.flatMap(({ gpus, neuron }) => gpus === null ? neuron : gpus === "all" ? [-1] : gpus);
        equal(new Set(used).size, used.length);
        const there = of.kind === "cpu" ? of.cpus : of.accelerators;
        ok(used.every((each) => Number.isInteger(each) && each >= 0 && each < there), JSON.stringify(used));
        if (copies !== "max") equal(shares.length, copies);
        if (of.kind === "cpu") return;
        const cores = of.kind === "neuron" ? of.cores_per_device : 1;
        const each = used.length / shares.length;
        ok(each * cores >= degree && (each - 1) * cores < degree);
        if (copies === "max") ok(there - used.length < each);
      },
    ),
    { numRuns: 2_000, seed: 1 },
  );
});
