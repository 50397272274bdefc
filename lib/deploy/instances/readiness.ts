/** Whether the servers of instances answer, and if not, why. */

import { type Clock, redact, UserError } from "../../core/mod.ts";
import { type Ec2, type Instance, instancesBy, passing } from "./ec2_calls.ts";
import { probe } from "../http_probe.ts";
import { consoleOf, refuseEnded } from "./launched.ts";
import type { Server } from "./launch_start.ts";
import { poll, type Polling } from "../polling.ts";
import { consoleMark } from "./user_data.ts";

/** A server of one instance. */
export interface Place {
  readonly instance: string;
  /** `http://203.0.113.9:8080` */
  readonly origin: string;
  readonly server: Server;
}

export interface Readiness {
  readonly experiment: string;
  readonly places: readonly Place[];
  /** Whether the console has to say that all is done. */
  readonly prepares: boolean;
  /** How long an answer may take. */
  readonly probe_timeout_ms: number;
  /** How often the instance itself is looked at meanwhile: its state, its console. */
  readonly look_every_ms: number;
}

const action = "reach the server of";

/** The status of the health of one place, 200 when it is ready, or why there is none. */
export const healthOf = ({ origin, server }: Place, timeout_ms: number) =>
  probe(new URL(server.health_path, origin), timeout_ms);

/**
 * Waits until every server answers 200.
 *
 * @throws {UserError} with what the instance says of itself, if one of them does not, its start failed, or the instance has ended
 */
export async function untilReady(ec2: Ec2, readiness: Readiness, polling: Polling): Promise<void> {
  const { experiment, places, prepares, probe_timeout_ms, look_every_ms } = readiness;
  const { clock } = polling;
  const unready = new Map(places.map((place) => [place, "not asked yet" as string | number]));
  const unfinished = new Set(prepares ? places.map(({ instance }) => instance) : []);
  let looked = clock.now();
  const over = await poll(async () => {
    await Promise.all([...unready.keys()].map(async (place) => {
      const status = await healthOf(place, probe_timeout_ms);
      if (status === 200) unready.delete(place);
      else unready.set(place, status);
    }));
    const healthy = unready.size === 0;
    if (healthy && unfinished.size === 0) return true;
    if (healthy || clock.now() - looked >= look_every_ms) {
      const instances = new Set([...[...unready.keys()].map(({ instance }) => instance), ...unfinished]);
      for (const done of await lookAt(ec2, [...instances], experiment)) unfinished.delete(done);
      looked = clock.now();
    }
    return unready.size === 0 && unfinished.size === 0 ? true : null;
  }, polling);
  if (over) return;
  const [first] = unready;
  const instance = first?.[0].instance ?? [...unfinished][0]!;
  const found = first === undefined
    ? `${instance} is not done with what comes behind the start of its servers`
    : `${new URL(first[0].server.health_path, first[0].origin).href}: ${statusText(first[1])}`;
  throw new UserError({
    action,
    thing: experiment,
    found: `after ${Math.round(polling.limit_ms / 1000)} s, ${found}${await tail(ec2, instance)}`,
    expected: "200",
    remedy:
      "Correct what its console says; or set ready_timeout_seconds higher, ec2.launch.caller_cidr to where you are.",
  });
}

const statusText = (status: string | number) => typeof status === "number" ? `HTTP ${status}` : status;

/** @returns those that are done */
async function lookAt(ec2: Ec2, instances: readonly string[], experiment: string): Promise<string[]> {
  const states = await passing(
    action,
    experiment,
    "ec2:DescribeInstances",
    () => instancesBy(ec2, { "instance-id": instances }),
  );
  refuseEnded(states ?? [], action, experiment);
  const done: string[] = [];
  for (const instance of instances) {
    const lines = (await consoleOf(ec2, instance)).split(/\r?\n/);
    const failed = lines.find((line) => line.includes(`${consoleMark} failed:`));
    if (failed !== undefined) {
      throw new UserError({
        action: "start the server of",
        thing: experiment,
        found: `${instance}: ${redact(failed.slice(failed.indexOf("failed:") + 7).trim())}${lastOf(lines)}`,
        remedy: "Correct what it says.",
      });
    }
    if (lines.some((line) => line.includes(`${consoleMark} done`))) done.push(instance);
  }
  return done;
}

const lastLines = 15;

async function tail(ec2: Ec2, instance: string): Promise<string> {
  return lastOf((await consoleOf(ec2, instance)).split(/\r?\n/));
}

function lastOf(lines: readonly string[]): string {
  const last = lines.map((line) => line.trimEnd()).filter((line) => line !== "").slice(-lastLines);
  return last.length === 0 ? "" : `\nThe last lines of its console:\n${redact(last.join("\n"))}\n`;
}

/** Where the servers of an instance are. Throws UserError when it has no address. */
export function placesOf(
  instance: Instance,
  servers: readonly Server[],
  { privately, originOf }: { privately: boolean; originOf: (address: string, port: number) => string },
): Place[] {
  const { id, public_address, private_address } = instance;
  const address = privately ? private_address ?? public_address : public_address ?? private_address;
  if (address === null) {
    throw new UserError({
      action: "reach the instance",
      thing: id,
      found: "it has no address",
      expected: "ec2.launch.subnet_id: a subnet that gives one to its instances",
    });
  }
  return servers.map((server) => ({ instance: id, origin: originOf(address, server.port), server }));
}

/** Whether all of them are healthy now. */
export async function areHealthy(places: readonly Place[], timeout_ms: number): Promise<boolean> {
  const statuses = await Promise.all(places.map((place) => healthOf(place, timeout_ms)));
  return statuses.every((status) => status === 200);
}

/** How long something took, in seconds. */
export const secondsSince = (clock: Clock, begun: number) => (clock.now() - begun) / 1000;
