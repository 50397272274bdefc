/** What Ray is told of one copy: command, environment, working directory, and what is set aside for it. */

import { UserError } from "../../core/mod.ts";
import { shellCommand } from "../../deploy/mod.ts";
import { type FleetJob, type FleetResources, workerVariable } from "../engine.ts";

/** Tags of every copy. */
export const tags = { run_id: "fmbench_run", segment: "fmbench_segment", worker: "fmbench_worker" } as const;

export function submissionId(name: string, index: number): string {
  return `${name}-${index}`;
}

/** The index that a job of ours has among those of its name; null: it is another one. */
export function indexIn(name: string, submission_id: string): number | null {
  if (!submission_id.startsWith(`${name}-`)) return null;
  const digits = submission_id.slice(name.length + 1);
  return /^\d+$/.test(digits) ? Number(digits) : null;
}

/**
 * Every node has 1 of any resource with such a name, without being told so: Ray's own way (of Serve, for one) to limit how many of a kind are
 * on one node.
 */
const one_each = "node:__internal_implicit_resource_";

/** Ray counts in ten thousandths; up to this many, shares of a whole come out even. */
export const most_per_node = 100;

/** @param workdir URI of the package; null: none */
export function submissionOf(
  job: FleetJob,
  index: number,
  workdir: string | null,
): Readonly<Record<string, unknown>> {
  const { name, run_id, segment, command, env } = job;
  return {
    submission_id: submissionId(name, index),
    // The shell gives way to the program: what ends the one ends the other, also when a node dies.
    entrypoint: `exec ${shellCommand(command)}`,
    ...setAside(job),
    runtime_env: {
      env_vars: { ...env, [workerVariable]: String(index) },
      ...(workdir === null ? {} : { working_dir: workdir }),
    },
    metadata: { [tags.run_id]: run_id, [tags.segment]: segment, [tags.worker]: String(index) },
  };
}

function setAside({ name, per_node, resources }: FleetJob): Readonly<Record<string, unknown>> {
  const { cpu, memory, custom } = needOf(resources);
  const share = Math.floor(10_000 / (per_node ?? most_per_node)) / 10_000;
  return {
    entrypoint_num_cpus: cpu,
    ...(memory === 0 ? {} : { entrypoint_memory: memory }),
    // A job that asks for nothing is put on the head node.
    entrypoint_resources: {
      ...custom,
      ...(per_node === null && cpu > 0 ? {} : { [one_each + name]: share }),
    },
  };
}

/** What one copy needs. `memory` in bytes. */
export function needOf(
  { cpu = 1, memory_gb = 0, ...custom }: FleetResources,
): { readonly cpu: number; readonly memory: number; readonly custom: Readonly<Record<string, number>> } {
  const known = Object.entries(custom).flatMap(([name, amount]) =>
    amount === undefined ? [] : [[name, amount]]
  );
  return { cpu, memory: Math.round(memory_gb * 1e9), custom: Object.fromEntries(known) };
}

/** @throws {UserError} for a limit that Ray can't keep, and for a variable that it would change */
export function checkJob({ per_node, env }: Pick<FleetJob, "per_node" | "env">): void {
  if (per_node !== null && !(per_node >= 1 && per_node <= most_per_node)) {
    throw new UserError({
      action: "start on Ray with load.fleet.per_node",
      thing: String(per_node),
      found: "Ray can't keep such a limit",
      expected: `1 to ${most_per_node}`,
      remedy: "Leave it out, and let load.fleet.resources say how many have room.",
    });
  }
  for (const [name, value] of Object.entries(env)) {
    if (!/\$[\w{]/.test(value)) continue;
    throw new UserError({
      action: "give workers on Ray the variable",
      thing: name,
      found: "its value has a dollar sign before a name, which Ray takes for another variable and replaces",
      remedy: "Use a value without one.",
    });
  }
}
