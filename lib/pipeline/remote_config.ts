/** Configs that lie elsewhere, `s3://bucket/key` or `https://...`, and the files that they name in the read bucket. */

import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { etagOf, type ObjectEntry, s3Folder } from "../aws/mod.ts";
import { loadConfig, type LoadedConfig, type LoadOptions, type LookUp, lookUpsOf } from "../config/mod.ts";
import { messageOf, redact, UserError } from "../core/mod.ts";
import { cacheFolder, inParallel, isS3Address, parseS3Address, writeAtomic } from "../storage/mod.ts";
import { bucketAccess } from "./mirroring.ts";

/** More than a config can need: 16 MiB. */
const most_bytes = 1 << 24;
const patience_ms = 30_000;

/**
 * Reads a config wherever it lies. What it names in its read bucket is brought up to date in the cache first, unless it is
 * found in a place that comes before.
 *
 * @param address a path, `s3://bucket/key` or `https://...`
 * @throws {UserError} naming what can't be fetched; and as `loadConfig` does
 */
export async function loadConfigFrom(address: string, options: LoadOptions): Promise<LoadedConfig> {
  const path = await fetchConfig(address);
  await fetchNamed(lookUpsOf(path, options));
  return await loadConfig(path, options);
}

/** The path of a config on this machine. One that lies elsewhere is copied to the cache, each time anew. */
export async function fetchConfig(address: string): Promise<string> {
  if (isS3Address(address)) {
    const { bucket, key } = parseS3Address(address);
    const folder = await s3Folder(`s3://${bucket}`, bucketAccess(null));
    const file = join(cacheFolder("s3"), bucket, key);
    try {
      await folder.download(key, file);
    } finally {
      folder.close();
    }
    return file;
  }
  return /^https?:\/\//i.test(address) ? await fetchWeb(new URL(address)) : address;
}

async function fetchWeb(url: URL): Promise<string> {
  const address = redact(url.href);
  const refusal = (found: string, remedy: string, cause?: unknown) =>
    new UserError({ action: "read the config", thing: address, found, expected: "a YAML file", remedy }, {
      cause,
    });
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, { signal: AbortSignal.timeout(patience_ms) });
    text = answer.ok ? await textWithin(answer, most_bytes) : "";
  } catch (error) {
    throw refusal(messageOf(error), "Check the address and the network, then try again.", error);
  }
  if (!answer.ok) {
    await answer.body?.cancel();
    throw refusal(`the server says ${answer.status} ${answer.statusText}`.trim(), "Correct the address.");
  }
  if (/^\s*<(!doctype|html)/i.test(text)) {
    throw refusal("it is a web page", "Give the address of the raw file.");
  }
  const place = createHash("sha256").update(url.href).digest("hex").slice(0, 16);
  const file = join(cacheFolder("https"), place, basename(url.pathname) || "config.yml");
  await writeAtomic(file, text);
  return file;
}

async function textWithin(answer: Response, bytes: number): Promise<string> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const piece of answer.body ?? []) {
    size += piece.length;
    if (size > bytes) throw new Error(`it is larger than ${bytes} bytes`);
    pieces.push(piece);
  }
  return await new Blob(pieces).text();
}

/** Brings the copies of the read bucket's files up to date, and removes copies of what is no longer there. */
async function fetchNamed(lookUps: readonly LookUp[]): Promise<void> {
  const wanted = lookUps.filter(({ search, bucket, found }) =>
    bucket !== null && search.bucketFolder !== undefined && !search.name.startsWith("/") &&
    !search.name.split("/").includes("..") && (found === null || !winsBefore(search, found.path))
  );
  if (wanted.length === 0) return;
  const folder = await s3Folder(`s3://${wanted[0]!.bucket}`, bucketAccess(null));
  const listings = new Map<string, Promise<ObjectEntry[]>>();
  try {
    await inParallel(wanted, 4, async ({ search: { prefix, name, bucketFolder, kind } }) => {
      const key = join(prefix, name);
      // A tokenizer is a folder; one that is named by its tokenizer.json is fetched with what lies beside it.
      const wholeFolder = kind === "tokenizer"
        ? basename(key) === "tokenizer.json" ? dirname(key) : key
        : null;
      const under = wholeFolder ?? dirname(key);
      const below = under === "." ? "" : under;
      if (below === "" && !await folder.exists(key)) return await forget(join(bucketFolder!, key));
      if (below === "") return await folder.download(key, join(bucketFolder!, key));
      if (!listings.has(below)) listings.set(below, folder.entries(below));
      const entries = (await listings.get(below)!).filter(({ path }) => wholeFolder !== null || path === key);
      if (entries.length === 0) await forget(join(bucketFolder!, key));
      for (const { path, etag } of entries) {
        const file = join(bucketFolder!, path);
        const own = await etagOf(file).catch(() => null);
        if (own !== etag) await folder.download(path, file);
      }
    });
  } finally {
    folder.close();
  }
}

/** Removes a copy of what is no longer in the bucket. */
async function forget(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true }).catch(() => {});
}

/** Whether what was found lies in a place that comes before the read bucket. */
function winsBefore({ beside, prefix, name, readFolder }: LookUp["search"], path: string): boolean {
  return [join(beside, name), join(beside, prefix, name), join(readFolder, prefix, name)].includes(path);
}
