/** Where the copy lies of a config that is on the web or in a bucket. Who fetches configs puts it there; readers find it. */

import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { cacheFolder, isS3Address, parseS3Address } from "../storage/mod.ts";

/** Whether a name is an address: `s3://bucket/key` or `https://...`. */
export function isAddress(name: string): boolean {
  return isS3Address(name) || /^https?:\/\//i.test(name);
}

/**
 * The path of the copy, whether it is there or not: under its own name, in a folder that no other address shares on the web.
 *
 * @throws {UserError} if it is no address of an object
 * @throws {TypeError} if it is no URL
 */
export function copyOf(address: string): string {
  if (isS3Address(address)) {
    const { bucket, key } = parseS3Address(address);
    return join(cacheFolder("s3"), bucket, key);
  }
  const { href, pathname } = new URL(address);
  const place = createHash("sha256").update(href).digest("hex").slice(0, 16);
  return join(cacheFolder("https"), place, basename(pathname) || "config.yml");
}
