/** The storage that controller and workers share. */

import { isAbsolute } from "node:path";
import { UserError } from "../core/mod.ts";
import { isS3Address, localFolder, type Storage } from "../storage/mod.ts";

/**
 * Opens it.
 *
 * @param address `s3://bucket/prefix`, or the absolute path of a folder that all machines see under that name
 * @throws {UserError} for any other address
 */
export async function openFleetStorage(address: string): Promise<Storage> {
  if (isS3Address(address)) {
    // The SDK is loaded only where there is a bucket.
    const { s3Folder } = await import("../aws/mod.ts");
    return await s3Folder(address);
  }
  if (isAbsolute(address)) return localFolder(address);
  throw new UserError({
    action: "open the storage of a fleet",
    thing: address,
    found: "it is neither a bucket nor the whole path of a folder",
    expected: "s3://bucket/prefix, or /a/folder/that/all/machines/see",
  });
}
