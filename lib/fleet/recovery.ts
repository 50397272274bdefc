/** Before a load goes on: what an earlier controller left running is stopped for sure, and what came of it is brought home. */

import { owed, readLedger, removeOne } from "../deploy/mod.ts";
import { openFleetStorage } from "./fleet_storage.ts";
import { fleetJobKind, fleetJobRemover, type openEngine } from "./job_resource.ts";
import { settleLateParts } from "./late_parts.ts";

export interface RecoveryOptions {
  readonly run_dir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: (text: string) => void;
  /** @default the engines there are */
  readonly open?: typeof openEngine;
}

/**
 * Ends all jobs of fleets that the run still owes, and takes over what the workers of all segments left in the storage: also of jobs that
 * a cleanup has ended meanwhile. A run without any is left alone.
 *
 * @throws {UserError} if one can't be stopped: its workers might send what is sent anew
 */
export async function recoverFleet({ run_dir, env, log, open }: RecoveryOptions): Promise<void> {
  const ours = ({ kind }: { kind: string }) => kind === fleetJobKind;
  for (const job of owed(run_dir).filter(ours)) {
    await removeOne(run_dir, job, { env, log, removers: [fleetJobRemover(null, open)] });
    log(`stopped ${job.name}, which an earlier start had left`);
  }
  const storages = new Set(readLedger(run_dir).filter(ours).flatMap(({ tags }) => tags["storage"] ?? []));
  for (const address of storages) {
    const brought = await settleLateParts(run_dir, await openFleetStorage(address));
    if (brought > 0) log(`brought home ${brought} lines that workers had left in ${address}`);
  }
}
