/** A fleet's job as the ledger knows it: what it takes to stop it when the run that began it is no more. */

import { UserError } from "../core/mod.ts";
import type { OrphanScope, RemovalContext, Remover, Resource, TaggedResource } from "../deploy/mod.ts";
import type { FleetEngine } from "./engine.ts";
import { kubernetesEngine } from "./kubernetes.ts";
import { rayEngine } from "./ray.ts";

export const fleetJobKind = "fleet_job";

/** What engine it is, and where. */
export interface EngineChoice {
  readonly engine: "ray" | "kubernetes";
  readonly address: string | null;
  readonly namespace: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Opens an engine. @throws {UserError} if Ray's address is missing or none */
export function openEngine(
  { engine, address, namespace }: EngineChoice,
  env: Environment,
): FleetEngine & Partial<AsyncDisposable> {
  if (engine === "kubernetes") return kubernetesEngine({ address, namespace, env });
  const url = address ?? env["RAY_API_SERVER_ADDRESS"] ?? env["RAY_ADDRESS"];
  if (url !== undefined && /^https?:/.test(url)) return rayEngine({ address: url, env });
  throw new UserError({
    action: "reach the Ray cluster at",
    thing: url ?? "",
    found: "it is no URL",
    expected: "the URL of its dashboard, such as http://10.0.0.5:8265",
    remedy: "Set load.fleet.address, or RAY_API_SERVER_ADDRESS.",
  });
}

/** The ledger's entry. */
export function jobResource(
  name: string,
  choice: EngineChoice,
  { segment, storage }: { readonly segment: string; readonly storage: string },
): Resource {
  const { engine, address, namespace } = choice;
  return {
    kind: fleetJobKind,
    name,
    id: null,
    tags: {
      engine,
      ...(address === null ? {} : { address }),
      ...(namespace === null ? {} : { namespace }),
      segment,
      storage,
    },
  };
}

/** Reads the entry. */
export function choiceOf({ tags }: Pick<Resource, "tags">): EngineChoice {
  return {
    engine: tags["engine"] === "kubernetes" ? "kubernetes" : "ray",
    address: tags["address"] ?? null,
    namespace: tags["namespace"] ?? null,
  };
}

/** A job without a controller ends by itself within seconds; its record, or what of it waits for room, is nobody's after a day. */
const expires_ms = 24 * 3_600_000;

/** Stops the jobs of runs, by their ledgers or by what an engine lists. */
export function fleetJobRemover(choice: EngineChoice | null, open = openEngine): Remover {
  return {
    kinds: [fleetJobKind],
    async remove(resource: Resource, { env }: RemovalContext) {
      await using engine = disposable(open(choiceOf(resource), env));
      const { name } = resource;
      const there = (await engine.list()).some((job) => job.name === name);
      await engine.stop({ name });
      return there ? "removed" : "already gone";
    },
    async findTagged({ env }: OrphanScope): Promise<readonly TaggedResource[]> {
      if (choice === null) return [];
      await using engine = disposable(open(choice, env));
      return (await engine.list()).map(({ name, run_id, created_at, active }) => ({
        ...jobResource(name, choice, { segment: "", storage: "" }),
        ownership: {
          run_id,
          owner: "",
          expires_at: new Date(Date.parse(created_at ?? "1970-01-01T00:00:00Z") + expires_ms).toISOString(),
        },
        description: `load processes ${name} on ${choice.engine} ${choice.address ?? ""}${
          active ? "" : " (ended)"
        }`.trimEnd(),
      }));
    },
  };
}

function disposable<E extends FleetEngine & Partial<AsyncDisposable>>(engine: E): E & AsyncDisposable {
  const close = engine[Symbol.asyncDispose];
  return Object.assign(engine, {
    [Symbol.asyncDispose]: async () => {
      await close?.call(engine);
    },
  });
}
