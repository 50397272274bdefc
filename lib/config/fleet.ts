/** Who runs the load processes, with everything settled that the config leaves open. */

import type { WrittenConfig } from "./schema.ts";

type WrittenFleet = NonNullable<WrittenConfig["load"]["fleet"]>;

/** Load processes on other machines. null: as it is where nothing is said. */
export interface Fleet {
  readonly engine: Exclude<WrittenFleet["engine"], "local">;
  readonly address: string | null;
  readonly workers: number;
  readonly per_node: number | null;
  readonly resources: Readonly<Record<string, number>>;
  readonly storage: string | null;
  readonly listen: string;
  readonly advertise: string | null;
  readonly image: string | null;
  readonly namespace: string | null;
  readonly command: readonly string[] | null;
}

/** null: this machine runs them. */
export function settleFleet({ fleet, workers }: WrittenConfig["load"]): Fleet | null {
  if (fleet === undefined || fleet.engine === "local") return null;
  const { engine, resources = {}, listen = "0.0.0.0:0" } = fleet;
  return {
    engine,
    address: fleet.address ?? null,
    workers: fleet.workers ?? (workers === "auto" ? 1 : workers),
    per_node: fleet.per_node ?? null,
    resources,
    storage: fleet.storage ?? null,
    listen,
    advertise: fleet.advertise ?? null,
    image: fleet.image ?? null,
    namespace: fleet.namespace ?? null,
    command: fleet.command ?? null,
  };
}

/** Load processes of this machine. */
export function localWorkers({ fleet, workers }: WrittenConfig["load"]): WrittenConfig["load"]["workers"] {
  return fleet?.engine === "local" ? fleet.workers ?? workers : workers;
}
