/** An endpoint that the user brings (`deploy: no`): looked at, never created and never removed. */

import { serviceUrl } from "../aws/mod.ts";
import { type Endpoint, protocolFacts, UserError } from "../core/mod.ts";
import type { DeployContext, Deployer, Experiment } from "./deployer.ts";
import { connectError } from "./reachability.ts";

const timeout_ms = 5_000;

export const brought: Deployer = {
  name: "brought",
  kinds: ["brought_endpoint"],

  serves: ({ deploy }) => !deploy,

  plan({ name, ep_name }) {
    return Promise.resolve({
      experiment_name: name,
      target: "an endpoint that is there",
      actions: [{ kind: "note", what: `uses ${ep_name}; nothing is created` }],
      removal: [{ kind: "note", what: "nothing: it was brought, and is never removed" }],
      tags: {},
      billing: null,
      needs: [],
    });
  },

  async deploy(experiment: Experiment, context: DeployContext): Promise<Endpoint> {
    const { name, ep_name, model_id, predictor, instance_type, instance_count, region } = experiment;
    const { api_key_env, options } = experiment;
    const { url, endpoint_name, listens } = await placeOf(experiment);
    if (listens) await expectListening(url, experiment, context);
    context.log(`${name}: uses the endpoint ${ep_name}, which is not this run's to remove`);
    return {
      experiment_name: name,
      endpoint_name,
      predictor,
      url,
      model_id,
      instance_type,
      instance_count,
      region,
      deployed: false,
      simulated: false,
      api_key_env,
      ...(options === undefined ? {} : { options }),
    };
  },

  remove({ name }) {
    return Promise.reject(
      new UserError({ action: "remove", thing: name, found: "it was brought, not created by a run" }),
    );
  },

  /** Of what AWS or a user's own module reaches by a name, nothing can be said without a request. */
  async isAlive({ predictor, url, endpoint_name }) {
    const named = protocolFacts(predictor)?.address !== "url" && !isUrl(endpoint_name);
    return named || (isUrl(url) && await connectError(new URL(url), timeout_ms) === null);
  },
};

interface Place {
  readonly url: string;
  readonly endpoint_name: string;
  /** Whether it is the address of a server, which can be asked for a connection. */
  readonly listens: boolean;
}

/**
 * Where an endpoint is. A service of AWS is at its region's own address, or at what stands for that, unless `ep_name` is a URL;
 * then the endpoint goes by the model's name there.
 */
async function placeOf(experiment: Experiment): Promise<Place> {
  const { ep_name, model_id, predictor, url_format = "" } = experiment;
  const facts = protocolFacts(predictor);
  if (isUrl(ep_name)) {
    const endpoint_name = facts === null || facts.address === "url" ? ep_name : model_id;
    const url = url_format === "" ? ep_name : `${ep_name.replace(/\/+$/, "")}/${url_format}`;
    return { url, endpoint_name, listens: true };
  }
  if (facts === null) return { url: ep_name, endpoint_name: ep_name, listens: false };
  if (facts.service === null) throw noAddress(experiment);
  return { url: await awsUrl(facts.service, experiment), endpoint_name: ep_name, listens: false };
}

async function awsUrl(
  service: "bedrock" | "sagemaker",
  { name, ep_name, region }: Experiment,
): Promise<string> {
  if (region !== null) return await serviceUrl(service, region, Deno.env.toObject());
  throw new UserError({
    action: "use the endpoint",
    thing: ep_name,
    found: `the experiment ${name} names no region`,
    remedy: "Set region of the experiment, aws.region or AWS_REGION.",
  });
}

async function expectListening(
  url: string,
  { name, ep_name }: Experiment,
  { ready_timeout_ms }: DeployContext,
): Promise<void> {
  const problem = await connectError(new URL(url), ready_timeout_ms ?? timeout_ms);
  if (problem === null) return;
  throw new UserError({
    action: "reach the endpoint",
    thing: ep_name,
    found: problem,
    remedy: `Start it, or correct \`ep_name\` of the experiment ${name}.`,
  });
}

function noAddress({ name, ep_name }: Experiment): UserError {
  return new UserError({
    action: "use the endpoint",
    thing: ep_name,
    found: `it is no address, and the experiment ${name} says \`deploy: no\``,
    expected: "a URL such as http://127.0.0.1:8000/v1",
  });
}

function isUrl(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text);
}
