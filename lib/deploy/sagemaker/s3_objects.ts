/** Objects that a run places in a bucket of the user's: they carry its tags, and only such are removed. */

import { openS3, s3Error, type S3Options, type S3Service } from "../../aws/mod.ts";
import { UserError } from "../../core/mod.ts";
import { type S3Address, showS3Address } from "../../storage/mod.ts";
import type { Removal } from "../deployer.ts";
import { tagKeys } from "../ownership.ts";

export type Tags = Readonly<Record<string, string>>;

/** Opens S3 in a region, and closes it. */
export async function withS3<T>(options: S3Options, body: (s3: S3Service) => Promise<T>): Promise<T> {
  const s3 = await openS3(options);
  try {
    return await body(s3);
  } finally {
    s3.client.destroy();
  }
}

/** Makes calls whose errors say what was to be done. */
export async function asking<T>(
  { endpoint }: S3Service,
  action: string,
  at: S3Address,
  permission: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw s3Error(error, { action, thing: showS3Address(at), bucket: at.bucket, permission, endpoint });
  }
}

/** Tags as a header of S3 carries them. */
export const tagging = (tags: Tags) => new URLSearchParams(tags).toString();

export const place = ({ bucket, key }: S3Address) => ({ Bucket: bucket, Key: key });

/** Uploads an object in one piece. */
export async function putObject(
  s3: S3Service,
  at: S3Address,
  Body: Uint8Array,
  tags: Tags,
  abortSignal: AbortSignal,
): Promise<void> {
  const command = new s3.sdk.PutObjectCommand({ ...place(at), Body, Tagging: tagging(tags) });
  await asking(
    s3,
    "upload",
    at,
    "s3:PutObject and s3:PutObjectTagging",
    () => s3.client.send(command, { abortSignal }),
  );
}

/** The tags of an object; null when there is none. */
export async function tagsOfObject(s3: S3Service, at: S3Address): Promise<Tags | null> {
  try {
    return await asking(s3, "look at", at, "s3:GetObjectTagging", async () => {
      const { TagSet = [] } = await s3.client.send(new s3.sdk.GetObjectTaggingCommand(place(at)));
      return Object.fromEntries(TagSet.map(({ Key = "", Value = "" }) => [Key, Value]));
    });
  } catch (error) {
    if ((error as { fault?: string }).fault === "no_object") return null;
    throw error;
  }
}

/**
 * Removes one object of a run.
 *
 * @throws {UserError} if it carries no tag of that run: then it is left alone
 */
export async function removeObject(s3: S3Service, at: S3Address, run_id: string): Promise<Removal> {
  const tags = await tagsOfObject(s3, at);
  if (tags === null) return "already gone";
  if (tags[tagKeys.run_id] !== run_id) {
    throw new UserError({
      action: "remove",
      thing: showS3Address(at),
      found: `it does not carry the tags of run ${run_id}, so it was left alone`,
      remedy: "Remove it yourself if it may go.",
    });
  }
  await asking(
    s3,
    "remove",
    at,
    "s3:DeleteObject",
    () => s3.client.send(new s3.sdk.DeleteObjectCommand(place(at))),
  );
  return "removed";
}
