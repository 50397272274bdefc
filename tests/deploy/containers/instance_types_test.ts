import { deepEqual, equal } from "node:assert/strict";
import { machineOfType } from "../../../lib/deploy/containers/containers_plan.ts";

Deno.test("accelerated instance types have what AWS's tables say", () => {
  const facts = (type: string) => {
    const machine = machineOfType(type);
    return machine === null
      ? null
      : [machine.kind, machine.accelerators, machine.cores_per_device, machine.cpus, machine.memory_gib];
  };
  deepEqual(facts("g4dn.xlarge"), ["gpu", 1, 1, 4, 16]);
  deepEqual(facts("g4dn.16xlarge"), ["gpu", 1, 1, 64, 256]);
  deepEqual(facts("g4dn.metal"), ["gpu", 8, 1, 96, 384]);
  deepEqual(facts("g5.12xlarge"), ["gpu", 4, 1, 48, 192]);
  deepEqual(facts("g5.16xlarge"), ["gpu", 1, 1, 64, 256]);
  deepEqual(facts("g5.48xlarge"), ["gpu", 8, 1, 192, 768]);
  deepEqual(facts("g6.24xlarge"), ["gpu", 4, 1, 96, 384]);
  deepEqual(facts("g6e.2xlarge"), ["gpu", 1, 1, 8, 64]);
  deepEqual(facts("g6e.48xlarge"), ["gpu", 8, 1, 192, 1536]);
  deepEqual(facts("p3dn.24xlarge"), ["gpu", 8, 1, 96, 768]);
  deepEqual(facts("p4de.24xlarge"), ["gpu", 8, 1, 96, 1152]);
  deepEqual(facts("p5.48xlarge"), ["gpu", 8, 1, 192, 2048]);
  deepEqual(facts("inf2.24xlarge"), ["neuron", 6, 2, 96, 384]);
  deepEqual(facts("inf2.48xlarge"), ["neuron", 12, 2, 192, 768]);
  deepEqual(facts("trn1.32xlarge"), ["neuron", 16, 2, 128, 512]);
  deepEqual(facts("trn2.48xlarge"), ["neuron", 16, 4, 192, 2048]);
});

Deno.test("general instance types have processors, and threads by their make", () => {
  const facts = (type: string) => {
    const machine = machineOfType(type);
    return machine === null
      ? null
      : [machine.kind, machine.cpus, machine.threads_per_core, machine.memory_gib];
  };
  deepEqual(facts("c5.18xlarge"), ["cpu", 72, 2, 144]);
  deepEqual(facts("m5.16xlarge"), ["cpu", 64, 2, 256]);
  deepEqual(facts("m7i.16xlarge"), ["cpu", 64, 2, 256]);
  deepEqual(facts("m7i-flex.large"), ["cpu", 2, 2, 8]);
  deepEqual(facts("r6i.2xlarge"), ["cpu", 8, 2, 64]);
  deepEqual(facts("m6a.xlarge"), ["cpu", 4, 2, 16]);
  deepEqual(facts("c7a.8xlarge"), ["cpu", 32, 1, 64]);
  deepEqual(facts("r8g.4xlarge"), ["cpu", 16, 1, 128]);
  deepEqual(facts("c5n.2xlarge"), ["cpu", 8, 2, null]);
});

Deno.test("of what is no instance type, or an unknown one, nothing is said", () => {
  for (
    const type of [
      "",
      "sim-small",
      "g5.7xlarge",
      "ml.g5.xlarge",
      "m5.metal",
      "anthropic.claude",
      "constructor.name",
    ]
  ) {
    equal(machineOfType(type), null, type);
  }
});
