/** Waiting for objects to be ready, for the address of their service, and for its first answer. */

import { type Clock, messageOf, UserError } from "../../core/mod.ts";
import { poll } from "../polling.ts";
import type { Cluster } from "./cluster.ts";
import { addressOf, type ClusterObject, objectWords } from "./cluster_object.ts";
import { lastWords, podTroubles, troubleWords, warningsOf } from "./pod_reasons.ts";
import { type Readiness, readinessOf } from "./readiness.ts";
import { type AddressSource, addressWords, urlOf } from "./service_address.ts";

export interface Wait {
  readonly experiment: string;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly waiting: (what: string, waited_s: number) => void;
  /** Of the clock: when it is over. */
  readonly deadline: number;
  readonly first_ms: number;
  readonly most_ms: number;
  /** How long what rarely comes right by itself is given. */
  readonly doubtful_ms: number;
  /** For one request to the service. */
  readonly answer_ms: number;
  /** What no message may say. */
  readonly secrets: readonly string[];
}

interface Look {
  readonly object: ClusterObject;
  readonly readiness: Readiness;
}

/**
 * @param objects all that has to be ready
 * @param selector of their pods
 * @throws {UserError} with the reason that the cluster gives
 */
export async function waitUntilReady(
  objects: readonly ClusterObject[],
  selector: string,
  wait: Wait,
): Promise<void> {
  const { cluster, clock, doubtful_ms, experiment, waiting } = wait;
  const namespaces = [...new Set(objects.flatMap(({ metadata: { namespace } }) => namespace ?? []))];
  let doubtSince: number | null = null;
  let last: { words: string[]; behind: readonly Look[] } = { words: [], behind: [] };
  const end = async (why: string) => await failure(why, last.words, last.behind, namespaces, selector, wait);
  const ready = await poll(async () => {
    const looks = await Promise.all(objects.map(async (object): Promise<Look> => {
      return { object, readiness: readinessOf(await cluster.get(addressOf(object))) };
    }));
    const behind = looks.filter(({ readiness }) => readiness.state !== "ready");
    if (behind.length === 0) return true;
    const troubles = await podTroubles(cluster, namespaces, selector);
    const words = [
      ...behind.map(({ object, readiness }) =>
        `${objectWords(addressOf(object))}: ${"why" in readiness ? readiness.why : ""}`
      ),
      ...troubleWords(troubles),
    ];
    last = { words, behind };
    if (behind.some(({ readiness }) => readiness.state === "failed")) throw await end("it has failed");
    const doubtful = behind.some(({ readiness }) => readiness.state === "doubtful") ||
      troubles.some(({ sort }) => sort === "doubtful");
    doubtSince = doubtful ? doubtSince ?? clock.now() : null;
    if (doubtSince !== null && clock.now() - doubtSince >= doubtful_ms) {
      throw await end(`it has not come right for ${Math.round(doubtful_ms / 1000)} s`);
    }
    return null;
  }, {
    ...patience(wait),
    waiting: (waited_s) => waiting(`${experiment}: ${last.words.join("; ")}`, waited_s),
  });
  if (ready === null) throw await end("it is not ready in time");
}

function patience({ clock, signal, first_ms, most_ms, deadline }: Wait) {
  return { clock, signal, first_ms, most_ms, limit_ms: Math.max(0, deadline - clock.now()) };
}

async function failure(
  why: string,
  words: readonly string[],
  behind: readonly Look[],
  namespaces: readonly string[],
  selector: string,
  { cluster, experiment, secrets }: Wait,
): Promise<UserError> {
  const troubles = await podTroubles(cluster, namespaces, selector);
  const warnings = troubles.length > 0
    ? []
    : (await Promise.all(behind.map(({ object: { metadata } }) =>
      warningsOf(cluster, metadata.namespace ?? "default", metadata.uid ?? "")
    ))).flat();
  const log = await lastWords(cluster, troubles, secrets);
  const message = new UserError({
    action: "deploy the experiment",
    thing: experiment,
    found: `${why}: ${[...words, ...warnings].join("; ")}`,
    remedy: remedyOf(words.join(" ")),
  });
  return log === "" ? message : new UserError(`${message.message}\nThe container's log ends with:\n${log}`);
}

function remedyOf(words: string): string {
  if (/Insufficient|nodes are available/.test(words)) {
    return "Give the cluster nodes that have what is asked for (or let an autoscaler add them), or ask for less in the manifest.";
  }
  if (/Image/.test(words)) return "Correct the image, or let the cluster pull it.";
  return "Correct the manifest, or raise ready_timeout_seconds if it only takes longer.";
}

/** @throws {UserError} if its object gets no address in time */
export async function waitForUrl(source: AddressSource, wait: Wait): Promise<string> {
  if (source.kind === "said") return source.url;
  const { cluster, experiment, waiting } = wait;
  const words = objectWords(addressOf(source.object));
  const url = await poll(async () => urlOf(source, await cluster.get(addressOf(source.object))), {
    ...patience(wait),
    waiting: (waited_s) => waiting(`${experiment}: ${words}: it has no address yet`, waited_s),
  });
  if (url !== null) return url;
  throw new UserError({
    action: "reach the service of",
    thing: experiment,
    found: `${words} has got no address in time`,
    expected: addressWords(source),
    remedy: source.kind === "ingress"
      ? "Install a controller for its ingress class, or set eks.service_url."
      : "Install a controller for load balancers, or set eks.service_url.",
  });
}

/** @throws {UserError} if nothing answers in time */
export async function waitForAnswer(url: string, wait: Wait): Promise<void> {
  const { experiment, answer_ms, waiting } = wait;
  let last: string | null = null;
  const answered = await poll(async () => (last = await silenceOf(url, answer_ms)) === null ? true : null, {
    ...patience(wait),
    waiting: (waited_s) => waiting(`${experiment}: ${url}: ${last}`, waited_s),
  });
  if (answered) return;
  throw new UserError({
    action: "reach the service of",
    thing: experiment,
    found: `${url} does not answer in time: ${last}`,
    remedy: "Look at its Service and Ingress with kubectl, or set eks.service_url to where it does.",
  });
}

/** What a balancer or an ingress says while nobody is behind it. */
const nobodyThere: readonly number[] = [502, 503, 504];

/** Why there is no answer behind a URL; null: there is one, whatever it says. Never throws. */
export async function silenceOf(url: string, timeout_ms: number): Promise<string | null> {
  try {
    const { origin, pathname } = new URL(url);
    // Without its query, which may be a prompt.
    const answer = await fetch(origin + pathname, {
      redirect: "manual",
      signal: AbortSignal.timeout(timeout_ms),
    });
    await answer.body?.cancel();
    return nobodyThere.includes(answer.status) ? `HTTP ${answer.status}` : null;
  } catch (error) {
    return messageOf(error);
  }
}
