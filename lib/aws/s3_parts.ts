/** Files that are too large for one request: sent in parts, by one part in memory at a time. */

import { createHash } from "node:crypto";
import type { S3Service } from "./s3_client.ts";

/** Files above it are sent in parts of this size: 16 MiB. */
export const partSize: number = 1 << 24;

/** Where the object goes, and what is noted with it. */
export interface PartsTarget {
  readonly Bucket: string;
  readonly Key: string;
  readonly Metadata: Record<string, string>;
}

/** Uploads a file of this machine in parts; the object appears when the last one is there. @returns its etag */
export async function putParts(
  { client, sdk }: S3Service,
  target: PartsTarget,
  file: string,
): Promise<string> {
  const { Metadata, ...at } = target;
  const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand({ ...at, Metadata }));
  try {
    const Parts: { PartNumber: number; ETag: string }[] = [];
    for await (const Body of partsOf(file)) {
      const PartNumber = Parts.length + 1;
      const { ETag = "" } = await client.send(
        new sdk.UploadPartCommand({ ...at, UploadId, PartNumber, Body }),
      );
      Parts.push({ PartNumber, ETag });
    }
    const whole = new sdk.CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } });
    const { ETag = "" } = await client.send(whole);
    return ETag.replaceAll('"', "");
  } catch (error) {
    // Parts that nobody completes would be paid for without being seen.
    await client.send(new sdk.AbortMultipartUploadCommand({ ...at, UploadId })).catch(() => {});
    throw error;
  }
}

/** The etag that S3 gives a file of this machine which is uploaded; another one where the bucket encrypts by KMS. */
export async function etagOf(file: string): Promise<string> {
  const { size } = await Deno.stat(file);
  const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes);
  if (size <= partSize) return md5(await Deno.readFile(file)).digest("hex");
  const whole = createHash("md5");
  let parts = 0;
  for await (const part of partsOf(file)) {
    whole.update(md5(part).digest());
    parts++;
  }
  return `${whole.digest("hex")}-${parts}`;
}

async function* partsOf(file: string): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  using handle = await Deno.open(file);
  const { size } = await handle.stat();
  for (let sent = 0; sent < size; sent += partSize) {
    const bytes = new Uint8Array(Math.min(partSize, size - sent));
    for (let done = 0; done < bytes.length;) {
      const read = await handle.read(bytes.subarray(done));
      if (read === null) throw new Error("the file became shorter while it was read");
      done += read;
    }
    yield bytes;
  }
}
