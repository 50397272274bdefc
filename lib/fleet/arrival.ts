/** Waits until a fleet's programs run, and tells what keeps them from it. */

import { Interrupted, showDuration, UserError, version } from "../core/mod.ts";
import type { FleetEngine, FleetJob, FleetWorkerState } from "./engine.ts";
import type { FleetMember } from "./fleet_member.ts";

export interface ArrivalOptions {
  readonly engine: FleetEngine;
  readonly job: FleetJob;
  readonly members: readonly FleetMember[];
  readonly signal: AbortSignal;
  /** The engine is asked so often. */
  readonly look_ms: number;
  /** How long it may take. */
  readonly limit_ms: number;
}

/**
 * Resolves when all have come.
 *
 * @throws {UserError} when one fails or is another version of this program, or the time is over
 */
export async function allArrived(options: ArrivalOptions): Promise<void> {
  const { engine, job, members, signal, look_ms, limit_ms } = options;
  const until = performance.now() + limit_ms;
  const arrived = Promise.all(members.map((member) => member.arrived)).then(() => true);
  for (;;) {
    if (signal.aborted) throw new Interrupted("The load was stopped while its workers were started.");
    if (await Promise.race([arrived, pause(look_ms, signal)])) break;
    const states = await engine.states(job);
    const failed = states.find(({ index, status }) => status === "failed" && members[index]?.node === null);
    if (failed !== undefined) throw await failure(options, failed);
    if (performance.now() > until) throw late(options, states);
  }
  const lost = members.find(({ lost }) => lost !== null);
  if (lost !== undefined) throw refusal(options, `${lost.post.name} is lost again: ${lost.lost}`);
  const other = members.find(({ node }) => node !== null && node.version !== version);
  if (other !== undefined) {
    throw refusal(
      options,
      `${other.node?.host} runs version ${other.node?.version} of this program, and this is ${version}`,
      "Use an image of this version.",
    );
  }
}

/** Resolves to false after so long, or when nobody waits any more. */
function pause(ms: number, signal: AbortSignal): Promise<false> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", over);
      resolve(false);
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener("abort", over);
  });
}

async function failure({ engine, job }: ArrivalOptions, { index, node, reason }: FleetWorkerState) {
  const said = await engine.logs(job, index);
  return refusal(
    { engine, job },
    `worker ${index}${node === null ? "" : ` on ${node}`} failed: ${reason ?? "nobody knows why"}${
      said === null ? "" : `. It said: ${said}`
    }`,
  );
}

function late({ engine, job, members, limit_ms }: ArrivalOptions, states: readonly FleetWorkerState[]) {
  const missing = members.filter(({ node }) => node === null);
  const state = states.find(({ index }) => index === missing[0]?.index);
  const why = state === undefined
    ? ""
    : `; the first of them is ${state.status}${state.reason === null ? "" : ` (${state.reason})`}`;
  return refusal(
    { engine, job },
    `${missing.length} of ${members.length} workers did not report within ${showDuration(limit_ms)}${why}`,
    "See that their machines reach this one: load.fleet.advertise and load.fleet.listen.",
  );
}

function refusal(
  { engine, job }: Pick<ArrivalOptions, "engine" | "job">,
  found: string,
  remedy?: string,
): UserError {
  return new UserError({
    action: `send load with ${job.workers} workers on ${engine.name} as`,
    thing: job.name,
    found,
    ...remedy === undefined ? {} : { remedy },
  });
}
