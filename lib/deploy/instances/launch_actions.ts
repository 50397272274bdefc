/** A launch as a dry run shows it. */

import type { Experiment } from "../deployer.ts";
import type { DeploymentPlan, PlannedAction } from "../deployment_plan.ts";
import { nonceKey, tagSpecifications } from "./ec2_calls.ts";
import type { LaunchPlan } from "./launch_plan.ts";
import { permissionsOf } from "./security_group.ts";

const shown = (value: unknown) => JSON.stringify(value, null, 2);

/** What is done for the plan of a launch, in order; `caller_address_url` is asked where the config does not say who calls. */
export function describeLaunch(
  experiment: Experiment,
  plan: LaunchPlan,
  caller_address_url: string,
): DeploymentPlan {
  const { name, launch, servers, tags } = plan;
  const whole = { ...tags, Name: name, [nonceKey]: "[new for this launch]" };
  return {
    experiment_name: experiment.name,
    target: plan.target,
    actions: [
      ...plan.notes.map((what): PlannedAction => ({ kind: "note", what })),
      ...imageActions(plan),
      ...groupActions(plan, whole, caller_address_url),
      {
        kind: "call",
        what: `ec2:RunInstances ${name}`,
        detail: shown({
          ...plan.request,
          SecurityGroupIds: plan.group === null ? launch.security_group_ids : ["[the group made before]"],
          ClientToken: "[new for this launch]",
          TagSpecifications: tagSpecifications(["instance", "volume"], whole),
          UserData: "[the script that follows]",
        }),
      },
      { kind: "file", what: "user data", detail: plan.script((value) => value) },
      { kind: "wait", what: `${experiment.instance_count} x running` },
      ...servers.map(({ port, health_path }): PlannedAction => ({
        kind: "wait",
        what: `200 from http://ADDRESS:${port}${health_path}, at most ${plan.ready_timeout_s} s`,
      })),
    ],
    removal: [
      { kind: "call", what: `ec2:TerminateInstances ${name}` },
      { kind: "wait", what: "terminated" },
      ...(plan.group === null ? [] : [
        { kind: "call", what: `ec2:DeleteSecurityGroup ${name}` } as const,
        { kind: "wait", what: "gone" } as const,
      ]),
    ],
    tags,
    billing: plan.billing,
    needs: plan.needs,
  };
}

function imageActions({ image }: LaunchPlan): PlannedAction[] {
  if (image.root_device !== null) return [];
  return [{ kind: "call", what: `ec2:DescribeImages ${image.id}`, detail: "for the name of its volume" }];
}

function groupActions(
  { group, launch, servers, name }: LaunchPlan,
  tags: Readonly<Record<string, string>>,
  caller_address_url: string,
): PlannedAction[] {
  if (group === null) return [];
  const ports = [
    ...new Set(servers.flatMap(({ port, metrics }) => metrics === null ? [port] : [port, metrics.port])),
  ];
  const range = group.cidr ?? "[this machine's address]/32";
  return [
    ...(group.cidr === null
      ? [
        {
          kind: "call",
          what: `GET ${caller_address_url}`,
          detail: "for the address of this machine",
        } as const,
      ]
      : []),
    ...(launch.subnet_id === null
      ? []
      : [{ kind: "call", what: `ec2:DescribeSubnets ${launch.subnet_id}`, detail: "for its VPC" } as const]),
    {
      kind: "call",
      what: `ec2:CreateSecurityGroup ${name}`,
      detail: shown({ GroupName: name, TagSpecifications: tagSpecifications(["security-group"], tags) }),
    },
    {
      kind: "call",
      what: `ec2:AuthorizeSecurityGroupIngress ${name}`,
      detail: shown({ IpPermissions: permissionsOf(ports, range) }),
    },
  ];
}
