import assert from "node:assert/strict";
import { UserError } from "../../../lib/core/mod.ts";
import type { Experiment, PlanContext } from "../../../lib/deploy/mod.ts";
import { instances } from "../../../lib/deploy/instances/instances.ts";
import { launchName, launchPlan } from "../../../lib/deploy/instances/launch_plan.ts";
import { planned } from "../scene.ts";
import { type Changes, launched } from "./launch_scene.ts";

const of = (changes: Changes = {}, context: PlanContext = planned) => launchPlan(launched(changes), context);

function refused(changes: Changes, message: RegExp, context: PlanContext = planned): void {
  assert.throws(() => of(changes, context), (error) => {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

Deno.test("it serves containers with a launch section, and no others", () => {
  const here = launched();
  const without: Experiment = {
    ...here,
    deployment: { ...here.deployment!, ec2: { ...here.deployment!.ec2, launch: null } },
  };
  assert.deepEqual([here, without, { ...here, deploy: false }].map((each) => instances.serves(each)), [
    true,
    false,
    false,
  ]);
  const other = launched({ deployment: { script: "sagemaker_djl" } });
  assert.equal(instances.serves(other), false);
});

Deno.test("the request: encrypted volume that ends with the instance, tokens for metadata, no key pair", () => {
  assert.deepEqual(of({ own: { instance_count: 3 } }).request, {
    ImageId:
      "resolve:ssm:/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id",
    InstanceType: "g5.2xlarge",
    MinCount: 3,
    MaxCount: 3,
    BlockDeviceMappings: [{
      DeviceName: "/dev/xvda",
      Ebs: { VolumeSize: 250, VolumeType: "gp3", Encrypted: true, DeleteOnTermination: true },
    }],
    MetadataOptions: { HttpEndpoint: "enabled", HttpTokens: "required", HttpPutResponseHopLimit: 2 },
    InstanceInitiatedShutdownBehavior: "terminate",
  });
});

Deno.test("the keys of ec2.launch get into the request", () => {
  const { request, group } = of({
    launch: {
      ami: "ami-0abc",
      subnet_id: "subnet-1",
      security_group_ids: ["sg-1"],
      instance_profile: "arn:aws:iam::111122223333:instance-profile/fmbench-instance",
      volume_gb: 60,
      spot: true,
    },
  });
  assert.equal(group, null);
  assert.deepEqual([request.ImageId, request.SubnetId, request.IamInstanceProfile], [
    "ami-0abc",
    "subnet-1",
    { Arn: "arn:aws:iam::111122223333:instance-profile/fmbench-instance" },
  ]);
  // The name of the volume is the image's: the service is asked for it.
  assert.deepEqual(request.BlockDeviceMappings, [{
    Ebs: { VolumeSize: 60, VolumeType: "gp3", Encrypted: true, DeleteOnTermination: true },
  }]);
  assert.deepEqual(request.InstanceMarketOptions, {
    MarketType: "spot",
    SpotOptions: { SpotInstanceType: "one-time", InstanceInterruptionBehavior: "terminate" },
  });
  assert.deepEqual(of({ launch: { instance_profile: "p" } }).request.IamInstanceProfile, { Name: "p" });
});

Deno.test("an hour of spot has no price unless the experiment says one", async () => {
  const spot = { launch: { spot: true } };
  assert.equal(of().billing.per_hour, 1.5);
  assert.equal(of(spot).billing.per_hour, null);
  const { actions } = await instances.plan(launched(spot), planned);
  assert.ok(actions.some(({ kind, what }) => kind === "note" && /set price_per_hour/.test(what)));
  const said = of({ ...spot, own: { price_per_hour: 0.4 } });
  assert.equal(said.billing.per_hour, 1.5);
  assert.ok(!said.notes.some((note) => /price_per_hour/.test(note)));
});

Deno.test("copies are servers of their own, and behind nginx one", () => {
  const twelve = { own: { instance_type: "g5.12xlarge" } };
  assert.deepEqual(of({ ...twelve, container: { model_copies: 2 } }).servers, [
    { port: 8080, base_path: "/v1", health_path: "/health", metrics: { port: 8080, path: "/metrics" } },
    { port: 8081, base_path: "/v1", health_path: "/health", metrics: { port: 8081, path: "/metrics" } },
  ]);
  assert.deepEqual(of({ ...twelve, container: { model_copies: 2, balancer: "nginx" } }).servers, [
    { port: 8080, base_path: "/v1", health_path: "/health", metrics: null },
  ]);
  assert.equal(of({ launch: { port: 9000, health_path: "/ready" } }).servers[0]!.port, 9000);
  assert.equal(of({ launch: { port: 9000, health_path: "/ready" } }).servers[0]!.health_path, "/ready");
});

Deno.test("a script of one's own is reached by the path of ep_name", () => {
  const { servers, target } = of({ launch: { user_data: "python3 -m http.server 9000", port: 9000 } });
  assert.deepEqual(servers, [{ port: 9000, base_path: "/v1", health_path: "/health", metrics: null }]);
  assert.equal(target, "1 instance g5.2xlarge of EC2: by ec2.launch.user_data");
});

Deno.test("the region is the experiment's, or the environment's, or a refusal", () => {
  assert.equal(of().region, "us-east-1");
  const env = { AWS_REGION: "eu-west-1" };
  assert.equal(of({ own: { region: null } }, { ...planned, env }).region, "eu-west-1");
  refused({ own: { region: null } }, /no region is known.*expected region: us-east-1/);
});

Deno.test("what the config alone tells is refused with the key to set", () => {
  refused(
    { launch: { caller_cidr: "0.0.0.0/0" } },
    /ec2\.launch\.caller_cidr "0\.0\.0\.0\/0".*lets in far more/,
  );
  refused({ launch: { port: 70_000 } }, /70000 is no port.*ec2\.launch\.port/);
  refused({ own: { instance_type: "zz1.large" } }, /"zz1\.large".*ec2\.launch\.ami/);
  refused(
    { own: { instance_type: "zz1.large" }, launch: { ami: "ami-0abc" } },
    /another instance_type, or ec2\.launch\.user_data/,
  );
  refused(
    { deployment: { image_uri: "763104351884.dkr.ecr.us-east-1.amazonaws.com/djl-inference:0.30.0" } },
    /nothing lets an instance pull 763104351884.*ec2\.launch\.instance_profile/,
  );
  refused(
    { launch: { hf_token_parameter: "/hf/token" } },
    /instance read \/hf\/token.*ec2\.launch\.instance_profile.*ssm:GetParameter/,
  );
  refused(
    { deployment: { image_uri: "my-vllm" } },
    /my-vllm is in no registry.*docker build.*image_uri: an image in a registry/,
  );
  refused(
    { launch: { user_data: "#cloud-config\npackages: []" } },
    /for cloud-init; expected a shell script/,
  );
});

Deno.test("a secret never gets into user data: refused, or read by the instance itself", () => {
  const env = (values: Record<string, string>) => ({ deployment: { env: values } });
  refused(
    env({ API_KEY: "${MY_API_KEY}" }),
    /the secret API_KEY would stand in user data.*no such variable under env/,
  );
  refused(env({ WHO: "${MY_PASSWORD}" }), /the secret WHO would stand in user data/);
  refused(
    env({ HF_TOKEN: "${HF_TOKEN}" }),
    /the secret HF_TOKEN would stand.*ec2\.launch\.hf_token_parameter/,
  );
  refused({ launch: { user_data: "export HF_TOKEN=hf_abcdefghijklmnopqrst" } }, /looks like a secret/);
  refused({ container: { cli_params: "--api-key sk-abcdefghijklmnop" } }, /looks like a secret/);
  const { script, needs } = of({
    ...env({ HF_TOKEN: "${HF_TOKEN}", SIZE: "${SIZE}" }),
    launch: { hf_token_parameter: "/hf/token", instance_profile: "fmbench-instance" },
  });
  const text = script((value) =>
    value.replace("${SIZE}", "7").replace("${HF_TOKEN}", "hf_mustnotbehere0000")
  );
  assert.ok(!text.includes("hf_mustnotbehere0000"), text);
  assert.match(text, /--with-decryption --name \/hf\/token /);
  const start = text.split("\n").find((line) => line.includes("docker run"))!;
  assert.match(start, /^\(export SIZE=7; docker run /);
  assert.match(start, / --env SIZE /);
  assert.match(start, / --env HF_TOKEN /);
  assert.ok(needs.includes("the instance profile fmbench-instance"));
});

Deno.test("more than EC2 takes is refused", () => {
  refused({ launch: { user_data: "# ".repeat(9_000) } }, /user data has \d+ bytes; expected at most 16384/);
});

Deno.test("names of experiments that AWS could not tell apart stay two names", () => {
  const [one, two] = [launchName("llama 8B", planned.run_id), launchName("llama-8b", planned.run_id)];
  assert.match(one, /^fmbench-[0-9a-f]{6}-llama-8b-1a2b3c$/);
  assert.notEqual(one, two);
  assert.equal(one, launchName("llama 8B", planned.run_id));
});

Deno.test("the same launch has the same fingerprint whenever it is planned, another one another", () => {
  const later = { ...planned, ownership: { ...planned.ownership, expires_at: "2026-11-24T10:00:00Z" } };
  assert.equal(of().fingerprint, of({}, later).fingerprint);
  assert.notEqual(of().fingerprint, of({ launch: { volume_gb: 60 } }).fingerprint);
  assert.notEqual(of().fingerprint, of({ own: { model_id: "org/other" } }).fingerprint);
});

Deno.test("a dry run lists every call, what is opened for whom, and how it ends", async () => {
  const plan = await instances.plan(
    launched({ launch: { caller_cidr: null, subnet_id: "subnet-1" } }),
    planned,
  );
  const name = "fmbench-21408d-llama-8b-1a2b3c";
  assert.deepEqual(plan.actions.filter(({ kind }) => kind === "call").map(({ what }) => what), [
    "GET https://checkip.amazonaws.com/",
    "ec2:DescribeSubnets subnet-1",
    `ec2:CreateSecurityGroup ${name}`,
    `ec2:AuthorizeSecurityGroupIngress ${name}`,
    `ec2:RunInstances ${name}`,
  ]);
  assert.deepEqual(plan.removal.map(({ kind, what }) => `${kind} ${what}`), [
    `call ec2:TerminateInstances ${name}`,
    "wait terminated",
    `call ec2:DeleteSecurityGroup ${name}`,
    "wait gone",
  ]);
  assert.deepEqual(plan.tags["fmbench:run-id"], planned.run_id);
  const own = await instances.plan(
    launched({ launch: { security_group_ids: ["sg-1"], ami: "ami-0abc" } }),
    planned,
  );
  assert.deepEqual(own.actions.filter(({ kind }) => kind === "call").map(({ what }) => what), [
    "ec2:DescribeImages ami-0abc",
    `ec2:RunInstances ${name}`,
  ]);
  assert.ok(!JSON.stringify([plan, own]).includes("0.0.0.0/0"));
});
