/** Folders of this machine that containers see, and ports that they take. */

import { join, resolve } from "node:path";
import { sha256, UserError } from "../../../core/mod.ts";
import { writeAtomic } from "../../../storage/mod.ts";
import type { Cache, ContainersPlan } from "../containers_plan.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the files of an experiment's containers are, and of no other experiment. */
export function filesFolder(run_dir: string, experiment: string): string {
  const plain = experiment.replace(/[^A-Za-z0-9._-]+/g, "_").replace(/^\.+/, "_");
  const name = plain === experiment ? plain : `${plain}-${sha256(experiment).slice(0, 6)}`;
  return join(run_dir, "models", "containers", name);
}

/** Writes the files in place of those of an earlier deployment. Servers under other users read them. */
export async function writeFiles(folder: string, { files }: ContainersPlan): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  for (const { path, content, mode = 0o644 } of files) {
    await writeAtomic(join(folder, path), content, { mode });
  }
}

/**
 * The user's own folder of models, so that what is downloaded once is there for the next run; made where there is none.
 *
 * @returns null where the container has no such folder
 */
export async function modelsFolder(cache: Cache | null, env: Environment): Promise<string | null> {
  if (cache === null) return null;
  const folder = modelsPath(cache, env);
  await Deno.mkdir(folder, { recursive: true });
  return folder;
}

/** Where that folder is: where the program itself, run without a container, would have it. */
export function modelsPath({ kind }: Cache, env: Environment): string {
  const home = env["HOME"] ?? env["USERPROFILE"] ?? ".";
  const caches = env["XDG_CACHE_HOME"] || join(home, ".cache");
  const path = {
    hub: join(env["HF_HOME"] || join(caches, "huggingface"), "hub"),
    llama_cpp: env["LLAMA_CACHE"] || join(caches, "llama.cpp"),
    ollama: join(home, ".ollama"),
  }[kind];
  return resolve(path);
}

/** Refuses ports that somebody listens at: a server there would be measured in place of ours. */
export function expectFreePorts({ copies, balancer, host_port }: ContainersPlan): void {
  const wanted = copies.flatMap(({ ports }) =>
    ports.map(({ address, host }) => ({ hostname: address, port: host }))
  );
  if (balancer?.host_network) wanted.push({ hostname: "127.0.0.1", port: host_port });
  for (const { hostname, port } of wanted) {
    try {
      Deno.listen({ hostname, port }).close();
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
      throw new UserError({
        action: "start containers at the port",
        thing: String(port),
        found: "something listens there already",
        remedy:
          "End it, or write another port into `ep_name` of the experiment; copies take the ports that follow.",
      });
    }
  }
}
