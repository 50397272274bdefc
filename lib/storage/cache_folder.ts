/** Where copies of what lies elsewhere are kept between runs. */

import { join } from "node:path";
import process from "node:process";

/**
 * `fmbench/<kind>` in the user's cache folder. What is in it can be had again: it may be deleted at any time.
 *
 * @param kind e.g. `s3`
 */
export function cacheFolder(
  kind: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const home = env["HOME"] ?? env["USERPROFILE"] ?? ".";
  return join(env["XDG_CACHE_HOME"] || join(home, ".cache"), "fmbench", kind);
}
