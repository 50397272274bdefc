/** Whether this machine is the one that an experiment is about: its price, and so the verdict, are those of `instance_type`. */

import { UserError } from "../../../core/mod.ts";
import type { Experiment } from "../../deployer.ts";
import { machineOfType } from "../instance_types.ts";
import type { ProbedMachine } from "./machine_probe.ts";

const here = /^(localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1\]|\[::\])$/;

/** Refuses what can't run on one machine, and an `ep_name` that is on another. */
export function expectHere({ name, ep_name, instance_count }: Experiment): void {
  const url = URL.canParse(ep_name) ? new URL(ep_name) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && !here.test(url.hostname)) {
    throw new UserError({
      action: "run containers for",
      thing: name,
      found: `containers run on this machine, and ep_name leads to ${url.hostname}`,
      expected: "an address such as http://127.0.0.1:8080",
      remedy:
        "Write an `ec2: launch:` section to have an instance launched, or `deploy: no` if the server is there already.",
    });
  }
  if (instance_count === 1) return;
  throw new UserError({
    action: "run containers for",
    thing: name,
    found: `containers run on this machine, which is one, and instance_count is ${instance_count}`,
    remedy: "Write instance_count: 1 and inference_spec.model_copies, or an `ec2: launch:` section.",
  });
}

/**
 * Refuses a machine of another type than the config names, or one whose accelerators are not there, unless the config says
 * `ec2.any_machine: yes`.
 */
export function expectMachine(experiment: Experiment, { machine, said }: ProbedMachine): void {
  const { name, instance_type, deployment } = experiment;
  if (deployment?.ec2.any_machine) return;
  const real = machine.instance_type;
  if (real !== instance_type) {
    throw new UserError({
      action: "run containers for",
      thing: name,
      found: real === null
        ? `this machine is no instance of EC2, or can't reach its metadata service, and instance_type is ${instance_type}`
        : `this machine is an instance of type ${real}, and instance_type is ${instance_type}`,
      expected: `to run on ${instance_type}: price and verdict are those of that type`,
      remedy: `Run fmbench there${
        real === null ? "" : `, write instance_type: ${real}`
      }, or write \`ec2: any_machine: yes\` to measure here all the same.`,
    });
  }
  const known = machineOfType(instance_type);
  if (known === null || (known.kind === machine.kind && known.accelerators === machine.accelerators)) return;
  const wanted = known.kind === "gpu" ? "GPUs" : known.kind === "neuron" ? "Neuron devices" : "accelerators";
  throw new UserError({
    action: "run containers for",
    thing: name,
    found: [`${machine.accelerators} ${wanted} are found on this ${instance_type}`, ...said].join("; "),
    expected: `the ${known.accelerators} that the type has`,
    remedy: known.kind === "cpu" ? "Write another instance_type." : "Install or repair their driver.",
  });
}
