/** What JumpStart's spec of a model adds to a plan, and what in it the user has to agree to. */

import type { DeployContext } from "../deployer.ts";
import type { Completion, EndpointPlan } from "./endpoint_plan.ts";
import { jumpStartAddress, jumpStartSpec } from "./jumpstart_spec.ts";
import { dataAt } from "./model_data.ts";
import { refusal } from "./refusal.ts";

/**
 * Reads the spec; nothing where the plan is complete without.
 *
 * @throws {UserError} if there is no such model or version, its terms are not accepted, or it says no image
 */
export async function completionOf(
  plan: EndpointPlan,
  { env, signal, log }: Pick<DeployContext, "env" | "signal" | "log">,
): Promise<Completion | undefined> {
  const { container, experiment, region, instance_type, accept_eula } = plan;
  if (container.jumpstart === null) return undefined;
  const choice = { ...container.jumpstart, region, instance_type };
  const spec = await jumpStartSpec(choice, { url: jumpStartAddress(region, env), signal });
  if (spec.gated && !accept_eula) {
    throw refusal(
      experiment,
      `${spec.model_id} is given only to those who accept its terms`,
      "accept_eula: yes",
      spec.eula === null
        ? "Read them on the model's page in SageMaker JumpStart first."
        : `Read them first: ${spec.eula}`,
    );
  }
  const packaged = spec.model_package !== null && container.image === null;
  if (container.image === null && spec.image === null && !packaged) {
    throw refusal(
      experiment,
      `JumpStart's spec of ${spec.model_id} ${spec.version} says no image for ${instance_type} in ${region}`,
      "image_uri: the address of a container image",
    );
  }
  log(
    `${experiment}: JumpStart's ${spec.model_id} ${spec.version}` +
      (packaged ? "" : `, image ${container.image ?? spec.image}`) +
      (spec.artifact === null ? "" : `, artefact ${spec.artifact}`),
  );
  if (spec.instance_types.length > 0 && !spec.instance_types.includes(instance_type)) {
    log(
      `${experiment}: JumpStart does not list ${instance_type} for it; it lists ${
        spec.instance_types.join(", ")
      }`,
    );
  }
  const timeouts = [spec.startup_timeout_s, spec.download_timeout_s].filter((each) => each !== null);
  return {
    image: spec.image,
    env: spec.env,
    data: spec.artifact === null ? null : dataAt(spec.artifact, spec.gated),
    model_package_arn: spec.model_package,
    isolated: spec.network_isolation,
    volume_gb: spec.volume_gb,
    startup_s: timeouts.length === 0 ? null : Math.max(...timeouts),
  };
}
