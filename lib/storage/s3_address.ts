/** `s3://bucket/key`: the name of an object, or of all objects below a prefix. */

import { UserError } from "../core/mod.ts";
import { normalPath } from "./storage.ts";

/** What an `s3://` address names. */
export interface S3Address {
  readonly bucket: string;
  /** Without slashes at its ends; empty for the whole bucket. */
  readonly key: string;
}

/** Whether a text is meant as an `s3://` address. */
export function isS3Address(text: string): boolean {
  return /^s3:/i.test(text);
}

/** Whether a text can be the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens. */
export function isBucketName(text: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text) && !text.includes("..");
}

/** Takes an address apart. Throws UserError when it is none. */
export function parseS3Address(address: string): S3Address {
  const [, bucket = "", key = ""] = /^s3:\/\/([^/]+)(?:\/(.*))?$/i.exec(address) ?? [];
  if (!isBucketName(bucket)) {
    throw new UserError({
      action: "read the address",
      thing: address,
      found: bucket === "" ? "it names no bucket" : `"${bucket}" can't be the name of a bucket`,
      expected: "s3://bucket/key",
    });
  }
  return { bucket, key: normalPath(key.replace(/^\/+/, "")) };
}

/** An address of its parts. */
export function showS3Address({ bucket, key }: S3Address): string {
  return key === "" ? `s3://${bucket}` : `s3://${bucket}/${key}`;
}
