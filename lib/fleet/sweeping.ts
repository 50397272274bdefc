/** What workers leave in the storage, once all that counts of them is at home. */

import { messageOf } from "../core/mod.ts";
import { inParallel, type Storage } from "../storage/mod.ts";
import { partsFolder } from "./part_uploader.ts";
import { shardPath } from "./shipping.ts";

const lanes = 16;

/**
 * Takes the shards and parts of workers out of the storage. Their programs must be gone, and they must be settled.
 *
 * @returns what is to be said when something can't be removed: it does no harm there; null: all is gone
 */
export async function sweep(
  storage: Storage,
  segment: string,
  workers: readonly string[],
): Promise<string | null> {
  try {
    for (const worker of workers) {
      const paths = [shardPath(segment, worker), ...await storage.list(partsFolder(segment, worker))];
      await inParallel(paths, lanes, (path) => storage.remove(path));
    }
    return null;
  } catch (error) {
    return `What the workers wrote is still in ${storage.address}/fleet: ${messageOf(error)}`;
  }
}
