/** What carries our tags and no run looks after any more: `fmbench cleanup --orphans`. */

import { messageOf } from "../core/mod.ts";
import type { OrphanScope, Removal, Remover, TaggedResource } from "./deployer.ts";
import { hasExpired } from "./ownership.ts";
import { deployerOf, deployers } from "./registry.ts";

/** What was found, and where nobody could look. */
export interface OrphanSearch {
  readonly found: readonly TaggedResource[];
  /** One line for each place that could not be searched. */
  readonly failures: readonly string[];
}

/**
 * Looks for everything with our tags, in all targets. What is found stays as it is.
 *
 * @param removers of what no deployment target knows
 */
export async function findTagged(
  scope: OrphanScope,
  removers: readonly Remover[] = [],
): Promise<OrphanSearch> {
  const found: TaggedResource[] = [];
  const failures: string[] = [];
  await Promise.all([...deployers, ...removers].map(async (deployer) => {
    try {
      found.push(...await deployer.findTagged?.(scope) ?? []);
    } catch (error) {
      failures.push(messageOf(error));
    }
  }));
  return { found, failures };
}

/** Which of what was found is to be removed. */
export interface OrphanChoice {
  readonly now: Date;
  /** Of this owner only. */
  readonly owner?: string;
  /** Of this run only, whether its time is over or not. */
  readonly run_id?: string;
}

/** Whether it is to be removed; a reason why not, else null. */
export function reasonToKeep(
  { ownership }: TaggedResource,
  { now, owner, run_id }: OrphanChoice,
): string | null {
  if (owner !== undefined && ownership.owner !== owner) return `it belongs to ${ownership.owner}`;
  if (run_id !== undefined) return ownership.run_id === run_id ? null : `it is of run ${ownership.run_id}`;
  return hasExpired(ownership, now) ? null : `its time ends at ${ownership.expires_at}`;
}

/** Removes one of them. Throws UserError when it is still there. */
export function removeTagged(
  resource: TaggedResource,
  { env, log }: OrphanScope,
  removers: readonly Remover[] = [],
): Promise<Removal> {
  const remover = removers.find(({ kinds }) => kinds.includes(resource.kind)) ?? deployerOf(resource.kind)!;
  return remover.remove(resource, { run_dir: null, env, log });
}
