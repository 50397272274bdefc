/** The machine image that an instance starts from. */

import { UserError } from "../../core/mod.ts";
import type { Machine } from "../containers/containers_plan.ts";

export interface MachineImage {
  /** As RunInstances takes it: `ami-...`, or `resolve:ssm:/...`, which the service looks up itself. */
  readonly id: string;
  /** Name of the volume that it starts from, whose size and encryption we set; null: the service is asked (`ami-...` of the user's). */
  readonly root_device: string | null;
  /** For people. */
  readonly said: string;
}

/**
 * Public parameters by which AWS names its newest images, in every region. All are Amazon Linux 2023, so that one user data fits all:
 * the Deep Learning Base AMI brings docker, the NVIDIA driver and its container toolkit; the Neuron base AMI the Neuron driver.
 *
 * Sources: the DLAMI developer guide (release notes of `base-oss-nvidia-driver-gpu`), the Neuron DLAMI user guide (table of SSM
 * prefixes), the Amazon Linux 2023 user guide.
 */
const parameters = {
  gpu: (architecture: Architecture) =>
    `/aws/service/deeplearning/ami/${architecture}/base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id`,
  neuron: () => "/aws/service/neuron/dlami/base/amazon-linux-2023/latest/image_id",
  cpu: (architecture: Architecture) =>
    `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architecture}`,
} as const;

const titles = {
  gpu: "Deep Learning Base OSS Nvidia Driver GPU AMI (Amazon Linux 2023)",
  neuron: "Deep Learning Base Neuron AMI (Amazon Linux 2023)",
  cpu: "Amazon Linux 2023",
} as const;

type Architecture = "x86_64" | "arm64";

/** Graviton has a `g` behind the generation: c7g, m8gd, r8g, g5g. */
export function architectureOf(instance_type: string): Architecture {
  return /^[a-z]+\d+g[a-z]*\./.test(instance_type) ? "arm64" : "x86_64";
}

/**
 * The image for an instance type.
 *
 * @param ami the config's; null: by what the machine has
 * @param machine null: not known, which takes an `ami`
 * @throws {UserError} for an `ami` that is none, and a machine that there is no image for
 */
export function machineImage(
  ami: string | null,
  instance_type: string,
  machine: Machine | null,
): MachineImage {
  if (ami !== null) return given(ami);
  if (machine === null) {
    throw refusal(
      instance_type,
      "which image it starts from is not known, as its type is not",
      "ami-... there",
    );
  }
  // The driver of the image does without GPUs before Turing.
  if (/^p3(dn)?\./.test(instance_type)) {
    throw refusal(
      instance_type,
      "AWS's images with docker have no driver any more for its GPUs (V100)",
      "an image of yours that has driver, docker and NVIDIA's container toolkit",
    );
  }
  const parameter = parameters[machine.kind](architectureOf(instance_type));
  return { id: `resolve:ssm:${parameter}`, root_device: "/dev/xvda", said: titles[machine.kind] };
}

function refusal(instance_type: string, found: string, expected: string): UserError {
  return new UserError({
    action: "launch the instance type",
    thing: instance_type,
    found,
    expected: `ec2.launch.ami: ${expected}`,
  });
}

function given(ami: string): MachineImage {
  if (/^ami-[0-9a-f]+$/.test(ami)) return { id: ami, root_device: null, said: `${ami} of the config` };
  const parameter = ami.replace(/^resolve:ssm:/, "");
  // A version or label may follow.
  if (!/^\/?[A-Za-z0-9_.\/-]+(:[A-Za-z0-9_.-]+)?$/.test(parameter)) {
    throw new UserError({
      action: "read ec2.launch.ami",
      thing: ami,
      found: "it is neither an image nor the name of a parameter",
      expected: "ami-..., /aws/service/... or resolve:ssm:/aws/service/...",
    });
  }
  const ubuntu = /ubuntu|debian/.test(parameter);
  return {
    id: `resolve:ssm:${parameter}`,
    root_device: ubuntu ? "/dev/sda1" : "/dev/xvda",
    said: `what ${parameter} names`,
  };
}
