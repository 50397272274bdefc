/** A process of this machine as the ledger has it. */

import { UserError } from "../../core/mod.ts";
import type { Resource } from "../deployer.ts";
import { showsMarks } from "./process_table.ts";
import type { TreeMark } from "./process_tree.ts";

/**
 * What its processes are known by: the tag `nonce` and, once they were started, its id and the tag `started`.
 *
 * @param remedy what to do where it can't be looked for
 * @throws {UserError} if only the intent is known, and this system does not tell what processes were started with
 */
export function treeOf({ id, name, tags: { nonce = "", started } }: Resource, remedy: string): TreeMark {
  if (id === null && !showsMarks) {
    throw new UserError({
      action: "look for the process of",
      thing: name,
      found: "its start was cut short, and this system does not show what processes were started with",
      remedy,
    });
  }
  return { nonce, first: id === null || started === undefined ? null : { pid: Number(id), started } };
}
