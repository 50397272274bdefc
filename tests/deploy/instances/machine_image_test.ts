import assert from "node:assert/strict";
import { UserError } from "../../../lib/core/mod.ts";
import type { Machine } from "../../../lib/deploy/containers/containers_plan.ts";
import { machineOfType } from "../../../lib/deploy/containers/instance_types.ts";
import { architectureOf, machineImage } from "../../../lib/deploy/instances/machine_image.ts";

const of = (type: string, ami: string | null = null) =>
  machineImage(ami, type, machineOfType(type) as Machine | null);

Deno.test("GPUs, Neuron devices and processors have images of their own, all of Amazon Linux 2023", () => {
  const types = ["g5.2xlarge", "inf2.48xlarge", "m7i.4xlarge", "c8g.4xlarge"];
  assert.deepEqual(
    types.map((type) => [of(type).id, of(type).root_device]),
    [
      "/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id",
      "/aws/service/neuron/dlami/base/amazon-linux-2023/latest/image_id",
      "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
      "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
    ].map((parameter) => [`resolve:ssm:${parameter}`, "/dev/xvda"]),
  );
});

Deno.test("Graviton is told by its name", () => {
  const graviton = ["c7g.large", "m8gd.xlarge", "r8g.2xlarge", "g5g.xlarge", "c7gn.large"];
  assert.deepEqual(graviton.map(architectureOf), graviton.map(() => "arm64"));
  const others = [
    "g5.xlarge",
    "g6e.xlarge",
    "c7i.large",
    "m7a.large",
    "inf2.xlarge",
    "p4d.24xlarge",
    "c5.large",
  ];
  assert.deepEqual(others.map(architectureOf), others.map(() => "x86_64"));
});

Deno.test("an image of the user's own is taken as it is, and the service asked for its volume", () => {
  assert.deepEqual(of("g5.2xlarge", "ami-0abc123"), {
    id: "ami-0abc123",
    root_device: null,
    said: "ami-0abc123 of the config",
  });
  for (
    const ami of [
      "/aws/service/x/ubuntu-24.04/latest/ami-id",
      "resolve:ssm:/aws/service/x/ubuntu-24.04/latest/ami-id",
    ]
  ) {
    const { id, root_device } = of("g5.2xlarge", ami);
    assert.deepEqual([id, root_device], [
      "resolve:ssm:/aws/service/x/ubuntu-24.04/latest/ami-id",
      "/dev/sda1",
    ]);
  }
});

Deno.test("what has no image is refused with the key to set", () => {
  const refused = (type: string, ami: string | null, message: RegExp) =>
    assert.throws(() => of(type, ami), (error) => error instanceof UserError && message.test(error.message));
  refused("p3.2xlarge", null, /"p3\.2xlarge": .*V100.*ec2\.launch\.ami: an image of yours/);
  refused("zz9.large", null, /"zz9\.large": .*not known.*ec2\.launch\.ami/);
  refused("g5.2xlarge", "the newest one", /Cannot read ec2\.launch\.ami "the newest one".*resolve:ssm/);
});
