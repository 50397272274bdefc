/** Whatever a TypeScript module of the user's deploys, in a process of its own; what it creates is in the ledger in its own words. */

import { dirname, resolve } from "node:path";
import {
  type DeploymentSpec,
  type Endpoint,
  messageOf,
  protocolFacts,
  sha256,
  systemClock,
  UserError,
} from "../../core/mod.ts";
import type {
  DeployContext,
  Deployer,
  Experiment,
  PlanContext,
  Removal,
  RemovalContext,
  Resource,
} from "../deployer.ts";
import type { DeploymentPlan } from "../deployment_plan.ts";
import { owed, record } from "../ledger.ts";
import { ownershipOf, tagsOf } from "../ownership.ts";
import { deployedFault, endpointOf, resourceFault, scriptFault, silenceAt } from "./own_endpoint.ts";
import type { OwnDeployed, OwnExperiment, OwnResource } from "./own_script.ts";
import { callScript, marksOf, type ScriptOwner } from "./script_process.ts";

const kind = "own_deployment";

/** In milliseconds. */
export interface OwnSettings {
  /** How long `deploy` may take, where the config says nothing. */
  readonly ready_ms: number;
  /** How long the removal of one resource may take. */
  readonly removal_ms: number;
  /** How long a script may go on after it was told to stop. */
  readonly grace_ms: number;
  /** For a connection to the URL. */
  readonly connect_ms: number;
}

const usual: OwnSettings = {
  ready_ms: 30 * 60_000,
  removal_ms: 15 * 60_000,
  grace_ms: 10_000,
  connect_ms: 5_000,
};

export function ownTarget(changes: Partial<OwnSettings> = {}): Deployer {
  const settings = { ...usual, ...changes };
  return {
    name: "own_script",
    kinds: [kind],
    serves: ({ deploy, simulate, deployment }) => deploy && simulate === null && deployment?.own === true,
    plan: planned,
    deploy: (experiment, context) => deploy(experiment, context, settings),
    remove: (resource, context) => remove(resource, context, settings),
    isAlive: async ({ url, predictor }) =>
      (protocolFacts(predictor)?.address ?? "url") !== "url" ||
      await silenceAt(url, settings.connect_ms) === null,
  };
}

export const ownScript: Deployer = ownTarget();

async function planned(experiment: Experiment, context: PlanContext): Promise<DeploymentPlan> {
  const { module, hash } = await scriptOf(experiment, context);
  const { name, instance_type, instance_count } = experiment;
  const { tags } = marksOf({ ownership: context.ownership, experiment: name, nonce: "(random)" });
  return {
    experiment_name: name,
    target: `your own script ${module}`,
    actions: [
      {
        kind: "command",
        what: `deploy() of ${module} (sha256 ${hash.slice(0, 12)}), in a Deno process with all your rights`,
        detail: JSON.stringify(asked(experiment), null, 2),
      },
      { kind: "note", what: "what it does is its own matter: it may reach and start whatever you may" },
    ],
    removal: [{
      kind: "command",
      what: `remove() of the same module, for each resource that deploy() told of`,
    }],
    tags,
    billing: context.billing(instance_type, instance_count),
    needs: ["whatever the script needs"],
  };
}

interface Script {
  readonly module: string;
  /** SHA-256 of its text. */
  readonly hash: string;
  readonly spec: DeploymentSpec;
}

async function scriptOf({ name, deployment }: Experiment, { config_dir }: PlanContext): Promise<Script> {
  if (deployment === null) {
    throw new UserError({
      action: "deploy the experiment",
      thing: name,
      found: "it says nothing of a deployment",
    });
  }
  const module = resolve(config_dir, deployment.script);
  try {
    return { module, hash: sha256(await Deno.readTextFile(module)), spec: deployment };
  } catch (error) {
    throw new UserError({
      action: "use the deployment script",
      thing: module,
      found: error instanceof Deno.errors.NotFound ? "there is no such file" : messageOf(error),
      remedy: "Correct deployment_script; it is relative to the config.",
    }, { cause: error });
  }
}

function asked(experiment: Experiment): OwnExperiment {
  const { name, model_id, ep_name, instance_type, instance_count, region, predictor, deployment } =
    experiment;
  return {
    ...{ name, model_id, ep_name, instance_type, instance_count, region, predictor },
    env: deployment?.env ?? {},
    image_uri: deployment?.image_uri ?? null,
    settings: deployment?.container.container_params ?? {},
  };
}

/** Fails without removing anything: what the script told of is in the ledger. */
async function deploy(
  experiment: Experiment,
  context: DeployContext,
  settings: OwnSettings,
): Promise<Endpoint> {
  const { clock = systemClock, run_dir, ownership, log, signal } = context;
  const { name } = experiment;
  const { module, hash, spec } = await scriptOf(experiment, context);
  for (const earlier of owed(run_dir).filter((one) => one.kind === kind && one.name === name)) {
    const had = await earlierOf(earlier, hash, settings);
    if (had !== null) {
      log(`${name}: uses what an earlier attempt of this run has deployed`);
      return await endpointOf(experiment, had, context);
    }
    await remove(earlier, context, settings);
    record(run_dir, "deleted", earlier);
  }
  const owner: ScriptOwner = { ownership, experiment: name, nonce: crypto.randomUUID() };
  const told: OwnResource[] = [];
  let resource: Resource = {
    kind,
    name,
    id: null,
    tags: { ...tagsOf(ownership, name), nonce: owner.nonce, module, module_sha256: hash, resources: "[]" },
    billing: context.billing(experiment.instance_type, experiment.instance_count),
  };
  const keep = (event: "intent" | "created", id: string | null, more: Record<string, string> = {}) => {
    resource = { ...resource, id, tags: { ...resource.tags, ...more, resources: JSON.stringify(told) } };
    record(run_dir, event, resource);
  };
  const tell = (one: OwnResource) => {
    const fault = resourceFault(one);
    if (fault !== null) throw scriptFault(module, fault);
    const at = told.findIndex((other) => other.kind === one.kind && other.name === one.name);
    if (at === -1) told.push(one);
    else told[at] = one;
  };
  keep("intent", null);
  const begun = clock.now();
  const said_s = spec.ready_timeout_seconds;
  const outcome = await callScript({
    ...{ module, owner, log: (message: string) => log(`${name}: ${message}`), signal },
    call: { deploy: asked(experiment), config_dir: resolve(context.config_dir), run_dir: resolve(run_dir) },
    limit_ms: said_s === null ? context.ready_timeout_ms ?? settings.ready_ms : said_s * 1000,
    grace_ms: settings.grace_ms,
    hubToken: context.hubToken,
    created: (one) => {
      tell(one);
      keep("intent", null);
    },
  });
  const deployed = "deployed" in outcome ? outcome.deployed : null;
  const fault = deployedFault(deployed);
  if (deployed === null || fault !== null) throw scriptFault(module, fault ?? "deploy() gave no object");
  for (const one of deployed.resources ?? []) tell(one);
  keep("created", owner.nonce, { deployed: JSON.stringify({ ...deployed, resources: undefined }) });
  const endpoint = await endpointOf(experiment, deployed, context);
  const silent = deployed.url === undefined ? null : await silenceAt(endpoint.url, settings.connect_ms);
  if (silent !== null) {
    throw scriptFault(module, `it says that ${endpoint.url} answers, and nothing does: ${silent}`);
  }
  return { ...endpoint, ready_after_s: (clock.now() - begun) / 1000 };
}

/** What an earlier attempt has deployed, if it was the same script and still answers. */
async function earlierOf(
  { id, tags }: Resource,
  hash: string,
  settings: OwnSettings,
): Promise<OwnDeployed | null> {
  if (id === null || tags["module_sha256"] !== hash) return null;
  const deployed = JSON.parse(tags["deployed"] ?? "{}") as OwnDeployed;
  if (deployed.url === undefined || await silenceAt(deployed.url, settings.connect_ms) !== null) return null;
  return deployed;
}

/** The youngest first; each by its own call, so that one that stays keeps none of the others. */
async function remove(
  resource: Resource,
  { log }: Pick<RemovalContext, "log">,
  { removal_ms: limit_ms, grace_ms }: OwnSettings,
): Promise<Removal> {
  const { tags, id, name } = resource;
  const module = tags["module"] ?? "";
  await checkModule(module, tags["module_sha256"] ?? "", log);
  const ownership = ownershipOf(tags);
  if (ownership === null) {
    throw new UserError({
      action: "remove",
      thing: name,
      found: "its entry in the ledger does not say whose it is",
    });
  }
  const owner: ScriptOwner = { ownership, experiment: name, nonce: tags["nonce"] ?? "" };
  const told = JSON.parse(tags["resources"] ?? "[]") as OwnResource[];
  // A script that was cut short may have created more than it told of.
  const all: OwnResource[] = id === null ? [{ kind: "deployment", name, id: null }, ...told] : told;
  const failures: string[] = [];
  let outcome: Removal = "already gone";
  for (const one of all.toReversed()) {
    try {
      const done = await callScript({ module, owner, call: { remove: one }, log, limit_ms, grace_ms });
      if ("removal" in done && done.removal === "removed") outcome = "removed";
    } catch (error) {
      failures.push(`${one.kind} ${one.name}: ${messageOf(error)}`);
    }
  }
  if (failures.length === 0) return outcome;
  throw new UserError(failures.join("\n"));
}

async function checkModule(module: string, hash: string, log: (message: string) => void): Promise<void> {
  let text: string;
  try {
    text = await Deno.readTextFile(module);
  } catch (error) {
    throw new UserError({
      action: "remove what the script deployed",
      thing: module,
      found: error instanceof Deno.errors.NotFound ? "there is no such file any more" : messageOf(error),
      expected: `the module that deployed it (sha256 ${hash.slice(0, 12)})`,
      remedy: `Put it back into ${
        dirname(module)
      }, then run \`fmbench cleanup\`; or remove by hand what models/ledger.jsonl lists.`,
    }, { cause: error });
  }
  if (sha256(text) !== hash) {
    log(`${module} has changed since it deployed this; its remove() of now is called`);
  }
}
