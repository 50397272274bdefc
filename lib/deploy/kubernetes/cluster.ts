/** Requests to the API server of a cluster, in JSON as it is: whatever a manifest says gets there. */

import { type Clock, messageOf, redact, systemClock, UserError } from "../../core/mod.ts";
import {
  type ClusterObject,
  listAt,
  type ObjectAddress,
  objectWords,
  textAt,
  valueAt,
} from "./cluster_object.ts";
import { jsonOf, Refused, refused } from "./refused.ts";
import { unknownKind } from "./unknown_kind.ts";

/** Sends one request with the cluster's own credentials. Rejects when there is no answer. */
export type Send = (
  method: string,
  url: URL,
  options: {
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly signal: AbortSignal;
  },
) => Promise<{ readonly status: number; readonly text: string }>;

/** How a cluster is had. */
export interface ClusterLink {
  /** Base URL of the API server. */
  readonly server: string;
  readonly send: Send;
  close(): Promise<void>;
}

/** A kind as the server knows it. */
export interface ClusterKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

export interface ClusterSettings {
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  /** For one request. */
  readonly timeout_ms: number;
  /** Pauses before a request is sent again that got no answer, or was put off. */
  readonly pauses_ms: readonly number[];
  /** What no message may say. */
  readonly secrets?: readonly string[];
  /** What to do when nothing answers. @default about the keys of `eks` */
  readonly advice?: string;
}

const again: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

interface Asked {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly type?: string;
}

export class Cluster {
  readonly #link: ClusterLink;
  readonly #settings: ClusterSettings;
  readonly #kinds = new Map<string, Promise<readonly ClusterKind[] | null>>();

  constructor(link: ClusterLink, settings: ClusterSettings) {
    this.#link = link;
    this.#settings = settings;
  }

  get server(): string {
    return this.#link.server;
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  /** null: it is not there. */
  async get(address: ObjectAddress): Promise<ClusterObject | null> {
    const path = await this.#pathOf(address);
    if (path === null) return null;
    return await this.#orNull("GET", path, {}) as ClusterObject | null;
  }

  /**
   * Server-side apply. A field that somebody else holds with another value is not taken over.
   *
   * @param manager who holds the fields
   * @param dryRun whether the server only says what it would do: all of its checks, and nothing kept
   * @returns the object, and whether it did not exist before
   */
  async apply(
    object: ClusterObject,
    manager: string,
    dryRun = false,
  ): Promise<{ object: ClusterObject; created: boolean }> {
    const address = { ...object, namespace: object.metadata.namespace ?? null, name: object.metadata.name };
    const path = await this.#pathOf(address);
    if (path === null) throw unknownKind(object);
    const { status, value } = await this.#ask("PATCH", path, {
      query: { fieldManager: manager, fieldValidation: "Strict", ...(dryRun ? { dryRun: "All" } : {}) },
      type: "application/apply-patch+yaml",
      body: object,
    });
    return { object: value as ClusterObject, created: status === 201 };
  }

  /** Asks for the deletion of exactly this object; what it owns goes first. */
  async delete(address: ObjectAddress, uid: string): Promise<void> {
    const path = await this.#pathOf(address);
    if (path === null) return;
    const preconditions = { uid };
    try {
      await this.#ask("DELETE", path, { body: { propagationPolicy: "Foreground", preconditions } });
    } catch (error) {
      // Gone, or another one under its name.
      if (!(error instanceof Refused) || error.status !== 404 && error.status !== 409) throw error;
    }
  }

  /** Objects of a kind, of all namespaces where none is given; empty where they may not be listed. */
  async list(
    kind: Pick<ClusterKind, "apiVersion" | "plural">,
    namespace: string | null,
    query: Readonly<Record<string, string>> = {},
  ): Promise<readonly unknown[]> {
    const scope = namespace === null ? "" : `/namespaces/${namespace}`;
    try {
      const { value } = await this.#ask("GET", `${groupPath(kind.apiVersion)}${scope}/${kind.plural}`, {
        query,
      });
      return listAt(value, "items");
    } catch (error) {
      if (error instanceof Refused && [403, 404, 405].includes(error.status)) return [];
      throw error;
    }
  }

  /** The last lines of a container's log; empty: there is none. */
  async log(namespace: string, pod: string, query: Readonly<Record<string, string>>): Promise<string> {
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log`;
    try {
      const { text } = await this.#exchange("GET", path, { query });
      return text;
    } catch (error) {
      if (error instanceof Refused) return "";
      throw error;
    }
  }

  /** Whether its server knows a kind. */
  async knows({ apiVersion, kind }: Pick<ObjectAddress, "apiVersion" | "kind">): Promise<boolean> {
    return (await this.#kindsOf(apiVersion))?.some((one) => one.kind === kind) ?? false;
  }

  /** All kinds that can be listed, each in one version. */
  async kinds(): Promise<readonly ClusterKind[]> {
    const groups = await this.#ask("GET", "/apis", {});
    const versions = listAt(groups.value, "groups").map((group) =>
      textAt(group, "preferredVersion", "groupVersion")
    );
    const all = await Promise.all(
      ["v1", ...versions].map((version) => version === null ? null : this.#kindsOf(version)),
    );
    return all.flatMap((kinds) => kinds ?? []).filter(({ verbs }) => verbs.includes("list"));
  }

  /** null: the server does not know the kind. */
  async #pathOf({ apiVersion, kind, namespace, name }: ObjectAddress): Promise<string | null> {
    const known = (await this.#kindsOf(apiVersion))?.find((one) => one.kind === kind);
    if (known === undefined) {
      // A kind that came with the manifests is known later.
      this.#kinds.delete(apiVersion);
      return null;
    }
    if (known.namespaced === (namespace === null)) {
      throw new UserError({
        action: "address the object",
        thing: objectWords({ kind, namespace, name }),
        found: known.namespaced
          ? "it says no namespace, and its kind needs one"
          : "its kind belongs to no namespace",
        remedy: known.namespaced
          ? "Write metadata.namespace."
          : "Take metadata.namespace out, or write it in no namespace.",
      });
    }
    const scope = namespace === null ? "" : `/namespaces/${namespace}`;
    return `${groupPath(apiVersion)}${scope}/${known.plural}/${name}`;
  }

  #kindsOf(apiVersion: string): Promise<readonly ClusterKind[] | null> {
    const had = this.#kinds.get(apiVersion);
    if (had !== undefined) return had;
    const asked = this.#orNull("GET", groupPath(apiVersion), {}).then((value) =>
      value === null ? null : listAt(value, "resources").flatMap((resource) => kindIn(resource, apiVersion))
    );
    this.#kinds.set(apiVersion, asked);
    asked.catch(() => this.#kinds.delete(apiVersion));
    return asked;
  }

  async #orNull(method: string, path: string, asked: Asked): Promise<unknown> {
    try {
      return (await this.#ask(method, path, asked)).value;
    } catch (error) {
      if (error instanceof Refused && error.status === 404) return null;
      throw error;
    }
  }

  async #ask(method: string, path: string, asked: Asked): Promise<{ status: number; value: unknown }> {
    const { status, text } = await this.#exchange(method, path, asked);
    return { status, value: jsonOf(text) };
  }

  async #exchange(method: string, path: string, asked: Asked): Promise<{ status: number; text: string }> {
    const { clock = systemClock, signal, pauses_ms } = this.#settings;
    for (let tries = 0;; tries++) {
      const answer = await this.#once(method, path, asked);
      const passing = "failure" in answer || again.has(answer.status);
      const pause = pauses_ms[tries];
      if (passing && pause !== undefined) {
        await clock.sleepUntil(clock.now() + pause, signal);
        continue;
      }
      if ("failure" in answer) throw this.#unreachable(answer.failure);
      if (answer.status >= 200 && answer.status < 300) return answer;
      throw refused(method, path, answer, this.#settings.secrets);
    }
  }

  async #once(
    method: string,
    path: string,
    { query = {}, body, type = "application/json" }: Asked,
  ): Promise<{ status: number; text: string } | { failure: unknown }> {
    const { signal, timeout_ms } = this.#settings;
    const url = new URL(this.server.replace(/\/+$/, "") + path);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const limit = AbortSignal.timeout(timeout_ms);
    try {
      return await this.#link.send(method, url, {
        headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": type }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof UserError) throw error;
      return { failure: limit.aborted ? new Error(`no answer within ${timeout_ms} ms`) : error };
    }
  }

  #unreachable(error: unknown): UserError {
    const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : "";
    return new UserError({
      action: "reach the cluster at",
      thing: this.server,
      found: redact(messageOf(error) + cause),
      remedy: this.#settings.advice ??
        "Check eks.kubeconfig and eks.context, and that `kubectl get namespaces` works with them.",
    }, { cause: error });
  }
}

/** `/api/v1`, `/apis/apps/v1`. */
function groupPath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function kindIn(resource: unknown, apiVersion: string): ClusterKind[] {
  const [plural, kind] = [textAt(resource, "name"), textAt(resource, "kind")];
  if (plural === null || kind === null || plural.includes("/")) return [];
  const verbs = listAt(resource, "verbs").filter((verb) => typeof verb === "string");
  return [{ apiVersion, kind, plural, namespaced: valueAt(resource, "namespaced") === true, verbs }];
}
