/** Step 3 on other machines: what of a load's sending a fleet changes. */

import { join } from "node:path";
import {
  Fleet,
  openEngine,
  openFleetStorage,
  programPackage,
  readFleetLog,
  recoverFleet,
} from "../../fleet/mod.ts";
import type { Hire } from "../../load/mod.ts";
import { isS3Address, localFolder, type Storage } from "../../storage/mod.ts";
import type { Run } from "../../run/mod.ts";
import type { StepContext } from "../context.ts";

/** Ends what an earlier start of the load left running elsewhere, and takes over what it left in the storage. */
export function settleEarlierFleets(step: StepContext): Promise<void> {
  return recoverFleet({
    run_dir: step.run.paths.root,
    env: Deno.env.toObject(),
    log: (text) => step.log("notice", text),
  });
}

/**
 * Sends by the fleet that the config names, which is gone again when this settles; without one by processes of this machine.
 *
 * @param needed false: nothing is left to send
 * @param send what sends; null: it starts processes by itself
 */
export async function withFleet<T>(
  step: StepContext,
  needed: boolean,
  send: (hire: Hire | null) => Promise<T>,
): Promise<T> {
  const settings = step.config.load.fleet;
  if (settings === null || !needed) return await send(null);
  const { run } = step;
  const run_dir = await Deno.realPath(run.paths.root);
  const engine = openEngine(settings, Deno.env.toObject());
  const package_dir = settings.engine === "ray" ? await programPackage() : null;
  try {
    const fleet = new Fleet({
      settings,
      engine,
      engine_address: hostOf(settings.address),
      run_id: run.id,
      run_dir,
      storage: await storageOf(settings.storage, run, run_dir),
      package_dir,
      certify: step.config.certify,
      log: (text) => step.log("info", text),
    });
    try {
      return await send(fleet.hire);
    } finally {
      await fleet.close();
    }
  } finally {
    await engine[Symbol.asyncDispose]?.();
    if (package_dir !== null) await Deno.remove(package_dir, { recursive: true });
  }
}

/** Number of the last start of the load by a fleet, whatever came of it; 0 before the first. */
export async function lastFleetSegment({ paths }: Run): Promise<number> {
  const lines = await readFleetLog(paths.root);
  return lines.reduce((last, { segment }) => Math.max(last, Number(segment.slice(1)) || 0), 0);
}

/** How many workers a segment lost. */
export async function lostWorkers({ paths }: Run, segment: string): Promise<number> {
  const lines = await readFleetLog(paths.root);
  return lines.filter((line) => line.event === "lost" && line.segment === segment).length;
}

/** Runs of one storage have a folder each; without one, the run directory itself is what all see. */
function storageOf(address: string | null, { id }: Run, run_dir: string): Promise<Storage> {
  if (address === null) return Promise.resolve(localFolder(run_dir));
  return openFleetStorage(isS3Address(address) ? `${address.replace(/\/+$/, "")}/${id}` : join(address, id));
}

function hostOf(address: string | null): { hostname: string; port: number } | null {
  const url = address === null ? null : URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  return { hostname: url.hostname.replace(/^\[|\]$/g, ""), port };
}
