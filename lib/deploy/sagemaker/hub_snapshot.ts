/**
 * A model of the Hugging Face Hub placed in S3, where containers find it. A record beside the folder, `<folder>.fmbench.json`, says
 * what was placed and by whom before it is there: nothing else is ever overwritten or removed.
 */

import { openS3, s3Error, type S3Folder, s3Folder, type S3Options } from "../../aws/mod.ts";
import { UserError } from "../../core/mod.ts";
import { downloadFile, type HubClient } from "../../data/mod.ts";
import { parseS3Address, showS3Address } from "../../storage/mod.ts";
import type { Removal } from "../deployer.ts";
import { type HubFile, hubFiles } from "./hub_files.ts";

/** What is placed, and where. */
export interface Snapshot {
  /** `org/name` */
  readonly repo: string;
  /** `s3://bucket/prefix`; not a bucket as a whole. */
  readonly address: string;
  /** Whose it is: the id of the run. */
  readonly owner: string;
}

export interface SnapshotContext {
  /** A client for models. */
  readonly client: HubClient;
  readonly s3: S3Options;
  readonly signal: AbortSignal;
  readonly log: (message: string) => void;
  /** Told after each file how many bytes are there, and of how many. */
  readonly progress?: (bytes: number, bytes_total: number) => void;
}

export interface SnapshotOutcome {
  /** The Hub's commit. */
  readonly revision: string;
  readonly files: number;
  readonly bytes: number;
  /** Files that were sent now; the others were there. */
  readonly uploaded: readonly string[];
}

/** The content of the record. */
interface SnapshotRecord {
  readonly repo: string;
  readonly revision: string;
  readonly owner: string;
  /** Whether all of it is there. */
  readonly complete: boolean;
  readonly files: readonly HubFile[];
}

/** Experiments of one run may want the same model at the same place. */
const turns = new Map<string, Promise<unknown>>();

/**
 * Brings a model to S3, one file at a time by way of this machine's disk, each held against the Hub's hash. What an earlier try of
 * the same owner, or another run, has placed of the same revision is left as it is.
 *
 * @throws {UserError} if the Hub or S3 refuses, or something else lies there
 */
export function snapshotToS3(snapshot: Snapshot, context: SnapshotContext): Promise<SnapshotOutcome> {
  const { address } = snapshot;
  const before = turns.get(address) ?? Promise.resolve();
  const mine = before.catch(() => {}).then(() => place(snapshot, context));
  turns.set(address, mine);
  return mine;
}

async function place(snapshot: Snapshot, context: SnapshotContext): Promise<SnapshotOutcome> {
  const { repo, address, owner } = snapshot;
  const { client, signal, log, progress = () => {} } = context;
  return await within(address, context.s3, async (folder, name) => {
    signal.throwIfAborted();
    const { revision, files } = await hubFiles(client, repo);
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    const there = await folder.entries(name);
    const earlier = await readRecord(folder, name);
    const others = earlier !== null && earlier.owner !== owner;
    const same = earlier?.repo === repo && earlier.revision === revision;
    if (others && same && earlier.complete && isWhole(files, there, name)) {
      log(`${repo}: ${address} has it, placed by run ${earlier.owner}`);
      return { revision, files: files.length, bytes, uploaded: [] };
    }
    const known = new Set((others ? [] : earlier?.files ?? []).map(({ path }) => `${name}/${path}`));
    const foreign = there.find(({ path }) => !known.has(path));
    if (others || foreign !== undefined) throw occupied(snapshot, earlier, foreign?.path);
    const record: SnapshotRecord = { repo, revision, owner, complete: false, files };
    // A revision that is not that of the earlier try leaves nothing of it.
    if (earlier !== null && !same) await removeFiles(folder, name, earlier);
    await writeRecord(folder, name, record);
    const uploaded: string[] = [];
    let done = 0;
    for (const file of files) {
      signal.throwIfAborted();
      const kept = same &&
        there.some(({ path, size }) => path === `${name}/${file.path}` && size === file.size);
      if (!kept) {
        const url = `${client.endpoint}/${repo}/resolve/${revision}/${encodeURI(file.path)}`;
        const copy = await downloadFile(client, repo, { url, path: file.path });
        signal.throwIfAborted();
        await folder.upload(`${name}/${file.path}`, copy);
        await Deno.remove(copy).catch(() => {});
        uploaded.push(file.path);
      }
      progress(done += file.size, bytes);
    }
    await writeRecord(folder, name, { ...record, complete: true });
    return { revision, files: files.length, bytes, uploaded };
  });
}

/**
 * Removes what the owner has placed, and nothing else.
 *
 * @throws {UserError} if S3 refuses, or something of it is still there
 */
export function removeSnapshot({ address, owner }: Omit<Snapshot, "repo">, s3: S3Options): Promise<Removal> {
  return within(address, s3, async (folder, name) => {
    const record = await readRecord(folder, name);
    if (record === null || record.owner !== owner) return "already gone";
    await endUploads(address, record, s3);
    await removeFiles(folder, name, record);
    await folder.remove(recordName(name));
    return "removed";
  });
}

/** Works on the folder that the address lies in. */
async function within<T>(
  address: string,
  s3: S3Options,
  body: (parent: S3Folder, name: string) => Promise<T>,
): Promise<T> {
  const { bucket, key } = parseS3Address(address);
  const parts = key.split("/");
  const name = parts.pop() ?? "";
  if (name === "") {
    throw new UserError({
      action: "place a model at",
      thing: address,
      found: "it is a bucket as a whole",
      remedy: `Set model_s3_path to a folder in it: s3://${bucket}/MODEL.`,
    });
  }
  const parent = await s3Folder(showS3Address({ bucket, key: parts.join("/") }), s3);
  try {
    return await body(parent, name);
  } finally {
    parent.close();
  }
}

const recordName = (name: string) => `${name}.fmbench.json`;

async function readRecord(folder: S3Folder, name: string): Promise<SnapshotRecord | null> {
  if (!await folder.exists(recordName(name))) return null;
  return JSON.parse(await folder.readText(recordName(name))) as SnapshotRecord;
}

const writeRecord = (folder: S3Folder, name: string, record: SnapshotRecord) =>
  folder.write(recordName(name), JSON.stringify(record, null, 2));

async function removeFiles(folder: S3Folder, name: string, { files }: SnapshotRecord): Promise<void> {
  for (const { path } of files) await folder.remove(`${name}/${path}`);
}

/** Parts of large files whose upload was cut are paid for, and no listing shows them. */
async function endUploads(address: string, { files }: SnapshotRecord, s3: S3Options): Promise<void> {
  const { bucket: Bucket, key } = parseS3Address(address);
  const ours = new Set(files.map(({ path }) => `${key}/${path}`));
  const { client, sdk, endpoint } = await openS3(s3);
  try {
    const { Uploads = [] } = await client.send(
      new sdk.ListMultipartUploadsCommand({ Bucket, Prefix: `${key}/` }),
    );
    for (const { Key = "", UploadId } of Uploads) {
      if (ours.has(Key)) await client.send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    }
  } catch (error) {
    const permission = "s3:ListBucketMultipartUploads and s3:AbortMultipartUpload";
    throw s3Error(error, { action: "end uploads to", thing: address, bucket: Bucket, permission, endpoint });
  } finally {
    client.destroy();
  }
}

function isWhole(
  files: readonly HubFile[],
  there: readonly { readonly path: string; readonly size: number }[],
  name: string,
): boolean {
  const sizes = new Map(there.map(({ path, size }) => [path, size]));
  return files.every(({ path, size }) => sizes.get(`${name}/${path}`) === size);
}

function occupied({ repo, address }: Snapshot, earlier: SnapshotRecord | null, path?: string): UserError {
  const found = earlier === null
    ? `there is ${path}, which this program has not placed there`
    : path === undefined || earlier.files.some((file) => path.endsWith(`/${file.path}`))
    ? `run ${earlier.owner} has placed ${earlier.repo} there${
      earlier.complete ? "" : ", or is placing it"
    }, revision ${earlier.revision.slice(0, 12)}`
    : `there is ${path}, which this program has not placed there`;
  return new UserError({
    action: "place a model at",
    thing: address,
    found,
    remedy:
      `Set model_s3_path to another folder for ${repo}, or use what is there: download_from_hf_place_in_s3: no.`,
  });
}
