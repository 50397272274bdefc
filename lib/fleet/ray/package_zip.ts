/** A package as Ray takes it: one zip file, the same bytes for the same files. */

import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { showNumber, UserError } from "../../core/mod.ts";
import type { PackageFile } from "./package_files.ts";

/** The earliest date that a zip file can say; it says local time, so that this is the same everywhere. */
const noDate = new Date(1980, 0, 1);

/** What the dashboard takes in one request, in bytes. */
export const most_bytes = 100 * 1024 ** 2;

/**
 * Files with their rights to be run; without dates and owners.
 *
 * @throws {UserError} if it gets larger than Ray takes
 */
export async function packageZip(
  folder: string,
  files: readonly PackageFile[],
): Promise<Uint8Array<ArrayBuffer>> {
  const zip = new ZipWriter(new Uint8ArrayWriter(), {
    lastModDate: noDate,
    extendedTimestamp: false,
    keepOrder: true,
    useWebWorkers: false,
  });
  for (const { path, source, executable } of files) {
    const unixMode = executable ? 0o100755 : 0o100644;
    await zip.add(path, new Uint8ArrayReader(await Deno.readFile(source)), { unixMode });
  }
  const bytes = await zip.close();
  if (bytes.length <= most_bytes) return bytes as Uint8Array<ArrayBuffer>;
  throw new UserError({
    action: "send the package",
    thing: folder,
    found: `it has ${showNumber(bytes.length / 1024 ** 2)} MiB when it is packed`,
    expected: `at most ${most_bytes / 1024 ** 2} MiB, which is what Ray takes`,
    remedy: "Take out of the folder what the worker program does not need.",
  });
}
