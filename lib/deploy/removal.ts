/** Settling the ledger: removing all that a run still owes. */

import { complain, messageOf, UserError } from "../core/mod.ts";
import type { Removal, RemovalContext, Remover, Resource } from "./deployer.ts";
import { owed, record } from "./ledger.ts";
import { deployerOf } from "./registry.ts";

/** Settings of a removal: its context, and who removes what no deployment target does. */
export interface RemovalSettings extends Partial<RemovalContext> {
  readonly removers?: readonly Remover[];
}

export interface RemovedResource {
  readonly kind: string;
  readonly name: string;
  readonly id: string | null;
  readonly outcome: Removal;
}

/**
 * Removes everything that the run created, whatever state it is in, and says so in the ledger. Called again, it finds
 * nothing to do.
 *
 * @returns what it dealt with, the youngest first
 * @throws {UserError} after all else is removed, if something is left: one line each
 */
export async function removeAll(
  run_dir: string,
  settings: RemovalSettings = {},
): Promise<RemovedResource[]> {
  const removed: RemovedResource[] = [];
  const failures: string[] = [];
  for (const resource of owed(run_dir).reverse()) {
    try {
      removed.push(await removeOne(run_dir, resource, settings));
    } catch (error) {
      failures.push(messageOf(error));
    }
  }
  if (failures.length > 0) throw new UserError(failures.join("\n"));
  return removed;
}

/** Removes one resource and says so in the ledger. Throws UserError when it is still there. */
export async function removeOne(
  run_dir: string,
  resource: Resource,
  { removers = [], ...settings }: RemovalSettings = {},
): Promise<RemovedResource> {
  const { kind, name, id } = resource;
  const deployer = removers.find(({ kinds }) => kinds.includes(kind)) ?? deployerOf(kind);
  if (deployer === null) {
    throw new UserError(complain({
      action: "remove",
      thing: `${kind} ${name}`,
      found: "this version of the program does not know its kind",
      remedy: "Remove it by hand, or with the version that created it.",
    }));
  }
  const context = { run_dir, env: Deno.env.toObject(), log: () => {}, ...settings };
  const outcome = await deployer.remove(resource, context);
  record(run_dir, "deleted", resource);
  return { kind, name, id, outcome };
}
