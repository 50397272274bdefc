/** Downloads from the Hub: into a cache, resumed where they broke off, checked by their hashes. */

import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { messageOf, sha256, UserError } from "../core/mod.ts";
import type { HubClient, HubResponse } from "./hub_client.ts";

/** How far one file has come. */
export interface DownloadProgress {
  readonly file: string;
  readonly bytes: number;
  /** null when the Hub does not say. */
  readonly bytes_total: number | null;
}

export type OnDownload = (progress: DownloadProgress) => void;

const patience = 5;

/**
 * Downloads a file, unless the cache has it. A download that broke off, in this process or an earlier one, goes on where
 * it ended. Of several processes that want the same file one downloads it, the others wait. The content is held against the hash that the Hub gives (SHA-256, or git's SHA-1 for small files); a file
 * that does not match it is thrown away and fetched once more.
 *
 * @param path the file's path in the data set
 * @returns where it lies in the cache
 * @throws {UserError} If it can't be had, breaks off five times without a byte in between, or does not match twice
 */
export async function downloadFile(
  client: HubClient,
  repo: string,
  { url, path }: { readonly url: string; readonly path: string },
  onDownload: OnDownload = () => {},
): Promise<string> {
  const head = await client.request(repo, url, { method: "HEAD" });
  await head.response.body?.cancel();
  if (head.response.status >= 400) throw refused(repo, path, `the Hub answers ${head.response.status}`);
  const folder = join(client.cache_dir, repo.replaceAll("/", "--"), keyOf(url, head));
  const target = join(folder, basename(path));
  const isThere = async () => {
    const found = await sizeOf(target);
    return found !== null && (head.size === null || found === head.size);
  };
  if (await isThere()) return target;
  await Deno.mkdir(folder, { recursive: true });
  await alone(client, `${target}.lock`, async () => {
    if (await isThere()) return;
    const part = `${target}.part`;
    for (let round = 1;; round++) {
      await fetchInto(client, repo, { url, path, part, total: head.size }, onDownload);
      const fault = await faultOf(part, head);
      if (fault === null) break;
      await Deno.remove(part);
      if (round === 2) {
        throw refused(repo, path, `what arrives does not match its checksum, twice (${fault})`);
      }
    }
    await Deno.rename(part, target);
  });
  return target;
}

/** Works while no other process does under the same lock. The system frees the lock of a process that dies. */
async function alone(client: HubClient, path: string, work: () => Promise<void>): Promise<void> {
  const lock = await Deno.open(path, { write: true, create: true });
  try {
    while (!await lock.tryLock(true)) await client.pause(1);
    await work();
    // Who waits for it finds the work done; so does who comes later and makes a new one.
    await Deno.remove(path).catch(() => {});
  } finally {
    lock.close();
  }
}

/** Bytes of a file on the Hub; 0 when it does not say. */
export async function sizeOnHub(client: HubClient, repo: string, url: string): Promise<number> {
  const { response, size } = await client.request(repo, url, { method: "HEAD" });
  await response.body?.cancel();
  return size ?? 0;
}

/** Equal keys, equal content: the hash, or the address and size where there is none. */
function keyOf(url: string, { etag, size }: HubResponse): string {
  return etag !== null && /^[\w-]{16,}$/.test(etag)
    ? etag.slice(0, 32)
    : sha256(`${url} ${etag} ${size}`).slice(0, 32);
}

interface Transfer {
  readonly url: string;
  readonly path: string;
  readonly part: string;
  readonly total: number | null;
}

async function fetchInto(
  client: HubClient,
  repo: string,
  transfer: Transfer,
  onDownload: OnDownload,
): Promise<void> {
  const { url, path, part, total } = transfer;
  for (let failures = 0;;) {
    const have = await sizeOf(part) ?? 0;
    if (total !== null && have === total) return;
    if (total !== null && have > total) await Deno.truncate(part, 0);
    const from = total !== null && have > total ? 0 : have;
    const { response } = await client.request(
      repo,
      url,
      from > 0 ? { headers: { range: `bytes=${from}-` } } : {},
    );
    if (response.status === 416 || (!response.ok && from > 0)) {
      await response.body?.cancel();
      await Deno.truncate(part, 0);
      if (++failures === patience) throw refused(repo, path, `the Hub answers ${response.status}`);
      continue;
    }
    if (!response.ok) throw refused(repo, path, `the Hub answers ${response.status}`);
    const resumed = response.status === 206 && startOf(response) === from;
    let bytes = resumed ? from : 0;
    const start = bytes;
    const file = await Deno.open(part, { write: true, create: true, append: resumed, truncate: !resumed });
    try {
      for await (const block of response.body ?? []) {
        await writeAll(file, block);
        bytes += block.length;
        onDownload({ file: path, bytes, bytes_total: total });
      }
      if (total === null || bytes >= total) return;
      throw new Error(`the connection was closed at byte ${bytes} of ${total}`);
    } catch (error) {
      failures = bytes > start ? 1 : failures + 1;
      if (failures === patience) {
        throw refused(repo, path, `the download broke off ${patience} times (${messageOf(error)})`);
      }
    } finally {
      file.close();
    }
    await client.pause(failures);
  }
}

function startOf(response: Response): number {
  return Number(/^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1] ?? NaN);
}

async function writeAll(file: Deno.FsFile, block: Uint8Array): Promise<void> {
  for (let rest = block; rest.length > 0;) rest = rest.subarray(await file.write(rest));
}

/** null when size and hash are what the Hub said. */
async function faultOf(path: string, { etag, size }: HubResponse): Promise<string | null> {
  const found = await sizeOf(path) ?? 0;
  if (size !== null && found !== size) return `${found} bytes instead of ${size}`;
  const algorithm = etag === null
    ? null
    : /^[0-9a-f]{64}$/.test(etag)
    ? "sha256"
    : /^[0-9a-f]{40}$/.test(etag)
    ? "sha1"
    : null;
  if (algorithm === null) return null;
  const hash = createHash(algorithm);
  if (algorithm === "sha1") hash.update(`blob ${found}\0`);
  const file = await Deno.open(path);
  for await (const block of file.readable) hash.update(block);
  const digest = hash.digest("hex");
  return digest === etag
    ? null
    : `${algorithm} ${digest.slice(0, 12)}... instead of ${etag?.slice(0, 12)}...`;
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await Deno.stat(path)).size;
  } catch {
    return null;
  }
}

function refused(repo: string, path: string, found: string): UserError {
  return new UserError({
    action: "download",
    thing: `hf:${repo}: ${path}`,
    found,
    expected: "the whole file",
    remedy: "Start again: what was downloaded so far is kept.",
  });
}
