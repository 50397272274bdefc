/** The region of the AWS profile in use, from the file that the AWS command line keeps it in. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * `region` of the profile that `AWS_PROFILE` names, else of `default`, in `AWS_CONFIG_FILE` or `~/.aws/config`; null when there is
 * no such file, or nothing in it.
 */
export function profileRegion(env: Readonly<Record<string, string | undefined>>): string | null {
  const home = env["HOME"] || env["USERPROFILE"];
  const path = env["AWS_CONFIG_FILE"] || (home ? join(home, ".aws", "config") : null);
  if (path === null) return null;
  const profile = env["AWS_PROFILE"] || "default";
  let within = false;
  for (const line of linesOf(path)) {
    const [, section] = /^\s*\[\s*(.*?)\s*\]/.exec(line) ?? [];
    if (section !== undefined) within = section.replace(/^profile\s+/, "") === profile;
    else if (within) {
      const [, region] = /^region\s*=\s*([\w-]+)/.exec(line) ?? [];
      if (region !== undefined) return region;
    }
  }
  return null;
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split(/\r?\n/);
  } catch {
    return [];
  }
}
