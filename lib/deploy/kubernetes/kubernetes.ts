/** Manifests on a Kubernetes cluster, of EKS or any other: applied, waited for, and removed object by object. */

import { stringify } from "yaml";
import { type Endpoint, systemClock, UserError } from "../../core/mod.ts";
import type {
  DeployContext,
  Deployer,
  Experiment,
  PlanContext,
  Removal,
  RemovalContext,
  Resource,
} from "../deployer.ts";
import type { DeploymentPlan, PlannedAction } from "../deployment_plan.ts";
import { owed, record } from "../ledger.ts";
import { Cluster } from "./cluster.ts";
import { choiceWords, chosenCluster, type ClusterChoice, openCluster } from "./cluster_access.ts";
import { addressOf, objectWords } from "./cluster_object.ts";
import { type ClusterPlan, clusterPlan, hubVariables, secretValue, shown } from "./cluster_plan.ts";
import { createAll } from "./creation.ts";
import { entryOf, kind } from "./ledger_entry.ts";
import { labelsOf, nonceOf, selectorOf } from "./marks.ts";
import { removeObject } from "./object_removal.ts";
import { isWaitedFor, readinessOf } from "./readiness.ts";
import { filled } from "./secrets.ts";
import { addressWords, urlOf } from "./service_address.ts";
import { findTagged } from "./tagged_objects.ts";
import { silenceOf, type Wait, waitForAnswer, waitForUrl, waitUntilReady } from "./waiting.ts";

/** In milliseconds. */
export interface KubernetesSettings {
  /** How long everything may take to be ready, where the config says nothing. */
  readonly ready_ms: number;
  /** How long a state is given that rarely comes right by itself, such as CrashLoopBackOff. */
  readonly doubtful_ms: number;
  /** How long an object may take to go. */
  readonly removal_ms: number;
  /** Between two looks: at first, and at the most. */
  readonly first_ms: number;
  readonly most_ms: number;
  /** For one request. */
  readonly request_ms: number;
  /** Pauses before a request is sent again. */
  readonly pauses_ms: readonly number[];
}

const usual: KubernetesSettings = {
  ready_ms: 30 * 60_000,
  doubtful_ms: 5 * 60_000,
  removal_ms: 10 * 60_000,
  first_ms: 1_000,
  most_ms: 10_000,
  request_ms: 30_000,
  pauses_ms: [500, 2_000, 5_000],
};

const kind_ms = 30_000;

export function kubernetesTarget(changes: Partial<KubernetesSettings> = {}): Deployer {
  const settings = { ...usual, ...changes };
  return {
    name: "kubernetes",
    kinds: [kind],
    serves: ({ deploy, simulate, deployment }) =>
      deploy && simulate === null && deployment?.script === "kubernetes",
    plan: planned,
    deploy: (experiment, context) => deploy(experiment, context, settings),
    remove: (resource, context) => remove(resource, context, settings),
    findTagged,
    isAlive: async ({ url }) => await silenceOf(url, 5_000) === null,
  };
}

export const kubernetes: Deployer = kubernetesTarget();

async function planned(experiment: Experiment, context: PlanContext): Promise<DeploymentPlan> {
  const { name, instance_type, instance_count } = experiment;
  const plan = await clusterPlan(experiment, context, "(random)");
  const choice = choiceOf(experiment, context);
  const waited = plan.objects.filter(isWaitedFor).map((object) => objectWords(addressOf(object)));
  const access: PlannedAction[] = choice.kubeconfig === null
    ? [{ kind: "call", what: `eks:DescribeCluster ${choice.eks_cluster}, for its address` }]
    : [];
  return {
    experiment_name: name,
    target: `manifests in a Kubernetes cluster (${choiceWords(choice)})`,
    actions: [
      ...access,
      ...plan.objects.map((object): PlannedAction => ({
        kind: "call",
        what: `PATCH ${objectWords(addressOf(object))} (server-side apply)${
          object.kind === "Namespace" ? ", if there is none" : ""
        }`,
        detail: stringify(shown(object), { lineWidth: 0 }),
      })),
      ...(waited.length === 0 ? [] : [{ kind: "wait" as const, what: `${waited.join(", ")} to be ready` }]),
      { kind: "wait", what: `an answer of ${addressWords(plan.address)}` },
    ],
    removal: plan.objects.toReversed().map((object) => ({
      kind: "call",
      what: `DELETE ${objectWords(addressOf(object))}, with what it owns${
        object.kind === "Namespace" ? ", if this run created it and nothing else is in it" : ""
      }`,
    })),
    tags: labelsOf({ ownership: context.ownership, experiment: name }),
    billing: context.billing(instance_type, instance_count),
    needs: needsOf(plan, choice),
  };
}

function needsOf({ objects, secrets }: ClusterPlan, choice: ClusterChoice): string[] {
  return [
    choice.kubeconfig === null ? "AWS credentials" : "access to the cluster",
    ...(objects.some(({ apiVersion }) => apiVersion.startsWith("ray.io/")) ? ["KubeRay in the cluster"] : []),
    ...secrets.map((name) => hubVariables.includes(name) ? `a Hugging Face token (${name})` : name),
  ];
}

function choiceOf({ deployment, region }: Experiment, { env, config_dir }: PlanContext): ClusterChoice {
  return chosenCluster(
    deployment?.eks ?? { kubeconfig: null, context: null, cluster_name: null },
    { env, config_dir, region },
  );
}

/** Fails without removing anything: what it created is in the ledger. */
async function deploy(
  experiment: Experiment,
  context: DeployContext,
  settings: KubernetesSettings,
): Promise<Endpoint> {
  const { clock = systemClock, signal, run_dir, ownership, log } = context;
  const { name } = experiment;
  const marks = { ownership, experiment: name, nonce: crypto.randomUUID() };
  const plan = await clusterPlan(experiment, context, marks.nonce);
  const hubToken = plan.secrets.some((one) => hubVariables.includes(one)) ? await context.hubToken() : null;
  const secretOf = (variable: string) => secretValue(variable, plan.spec, context.env, hubToken);
  const secrets = plan.secrets.map(secretOf);
  const { link, choice } = await openCluster(choiceOf(experiment, context));
  const cluster = new Cluster(link, { clock, signal, secrets, ...requestsOf(settings) });
  try {
    const earlier = owed(run_dir).filter((one) => one.kind === kind && entryOf(one).experiment === name);
    const url = await urlOfEarlier(earlier, plan, cluster, settings);
    if (url !== null) {
      log(`${name}: uses what an earlier attempt of this run has created`);
      return endpointOf(experiment, url);
    }
    await removeEarlier(earlier, context, settings);
    const begun = clock.now();
    const said_s = plan.spec.ready_timeout_seconds;
    const wait: Wait = {
      experiment: name,
      ...{ cluster, clock, signal, secrets },
      waiting: context.waiting ?? (() => {}),
      deadline: begun + (said_s === null ? context.ready_timeout_ms ?? settings.ready_ms : said_s * 1000),
      ...{ first_ms: settings.first_ms, most_ms: settings.most_ms, doubtful_ms: settings.doubtful_ms },
      answer_ms: 5_000,
    };
    const made = await createAll(plan.objects, {
      ...{ run_dir, cluster, marks, signal, clock, log, kind_ms },
      place: { choice, server: cluster.server },
      fingerprint: plan.fingerprint,
      billing: context.billing(experiment.instance_type, experiment.instance_count),
      fill: (object) => filled(object, secretOf),
    });
    await waitUntilReady(made.filter(isWaitedFor), selectorOf(marks), wait);
    const found = await waitForUrl(plan.address, wait);
    await waitForAnswer(found, wait);
    return { ...endpointOf(experiment, found), ready_after_s: (clock.now() - begun) / 1000 };
  } finally {
    await cluster.close();
  }
}

function requestsOf({ request_ms, pauses_ms }: KubernetesSettings) {
  return { timeout_ms: request_ms, pauses_ms };
}

/** Where an earlier attempt of the same run answers; null: it does not, or it was another one. */
async function urlOfEarlier(
  earlier: readonly Resource[],
  plan: ClusterPlan,
  cluster: Cluster,
  { request_ms }: KubernetesSettings,
): Promise<string | null> {
  const wanted = plan.objects.filter(({ kind }) => kind !== "Namespace").map((one) =>
    JSON.stringify(addressOf(one))
  );
  const entries = earlier.map((one) => ({ ...entryOf(one), id: one.id }));
  const had = entries.map(({ address: { apiVersion, kind, namespace, name } }) =>
    JSON.stringify({ apiVersion, kind, namespace, name })
  );
  if (earlier.length === 0 || wanted.some((one) => !had.includes(one))) return null;
  for (const { id, fingerprint, server, address, nonce } of entries) {
    if (id === null || fingerprint !== plan.fingerprint || server !== cluster.server) return null;
    const live = await cluster.get(address);
    if (live === null || live.metadata.uid !== id || nonceOf(live) !== nonce) return null;
    if (isWaitedFor(live) && readinessOf(live).state !== "ready") return null;
  }
  const { address } = plan;
  const url = urlOf(address, address.kind === "said" ? null : await cluster.get(addressOf(address.object)));
  return url !== null && await silenceOf(url, request_ms) === null ? url : null;
}

/** Its namespace stays, and is used again: other experiments may be in it. */
async function removeEarlier(
  earlier: readonly Resource[],
  context: DeployContext,
  settings: KubernetesSettings,
): Promise<void> {
  for (const resource of earlier.toReversed()) {
    if (entryOf(resource).address.kind === "Namespace") continue;
    await remove(resource, context, settings);
    record(context.run_dir, "deleted", resource);
  }
}

function endpointOf(experiment: Experiment, url: string): Endpoint {
  const { name, ep_name, predictor, model_id, instance_type, instance_count, region } = experiment;
  const { api_key_env, options, deployment } = experiment;
  const metrics = deployment?.metrics_url ?? null;
  return {
    experiment_name: name,
    endpoint_name: ep_name,
    ...{ predictor, url, model_id, instance_type, instance_count, region },
    deployed: true,
    simulated: false,
    api_key_env,
    ...(options === undefined ? {} : { options }),
    deployer: "kubernetes",
    ...(metrics === null ? {} : { observed: { metrics_urls: [metrics] } }),
  };
}

async function remove(
  resource: Resource,
  { clock = systemClock, log }: Pick<RemovalContext, "clock" | "log">,
  settings: KubernetesSettings,
): Promise<Removal> {
  const { choice, server, address, nonce } = entryOf(resource);
  const { link } = await openCluster(choice);
  const cluster = new Cluster(link, { clock, ...requestsOf(settings) });
  try {
    if (link.server !== server) {
      throw new UserError({
        action: "remove",
        thing: resource.name,
        found: `${choiceWords(choice)} leads to ${link.server} now, and it was created at ${server}`,
        remedy: "Make the context lead there again, then run `fmbench cleanup`.",
      });
    }
    const { removal_ms: limit_ms, first_ms, most_ms } = settings;
    return await removeObject(cluster, address, nonce, resource.id, {
      clock,
      log,
      limit_ms,
      first_ms,
      most_ms,
    });
  } finally {
    await cluster.close();
  }
}
