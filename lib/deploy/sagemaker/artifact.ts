/** The tar file in which SageMaker brings serving.properties to the container. */

import { gzipSync } from "node:zlib";
import { packTar } from "modern-tar";

/** Place of the byte in a gzip header that names the system it was made on. */
const systemByte = 9;

/** `model.tar.gz` with one file. The same content makes the same bytes, whenever and wherever. */
export async function packArtifact(properties: string): Promise<Uint8Array> {
  const body = new TextEncoder().encode(properties);
  const header = { name: "serving.properties", size: body.length, mode: 0o644, mtime: new Date(0) };
  const packed = new Uint8Array(gzipSync(await packTar([{ header, body }])));
  packed[systemByte] = 0xff;
  return packed;
}
