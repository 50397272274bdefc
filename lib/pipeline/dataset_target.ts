/** Where a user's own data set is written to. */

import { resolve } from "node:path";
import { s3Folder } from "../aws/mod.ts";
import { isS3Address, parseS3Address, showS3Address } from "../storage/mod.ts";
import { bucketAccess } from "./mirroring.ts";
import { projectRoot } from "./project.ts";

/** A folder of this machine, or of a bucket. */
export type Target =
  | { readonly bucket: null; readonly folder: string }
  | { readonly bucket: string; readonly key: string };

/** What an option `folder` names. Throws UserError for an address that is none. */
export function targetOf(folder: string): Target {
  if (!isS3Address(folder)) return { bucket: null, folder: resolve(projectRoot, folder) };
  const { bucket, key } = parseS3Address(folder);
  return { bucket, key: key === "" ? "source_data" : key };
}

/** Puts a file into the bucket. Throws S3Error. */
export async function upload(
  path: string,
  { bucket, key }: Target & { readonly bucket: string },
  file: string,
): Promise<void> {
  const folder = await s3Folder(showS3Address({ bucket, key }), bucketAccess(null));
  try {
    await folder.upload(file, path);
  } finally {
    folder.close();
  }
}
