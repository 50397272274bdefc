/** Where the service of some manifests is reached: said in the config, or by an Ingress or a load balancer once it has an address. */

import { UserError } from "../../core/mod.ts";
import type { Experiment } from "../deployer.ts";
import {
  addressOf,
  type ClusterObject,
  isFields,
  listAt,
  numberAt,
  objectWords,
  textAt,
} from "./cluster_object.ts";

/** What there is to know before anything is created. */
export type AddressSource =
  | { readonly kind: "said"; readonly url: string }
  | {
    readonly kind: "ingress" | "load_balancer";
    /** Whose status has the host. */
    readonly object: ClusterObject;
    readonly scheme: "http" | "https";
    /** Of the rule; null: the one that the status says. */
    readonly host: string | null;
    /** null: the scheme's own. */
    readonly port: number | null;
    /** With a leading slash; empty: none. */
    readonly path: string;
  };

/** @throws {UserError} if nothing says it, or there is a choice to be made */
export function addressSource(experiment: Experiment, objects: readonly ClusterObject[]): AddressSource {
  const { deployment, url_format } = experiment;
  const said = deployment?.eks.service_url ?? null;
  const suffix = url_format === undefined ? null : `/${url_format}`;
  if (said !== null) {
    if (!/^https?:/.test(said) || !URL.canParse(said)) {
      throw refusal(experiment, `eks.service_url "${said}" is no URL`);
    }
    return { kind: "said", url: said.replace(/\/+$/, "") + (suffix ?? "") };
  }
  const ingresses = objects.filter(({ kind }) => kind === "Ingress");
  const balancers = objects.filter((object) =>
    object.kind === "Service" && textAt(object, "spec", "type") === "LoadBalancer"
  );
  const [object] = ingresses.length > 0 ? ingresses : balancers;
  if (object === undefined) {
    throw refusal(experiment, "they have neither an Ingress nor a Service of type LoadBalancer");
  }
  if (Math.max(ingresses.length, ingresses.length > 0 ? 0 : balancers.length) > 1) {
    throw refusal(
      experiment,
      `they have several: ${
        (ingresses.length > 1 ? ingresses : balancers).map((one) => objectWords(addressOf(one))).join(", ")
      }`,
    );
  }
  return ingresses.length > 0
    ? ofIngress(experiment, object, suffix)
    : { kind: "load_balancer", object, ...portOf(experiment, object), host: null, path: suffix ?? "" };
}

function ofIngress(experiment: Experiment, object: ClusterObject, suffix: string | null): AddressSource {
  const rules = listAt(object, "spec", "rules");
  const host =
    rules.map((rule) => textAt(rule, "host")).find((name) => name !== null && !name.startsWith("*")) ?? null;
  const paths = new Set(
    rules.flatMap((rule) =>
      listAt(rule, "http", "paths").map((entry) => plainPath(textAt(entry, "path") ?? "/"))
    ),
  );
  const [only = ""] = paths;
  if (suffix === null && paths.size > 1 && !paths.has("")) {
    throw refusal(
      experiment,
      `${objectWords(addressOf(object))} has several paths (${[...paths].join(", ")})`,
    );
  }
  return {
    kind: "ingress",
    object,
    scheme: listAt(object, "spec", "tls").length > 0 ? "https" : "http",
    host,
    port: null,
    path: suffix ?? (paths.has("") ? "" : only),
  };
}

/** What of a path is no pattern: `/serve` of `/serve/(.*)`. */
function plainPath(path: string): string {
  return path.replace(/[(*\[|^$?+].*$/, "").replace(/\/+$/, "");
}

function portOf(experiment: Experiment, object: ClusterObject): { scheme: "http" | "https"; port: number } {
  const ports = listAt(object, "spec", "ports");
  const chosen = ports.length === 1
    ? ports[0]
    : ports.find((port) => /^https?$/.test(textAt(port, "name") ?? "")) ??
      ports.find((port) => [80, 443].includes(numberAt(port, "port") ?? 0));
  const port = numberAt(chosen, "port");
  if (port === null) {
    throw refusal(experiment, `${objectWords(addressOf(object))} has no port that is said to be for HTTP`);
  }
  return { scheme: port === 443 || textAt(chosen, "name") === "https" ? "https" : "http", port };
}

/** The URL, once the object's status says it; null: not yet. */
export function urlOf(source: AddressSource, live: unknown): string | null {
  if (source.kind === "said") return source.url;
  const [first] = listAt(live, "status", "loadBalancer", "ingress");
  const at = isFields(first) ? textAt(first, "hostname") ?? textAt(first, "ip") : null;
  if (at === null) return null;
  const { scheme, host, port, path } = source;
  const own = port === null || port === (scheme === "https" ? 443 : 80) ? "" : `:${port}`;
  const name = host ?? (at.includes(":") ? `[${at}]` : at);
  return `${scheme}://${name}${own}${path}`;
}

/** For plans. */
export function addressWords(source: AddressSource): string {
  if (source.kind === "said") return `${source.url}, as eks.service_url says`;
  const where = `the address of ${objectWords(addressOf(source.object))}`;
  const { scheme, host, port, path } = source;
  return `${scheme}://${host ?? "HOST"}${port === null ? "" : `:${port}`}${path}, once there is ${where}`;
}

function refusal({ name }: Experiment, found: string): UserError {
  return new UserError({
    action: "tell where the manifests can be reached, of the experiment",
    thing: name,
    found,
    remedy: "Set eks.service_url to the base URL of the service, e.g. http://models.example.com/v1.",
  });
}
