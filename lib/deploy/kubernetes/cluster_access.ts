/** How a cluster is had: by a kubeconfig, or, of EKS, by keys to AWS alone. The packages for it are loaded when it is wanted. */

import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import type { Cluster as NamedCluster, KubeConfig } from "@kubernetes/client-node";
import { eksCluster } from "../../aws/mod.ts";
import { type EksSpec, messageOf, redact, UserError } from "../../core/mod.ts";
import type { ClusterLink } from "./cluster.ts";

/** What says which cluster it is, so that it is found again without the config. Written into the ledger. */
export interface ClusterChoice {
  /** Absolute paths, as `KUBECONFIG` has them; null: access by `eks_cluster`. */
  readonly kubeconfig: string | null;
  /** null: the current one of the file. */
  readonly context: string | null;
  readonly eks_cluster: string | null;
  readonly region: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What a config chooses: its kubeconfig or context, else the EKS cluster that it names, else the environment's kubeconfig. Nothing is
 * read.
 */
export function chosenCluster(
  { kubeconfig, context, cluster_name }: Pick<EksSpec, "kubeconfig" | "context" | "cluster_name">,
  { env, config_dir, region }: {
    readonly env: Environment;
    readonly config_dir: string;
    readonly region: string | null;
  },
): ClusterChoice {
  if (kubeconfig === null && context === null && cluster_name !== null) {
    return { kubeconfig: null, context: null, eks_cluster: cluster_name, region };
  }
  const paths = kubeconfig === null ? usualKubeconfig(env) : resolve(config_dir, tilde(kubeconfig));
  return { kubeconfig: paths, context, eks_cluster: null, region: null };
}

/** `KUBECONFIG`, else `~/.kube/config`. */
export function usualKubeconfig(env: Environment): string {
  const said = (env["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  if (said.length > 0) return said.map((path) => resolve(path)).join(delimiter);
  return join(env["HOME"] ?? homedir(), ".kube", "config");
}

function tilde(path: string): string {
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
}

/** For people: `context x of /home/ada/.kube/config`. */
export function choiceWords({ kubeconfig, context, eks_cluster, region }: ClusterChoice): string {
  if (kubeconfig === null) return `EKS cluster ${eks_cluster}${region === null ? "" : ` in ${region}`}`;
  return `${context === null ? "current context" : `context ${context}`} of ${kubeconfig}`;
}

/** A link, and the choice with its context settled: the current one may be another one later. */
export interface OpenedCluster {
  readonly link: ClusterLink;
  readonly choice: ClusterChoice;
  /** That the context works in; null: it says none. */
  readonly namespace: string | null;
}

/**
 * Reads the kubeconfig, or asks EKS; nothing is sent to the cluster.
 *
 * @param advice what to do when it can't be read, or has no such context
 * @throws {UserError} if the file, the context or the EKS cluster can't be had
 */
export async function openCluster(choice: ClusterChoice, advice?: string): Promise<OpenedCluster> {
  const kube = await import("@kubernetes/client-node");
  const config = new kube.KubeConfig();
  if (choice.kubeconfig === null) {
    const { server, authority, token } = await eksCluster(
      choice.eks_cluster ?? "",
      choice.region === null ? {} : { region: choice.region },
    );
    const cluster: NamedCluster = { name: "eks", server, caData: authority, skipTLSVerify: false };
    config.loadFromClusterAndUser(cluster, { name: "eks" });
    return { link: linkOf(kube, config, server, tokens(token)), choice, namespace: null };
  }
  load(kube, config, choice.kubeconfig, advice);
  const context = choice.context ?? config.getCurrentContext();
  const found = config.getContextObject(context);
  if (found === null) {
    const known = config.getContexts().map(({ name }) => name);
    throw refusal(choice, `it has no context "${context}"`, advice, `one of ${known.join(", ") || "none"}`);
  }
  config.setCurrentContext(context);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) {
    throw refusal(choice, `its context "${context}" names a cluster that it does not have`, advice);
  }
  const namespace = found.namespace ?? null;
  return { link: linkOf(kube, config, server, null), choice: { ...choice, context }, namespace };
}

function load(
  kube: typeof import("@kubernetes/client-node"),
  config: KubeConfig,
  paths: string,
  advice: string | undefined,
): void {
  paths.split(delimiter).forEach((path, index) => {
    const one = index === 0 ? config : new kube.KubeConfig();
    try {
      one.loadFromFile(path);
    } catch (error) {
      const found = (error as { code?: string }).code === "ENOENT"
        ? "there is no such file"
        : `it is no kubeconfig: ${redact(messageOf(error))}`;
      throw new UserError({
        action: "read the kubeconfig",
        thing: path,
        found,
        remedy: advice ??
          "Set eks.kubeconfig or KUBECONFIG; for EKS, `aws eks update-kubeconfig --name CLUSTER` writes one.",
      }, { cause: error });
    }
    if (index > 0) config.mergeConfig(one, true);
  });
}

/** How long a token of EKS is used: it is taken for 15 minutes. */
const token_ms = 10 * 60_000;

function tokens(make: () => Promise<string>): () => Promise<string> {
  let had: { readonly text: string; readonly until: number } | null = null;
  return async () => {
    if (had === null || performance.now() > had.until) {
      had = { text: await make(), until: performance.now() + token_ms };
    }
    return had.text;
  };
}

/** The package's own requests with its own authentication, and one connection pool for all of them. */
function linkOf(
  kube: typeof import("@kubernetes/client-node"),
  config: KubeConfig,
  server: string,
  token: (() => Promise<string>) | null,
): ClusterLink {
  type Pool = Parameters<InstanceType<typeof kube.RequestContext>["setDispatcher"]>[0];
  const { httpApi } = kube.createConfiguration({});
  let pool: Pool | undefined;
  return {
    server,
    async send(method, url, { headers, body, signal }) {
      const request = new kube.RequestContext(url.href, method as "GET");
      await authenticate(config, request, server);
      if (pool === undefined) pool = request.getDispatcher();
      if (pool !== undefined) request.setDispatcher(pool);
      if (token !== null) request.setHeaderParam("Authorization", `Bearer ${await token()}`);
      for (const [name, value] of Object.entries(headers)) request.setHeaderParam(name, value);
      if (body !== undefined) request.setBody(body);
      request.setSignal(signal);
      const answer = await httpApi.send(request).toPromise();
      return { status: answer.httpStatusCode, text: await answer.body.text() };
    },
    async close() {
      await (pool as { destroy?: () => Promise<void> } | undefined)?.destroy?.();
      pool = undefined;
    },
  };
}

/** A kubeconfig may name a program that gives the token (`aws eks get-token`); it is run here. */
async function authenticate(
  config: KubeConfig,
  request: Parameters<KubeConfig["applySecurityAuthentication"]>[0],
  server: string,
): Promise<void> {
  try {
    await config.applySecurityAuthentication(request);
  } catch (error) {
    throw new UserError({
      action: "authenticate at the cluster",
      thing: server,
      found: redact(messageOf(error)).replace(/[.\s]+$/, ""),
      remedy: "Log in anew (aws sso login, for example), until `kubectl get namespaces` works.",
    }, { cause: error });
  }
}

function refusal(
  choice: ClusterChoice,
  found: string,
  advice = "Correct eks.context or eks.kubeconfig.",
  expected?: string,
): UserError {
  return new UserError({
    action: "use the kubeconfig",
    thing: choice.kubeconfig ?? "",
    found,
    ...(expected === undefined ? {} : { expected }),
    remedy: advice,
  });
}
