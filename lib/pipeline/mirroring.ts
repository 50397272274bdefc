/** Whether a run is mirrored, where to, and what is said about it. */

import { basename, dirname } from "node:path";
import process from "node:process";
import { s3Folder, type S3Options } from "../aws/mod.ts";
import type { Config, LoadOptions } from "../config/mod.ts";
import { messageOf, UserError } from "../core/mod.ts";
import { readManifest, type Run, RunLog, writeManifest } from "../run/mod.ts";
import { isBucketName } from "../storage/mod.ts";
import { Mirror } from "./mirror.ts";

/** A name that stands for "no bucket": FMBench's configs hold it where none was given. */
export function isRealBucket(name: string | undefined): name is string {
  return name !== undefined && name !== "" && name !== "placeholder";
}

/**
 * The bucket that runs of a config are mirrored to: `--write-bucket`, else `aws.bucket`. null: in local mode, with
 * `s3_and_or_local_file_system: local`, or when neither names one.
 *
 * @throws {UserError} if it can't be the name of a bucket
 */
export function writeBucketOf({ aws }: Config, { localMode, writeBucket }: LoadOptions): string | null {
  if (localMode === true || aws.s3_and_or_local_file_system === "local") return null;
  const bucket = isRealBucket(writeBucket) ? writeBucket : aws.bucket;
  if (!isRealBucket(bucket)) return null;
  if (isBucketName(bucket)) return bucket;
  throw new UserError({
    action: "mirror runs to",
    thing: bucket,
    found: "it can't be the name of a bucket",
    expected: "3 to 63 lower-case letters, digits, dots and hyphens",
    remedy: "Correct aws.bucket or --write-bucket, or say --local-mode yes.",
  });
}

/** How to get at the buckets of a config. What the environment says about the region is about buckets, too. */
export function bucketAccess(region: string | null): S3Options {
  const { env } = process;
  const chosen = env["AWS_REGION"] || env["AWS_DEFAULT_REGION"] || region;
  return chosen === null ? {} : { region: chosen };
}

/** Makes sure that the bucket can be used, before anything is created. Throws S3Error. */
export async function checkWriteBucket(config: Config, load: LoadOptions): Promise<void> {
  const bucket = writeBucketOf(config, load);
  if (bucket === null) return;
  const folder = await s3Folder(`s3://${bucket}`, bucketAccess(config.aws.region));
  try {
    await folder.check();
  } finally {
    folder.close();
  }
}

/** The mirror of a run, as the runner uses it: what goes wrong is said, and tried again after the next step. */
export class Mirroring implements Disposable {
  readonly #mirror: Mirror;
  readonly #log: RunLog;
  readonly #note: (line: string) => void;
  readonly #close: () => void;
  #heldBack = new Set<string>();

  private constructor(mirror: Mirror, log: RunLog, note: (line: string) => void, close: () => void) {
    this.#mirror = mirror;
    this.#log = log;
    this.#note = note;
    this.#close = close;
  }

  /**
   * Opens the mirror of a run: where the manifest says, else in the bucket of its config. The address goes into the manifest.
   *
   * @returns null when the run is not mirrored
   */
  static async open(
    run: Run,
    config: Config,
    load: LoadOptions,
    note: (line: string) => void,
  ): Promise<Mirroring | null> {
    const manifest = await readManifest(run.paths.manifest);
    const bucket = writeBucketOf(config, load);
    const own = bucket === null ? undefined : addressIn(bucket, run);
    const address = own ?? (load.localMode === true ? undefined : manifest.mirror);
    if (address === undefined) return null;
    if (manifest.mirror !== address) {
      await writeManifest(run.paths.manifest, { ...manifest, mirror: address });
    }
    const folder = await s3Folder(address, bucketAccess(config.aws.region));
    note(`Mirror: ${address}`);
    return new Mirroring(new Mirror(run, folder), new RunLog(run.paths.log), note, () => folder.close());
  }

  /** `s3://bucket/name/run`. */
  get address(): string {
    return this.#mirror.address;
  }

  /** Why the bucket is behind; null: it is not. */
  get failure(): string | null {
    return this.#mirror.failure;
  }

  /** The first update: it must succeed, while the user is still there to put it right. Throws S3Error. */
  async begin(): Promise<void> {
    this.#tell((await this.#mirror.update()).heldBack);
  }

  /** Brings the bucket up to date. Never fails: the next update makes up for it. */
  async update(after: string): Promise<void> {
    try {
      this.#tell((await this.#mirror.update()).heldBack);
    } catch (error) {
      this.#log.write("warning", "mirror", `after ${after}: ${messageOf(error)}`);
      this.#note(`Notice: the mirror is behind after ${after}, and is tried again: ${messageOf(error)}`);
    }
  }

  [Symbol.dispose](): void {
    this.#close();
  }

  #tell(heldBack: readonly string[]): void {
    for (const path of heldBack) {
      if (this.#heldBack.has(path)) continue;
      this.#heldBack.add(path);
      const text = `${path} is not mirrored: it holds the value of a secret variable of the environment`;
      this.#log.write("warning", "mirror", text);
      this.#note(`Notice: ${text}`);
    }
  }
}

/**
 * Brings the mirror of a run that is over up to date.
 *
 * @param bucket mirror it there from now on; left out: where its manifest says
 * @returns the address
 * @throws {UserError} if the run has no mirror; S3Error for what S3 refuses
 */
export async function sendMirror(run: Run, bucket?: string): Promise<string> {
  const manifest = await readManifest(run.paths.manifest);
  const address = bucket === undefined ? manifest.mirror : addressIn(bucket, run);
  if (address === undefined) {
    throw new UserError({
      action: "mirror the run",
      thing: run.paths.root,
      found: "it was started without a write bucket",
      remedy: "Name one: --write-bucket B.",
    });
  }
  const folder = await s3Folder(address, bucketAccess(null));
  try {
    if (manifest.mirror !== address) {
      await writeManifest(run.paths.manifest, { ...manifest, mirror: address });
    }
    await new Mirror(run, folder).update();
  } finally {
    folder.close();
  }
  return address;
}

/** `s3://<bucket>/<general.name>/<run id>`. */
function addressIn(bucket: string, { id, paths }: Run): string {
  return `s3://${bucket}/${basename(dirname(paths.root))}/${id}`;
}

/** The last line about a mirror. */
export function mirrorLine(
  { address, failure }: Pick<Mirroring, "address" | "failure">,
  root: string,
): string {
  return failure === null
    ? `Mirror: ${address}`
    : `Mirror: INCOMPLETE, ${address} lacks a part of this run: ${failure} To send the rest: fmbench mirror ${root}`;
}
