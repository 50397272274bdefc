/** A deployment to SageMaker as a dry run shows it. */

import type { DeploymentPlan, PlannedAction } from "../deployment_plan.ts";
import { configRequest, type EndpointPlan, endpointRequest, modelRequest } from "./endpoint_plan.ts";

const shown = (value: unknown) => JSON.stringify(value, null, 2);
const call = (what: string, detail?: string): PlannedAction => ({
  kind: "call",
  what,
  ...(detail === undefined ? {} : { detail }),
});

/** What a variable that gets the Hub's token shows. */
export const tokenShown = "[from the environment]";

/** What is done for a plan, in order. */
export function describeDeployment(plan: EndpointPlan): DeploymentPlan {
  const { name, container, artifact, tags, billing, needs, ready_timeout_s } = plan;
  const { snapshot, jumpstart, notes, properties } = container;
  const environment = {
    ...container.env,
    ...Object.fromEntries(container.token_variables.map((variable) => [variable, tokenShown])),
  };
  return {
    experiment_name: plan.experiment,
    target: plan.target,
    actions: [
      ...notes.map((what): PlannedAction => ({ kind: "note", what })),
      ...(jumpstart === null ? [] : [
        call("GET models_manifest.json", `JumpStart's models in ${plan.region}`),
        call(`GET the spec of ${jumpstart.model_id}, version ${jumpstart.version}`),
      ]),
      ...(snapshot === null ? [] : [
        { kind: "upload", what: `the model ${snapshot.repo} of the Hub to ${snapshot.address}/` } as const,
      ]),
      ...(artifact === null ? [] : [
        { kind: "file", what: "serving.properties", detail: properties ?? "" } as const,
        { kind: "upload", what: `model.tar.gz to s3://${artifact.bucket}/${artifact.key}` } as const,
      ]),
      call(`sagemaker:CreateModel ${name}`, shown(modelRequest(plan, environment))),
      call(`sagemaker:CreateEndpointConfig ${name}`, shown(configRequest(plan))),
      call(`sagemaker:CreateEndpoint ${name}`, shown(endpointRequest(plan))),
      { kind: "wait", what: `InService, at most ${ready_timeout_s} s` },
    ],
    removal: [
      call(`sagemaker:DeleteEndpoint ${name}`),
      { kind: "wait", what: "gone" },
      call(`sagemaker:DeleteEndpointConfig ${name}`),
      call(`sagemaker:DeleteModel ${name}`),
      ...(artifact === null ? [] : [call(`s3:DeleteObject s3://${artifact.bucket}/${artifact.key}`)]),
      ...(snapshot === null
        ? []
        : [call(`s3:DeleteObject of what was placed below ${snapshot.address}/, and of nothing else there`)]),
    ],
    tags,
    billing,
    needs,
  };
}
