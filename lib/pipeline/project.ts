/** Where the program itself lies. */

import { fileURLToPath } from "node:url";
import { dirname } from "node:path";

/** The folder that holds `deno.json`. */
export const projectRoot: string = fileURLToPath(new URL("../../", import.meta.url)).replace(/[/\\]$/, "");

/** The folder of the shipped notebooks. */
export const notebooksDir = `${projectRoot}/notebooks`;

/** The file name of the running Deno, for children that must be the same version. */
export const denoPath: string = Deno.execPath();

/** `PATH` with the running Deno first, so that a kernelspec's plain `deno` is this one. */
export function pathWithDeno(): string {
  return `${dirname(denoPath)}:${Deno.env.get("PATH") ?? ""}`;
}
