/** An endpoint that the user brings (`deploy: no`): looked at, never created and never removed. */

import { type Endpoint, UserError } from "../core/mod.ts";
import type { DeployContext, Deployer, Experiment } from "./deployer.ts";
import { connectError } from "./reachability.ts";

const timeout_ms = 5_000;

export const brought: Deployer = {
  kind: "brought_endpoint",

  serves: ({ deploy }) => !deploy,

  async deploy(experiment: Experiment, context: DeployContext): Promise<Endpoint> {
    const { name, ep_name, model_id, predictor, instance_type, instance_count, region, api_key_env } =
      experiment;
    const url = urlOf(experiment);
    const problem = await connectError(url, context.ready_timeout_ms ?? timeout_ms);
    if (problem !== null) {
      throw new UserError({
        action: "reach the endpoint",
        thing: ep_name,
        found: problem,
        remedy: `Start it, or correct \`ep_name\` of the experiment ${name}.`,
      });
    }
    context.log(`${name}: uses the endpoint ${ep_name}, which is not this run's to remove`);
    return {
      experiment_name: name,
      endpoint_name: ep_name,
      predictor,
      url: ep_name,
      model_id,
      instance_type,
      instance_count,
      region,
      deployed: false,
      simulated: false,
      api_key_env,
    };
  },

  remove({ name }) {
    return Promise.reject(
      new UserError({ action: "remove", thing: name, found: "it was brought, not created by a run" }),
    );
  },

  async isAlive({ url }) {
    return URL.canParse(url) && await connectError(new URL(url), timeout_ms) === null;
  },
};

function urlOf({ name, ep_name }: Experiment): URL {
  const url = URL.canParse(ep_name) ? new URL(ep_name) : null;
  if (url !== null && (url.protocol === "http:" || url.protocol === "https:")) return url;
  throw new UserError({
    action: "use the endpoint",
    thing: ep_name,
    found: `it is no address, and the experiment ${name} says \`deploy: no\``,
    expected: "a URL such as http://127.0.0.1:8000/v1",
  });
}
