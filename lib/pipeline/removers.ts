/** Who removes what a run created beside its endpoints. */

import type { Config } from "../config/mod.ts";
import type { Remover } from "../deploy/mod.ts";
import { fleetJobRemover } from "../fleet/mod.ts";

/**
 * For every removal.
 *
 * @param config whose fleet's engine is asked for jobs that no ledger knows; null: none is
 */
export function removersFor(config: Pick<Config, "load"> | null = null): readonly Remover[] {
  return [fleetJobRemover(config?.load.fleet ?? null)];
}
