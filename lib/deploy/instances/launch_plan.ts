/** What is launched for one experiment: all that the config says, worked out before anything of AWS is asked. */

import type { Ec2Sdk } from "../../aws/mod.ts";
import { type LaunchSpec, redact, sha256 } from "../../core/mod.ts";
import type { Machine } from "../containers/containers_plan.ts";
import { machineOfType } from "../containers/instance_types.ts";
import type { Billing, Experiment, PlanContext } from "../deployer.ts";
import { resourceName, tagsOf } from "../ownership.ts";
import { checkedRange } from "./caller_address.ts";
import { type MachineImage, machineImage } from "./machine_image.ts";
import { refusal, type Server, startOf } from "./launch_start.ts";
import { type Startup, userData } from "./user_data.ts";

/** Parameters of `ec2:RunInstances`, in the SDK's own words. */
export type RunRequest = ConstructorParameters<Ec2Sdk["RunInstancesCommand"]>[0];

export interface LaunchPlan {
  /** Of the instances and of the security group. */
  readonly name: string;
  readonly region: string;
  /** For people. */
  readonly target: string;
  readonly image: MachineImage;
  /** A security group is made, for this range; `cidr` null: for the caller's address, asked for then. `group` null: the user's groups. */
  readonly group: { readonly cidr: string | null } | null;
  readonly launch: LaunchSpec;
  /** What is sent to each instance. */
  readonly servers: readonly Server[];
  /** Whether something is done on the instance after its servers are healthy: then its console says when. */
  readonly prepares: boolean;
  /** Without security groups, token, user data and nonce, which come at the time. */
  readonly request: RunRequest;
  readonly tags: Readonly<Record<string, string>>;
  /** User data; `expand` puts in what `${NAME}` stands for. */
  readonly script: (expand: (value: string) => string) => string;
  /** The same for all that would be launched in the same way. */
  readonly fingerprint: string;
  readonly billing: Billing;
  readonly ready_timeout_s: number;
  readonly needs: readonly string[];
  readonly notes: readonly string[];
}

/** Model and image come from far away, and GPUs take their time. */
const ready_timeout_s = 2400;
/** The most that EC2 takes, in bytes. */
const longest_user_data = 16_384;
const volume_gb = { gpu: 250, neuron: 250, cpu: 100 } as const;

/** The plan of an experiment with a section `ec2.launch`. Throws UserError: a refusal, and what to write. */
export function launchPlan(experiment: Experiment, context: PlanContext): LaunchPlan {
  const { name, instance_type, instance_count, deployment } = experiment;
  const launch = deployment!.ec2.launch!;
  const region = experiment.region ?? context.env["AWS_REGION"] ?? context.env["AWS_DEFAULT_REGION"];
  if (!region) {
    throw refusal(
      name,
      "no region is known for its instances",
      "region: us-east-1, or another, in the experiment",
    );
  }
  const machine = machineOfType(instance_type);
  const image = machineImage(launch.ami, instance_type, machine);
  const tags = tagsOf(context.ownership, name);
  const started = startOf(experiment, deployment!, launch, machine, context);
  const timeout = deployment!.ready_timeout_seconds ?? ready_timeout_s;
  const startup: Omit<Startup, "expires_at"> = {
    run_id: context.run_id,
    experiment: name,
    region,
    start: started.start,
    hf_token_parameter: launch.hf_token_parameter,
    ready_timeout_s: timeout,
  };
  const { expires_at } = context.ownership;
  const script = (expand: (value: string) => string) =>
    checkedScript(name, userData({ ...startup, expires_at }, expand));
  const lasting = userData({ ...startup, expires_at: "" }, (value) => value).replaceAll(expires_at, "");
  script((value) => value);
  const request = requestOf(experiment, launch, image, machine);
  return {
    name: launchName(name, context.run_id),
    region,
    target: `${instance_count} instance${
      instance_count === 1 ? "" : "s"
    } ${instance_type} of EC2: ${started.target}`,
    image,
    group: groupOf(launch),
    launch,
    servers: started.servers,
    prepares: started.prepares,
    request,
    tags,
    script,
    fingerprint: sha256(JSON.stringify([region, request, launch, lasting])).slice(0, 16),
    billing: billingOf(experiment, launch, context),
    ready_timeout_s: timeout,
    needs: [
      "AWS credentials that may do what docs/iam/ec2.json says",
      ...(launch.instance_profile === null ? [] : [`the instance profile ${launch.instance_profile}`]),
      ...started.needs,
    ],
    notes: [
      `image: ${image.said} (${image.id})`,
      ...(launch.spot && billingOf(experiment, launch, context).per_hour === null
        ? [
          "a spot instance costs less than the price file says, and nobody knows how much: set price_per_hour to count it",
        ]
        : []),
      ...started.notes,
    ],
  };
}

/** Unique among the experiments of a run, also of those whose names differ in what a name of AWS can't hold. */
export function launchName(experiment: string, run_id: string): string {
  return resourceName(`${sha256(experiment).slice(0, 6)}-${experiment}`, run_id, 128);
}

function groupOf({ security_group_ids, caller_cidr }: LaunchSpec): LaunchPlan["group"] {
  if (security_group_ids.length > 0) return null;
  return { cidr: caller_cidr === null ? null : checkedRange(caller_cidr) };
}

/** A spot instance does not cost what its type does. */
function billingOf(experiment: Experiment, { spot }: LaunchSpec, context: PlanContext): Billing {
  const billing = context.billing(experiment.instance_type, experiment.instance_count);
  return spot && experiment.price_per_hour === undefined ? { ...billing, per_hour: null } : billing;
}

/** Nothing secret, and no more than the service takes. */
function checkedScript(experiment: string, script: string): string {
  if (redact(script).includes("[redacted]")) {
    throw refusal(
      experiment,
      "something in its user data looks like a secret, and everyone may read it who may describe the instance",
      "no key, token or password in env, arguments, files and ec2.launch.user_data; ec2.launch.hf_token_parameter for that of the Hub",
    );
  }
  const size = new TextEncoder().encode(script).length;
  if (size <= longest_user_data) return script;
  throw refusal(
    experiment,
    `its user data has ${size} bytes`,
    `at most ${longest_user_data}: shorter files, or an image with them`,
  );
}

function requestOf(
  { instance_type, instance_count }: Experiment,
  launch: LaunchSpec,
  image: MachineImage,
  machine: Machine | null,
): RunRequest {
  const { instance_profile, subnet_id, spot } = launch;
  return {
    ImageId: image.id,
    InstanceType: instance_type as NonNullable<RunRequest["InstanceType"]>,
    // All of them or none: what is missing would be waited for while the others cost.
    MinCount: instance_count,
    MaxCount: instance_count,
    ...(subnet_id === null ? {} : { SubnetId: subnet_id }),
    ...(instance_profile === null ? {} : { IamInstanceProfile: profileOf(instance_profile) }),
    BlockDeviceMappings: [{
      ...(image.root_device === null ? {} : { DeviceName: image.root_device }),
      Ebs: {
        VolumeSize: launch.volume_gb ?? volume_gb[machine?.kind ?? "gpu"],
        VolumeType: "gp3",
        Encrypted: true,
        DeleteOnTermination: true,
      },
    }],
    // Containers are one hop further away than the instance itself.
    MetadataOptions: { HttpEndpoint: "enabled", HttpTokens: "required", HttpPutResponseHopLimit: 2 },
    InstanceInitiatedShutdownBehavior: "terminate",
    ...(spot
      ? {
        InstanceMarketOptions: {
          MarketType: "spot",
          SpotOptions: { SpotInstanceType: "one-time", InstanceInterruptionBehavior: "terminate" },
        },
      }
      : {}),
  };
}

const profileOf = (profile: string) => profile.startsWith("arn:") ? { Arn: profile } : { Name: profile };
