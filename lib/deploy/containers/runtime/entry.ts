/** A container in the ledger: what it takes to find it again, and to be sure that it is this one. */

import { sha256 } from "../../../core/mod.ts";
import type { Resource } from "../../deployer.ts";
import { owed } from "../../ledger.ts";
import type { ContainerFile, ContainerRun } from "../containers_plan.ts";
import { commandOf } from "../containers_plan.ts";
import type { Engine, EngineName } from "./engine.ts";
import { nonceLabel } from "./inspection.ts";

export const kind = "container";

/** Where a container's entry says that it is; null: nowhere. */
export interface Whereabouts {
  readonly engine: EngineName;
  readonly store: string | null;
  readonly host: string | null;
  readonly nonce: string;
}

/** What is written before the container exists. */
export function entryOf(
  run: ContainerRun,
  experiment: string,
  { name: engine, store, host }: Pick<Engine, "name" | "store" | "host">,
  recipe: string,
  nonce: string = crypto.randomUUID(),
): Resource {
  return {
    kind,
    name: run.name,
    id: null,
    tags: {
      ...run.labels,
      [nonceLabel]: nonce,
      ...{ experiment, engine, store, recipe },
      ...host === null ? {} : { host },
    },
  };
}

/** By which its container is found; null where it is no entry of ours. */
export function whereaboutsOf({ tags }: Pick<Resource, "tags">): Whereabouts | null {
  const { engine, store, host, [nonceLabel]: nonce } = tags;
  if (nonce === undefined || (engine !== "docker" && engine !== "podman")) return null;
  return { engine, store: store ?? null, host: host ?? null, nonce };
}

/** What the run still owes of an experiment, oldest first. */
export function owedContainers(run_dir: string, experiment: string): Resource[] {
  return owed(run_dir).filter(({ kind: of, tags }) => of === kind && tags["experiment"] === experiment);
}

/** The other experiments of the run whose containers may still run. */
export function othersOnMachine(run_dir: string, experiment: string): string[] {
  const all = owed(run_dir).filter((entry) => entry.kind === kind).map(({ tags }) =>
    tags["experiment"] ?? ""
  );
  return [...new Set(all)].filter((name) => name !== experiment);
}

/** The same for containers that are started in the same way, whoever they belong to. */
export function recipeOf(
  run: ContainerRun,
  engine: EngineName,
  place: { readonly folder: string; readonly cache: string | null },
  files: readonly ContainerFile[],
): string {
  const command = commandOf({ ...run, labels: {} }, engine, place.folder, place.cache);
  return sha256(JSON.stringify([command, files])).slice(0, 16);
}
