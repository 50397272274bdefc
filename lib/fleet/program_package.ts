/** The folder that travels to the machines of a cluster: this program, without what no worker needs. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What a worker program, the load, the certification and a bucket as storage are made of. */
const areas: readonly string[] = [
  ...["core", "storage", "transport", "metrics", "aws", "predict", "load", "simulate", "certify"],
  "fleet",
];

/**
 * Makes the folder; whoever asked for it removes it.
 *
 * @returns its path: `deno run lib/fleet/remote_worker.ts` works in it
 */
export async function programPackage(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "fmbench-package-" });
  const config = JSON.parse(await Deno.readTextFile(join(root, "deno.json"))) as Record<string, unknown>;
  const { name, version, license, lock, imports, compilerOptions } = config;
  const own = {
    ...{ name, version, license, lock, imports, compilerOptions },
    // Packages come from the machine's own cache, or are fetched when they are needed; no folder is filled with all of them.
    nodeModulesDir: "none",
  };
  await Deno.writeTextFile(join(folder, "deno.json"), JSON.stringify(own, null, 2) + "\n");
  await Deno.copyFile(join(root, "deno.lock"), join(folder, "deno.lock"));
  for (const area of areas) await copyFolder(join(root, "lib", area), join(folder, "lib", area));
  return folder;
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(join(from, name), join(to, name));
    else await Deno.copyFile(join(from, name), join(to, name));
  }
}
