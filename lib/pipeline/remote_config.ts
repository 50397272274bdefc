/** Configs that lie elsewhere, `s3://bucket/key` or `https://...`, and the files that they name in the read bucket. */

import { existsSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { callerIdentity, etagOf, type ObjectEntry, S3Error, s3Folder } from "../aws/mod.ts";
import {
  baseOf,
  copyOf,
  identityNeeded,
  isAddress,
  loadConfig,
  type LoadedConfig,
  type LoadOptions,
  type LookUp,
  lookUpsOf,
  placesBeforeBucket,
  scenariosOf,
} from "../config/mod.ts";
import { messageOf, redact, UserError } from "../core/mod.ts";
import { inParallel, isS3Address, parseS3Address, showS3Address, writeAtomic } from "../storage/mod.ts";
import { bucketAccess } from "./mirroring.ts";

const patience_ms = 30_000;

/**
 * Reads a config wherever it lies, with all that it extends. What it names in its read bucket is brought up to date in the
 * cache first, unless it is found in a place that comes before. AWS is asked for account and region only when the name of a
 * bucket that is used holds them.
 *
 * @param address a path, `s3://bucket/key` or `https://...`
 * @throws {UserError} naming what can't be fetched; and as `loadConfig` does
 */
export async function loadConfigFrom(address: string, options: LoadOptions): Promise<LoadedConfig> {
  const path = await fetchConfig(address);
  await fetchBases(path, isAddress(address) ? address : null, options);
  const need = options.identity === undefined ? identityNeeded(path, options) : null;
  const identity = need === null ? {} : {
    identity: await callerIdentity(need.key, need.region === null ? {} : { region: need.region }),
  };
  const all = { ...options, ...identity };
  await fetchScenarios(path, isAddress(address) && options.beside === undefined ? address : null, all);
  await fetchNamed(lookUpsOf(path, all));
  return await loadConfig(path, all);
}

/** The path of a config on this machine. One that lies elsewhere is copied to the cache, each time anew. */
export async function fetchConfig(address: string): Promise<string> {
  if (!isAddress(address)) return address;
  const file = copyOf(address);
  if (isS3Address(address)) await fetchObject(address, file);
  else await fetchWeb(new URL(address), file);
  return file;
}

/**
 * Fetches what a config extends, and what that extends: addresses wherever they stand; names in a config that lies elsewhere
 * itself from beside that one, unless there is none and the project ships one of that name.
 *
 * @param from where the config came from; null: it is a file of this machine
 */
async function fetchBases(path: string, from: string | null, options: LoadOptions): Promise<void> {
  const seen = new Set<string>();
  let at: { readonly path: string; readonly address: string | null } = { path: resolve(path), address: from };
  while (!seen.has(at.path)) {
    seen.add(at.path);
    if (!existsSync(at.path)) return;
    const name = baseOf(at.path, options);
    if (name === null) return;
    const chosen = seen.size === 1 ? options.beside : undefined;
    const folder = chosen ?? dirname(at.path);
    // Nothing is ever written into a folder of the user's.
    const origin = chosen === undefined && !isAbsolute(name) ? at.address : null;
    if (isAddress(name)) at = { path: await fetchConfig(name), address: name };
    else if (origin === null) at = { path: resolve(folder, name), address: null };
    else {
      const beside = { path: join(folder, name), address: besideOf(origin, name) };
      if (!await fetchBeside(beside.address, beside.path)) return;
      at = beside;
    }
  }
}

/**
 * Fetches the scenario file of a study: an address wherever it stands; a name in a config that lies elsewhere from beside that one.
 *
 * @param from where the config came from; null: it is a file of this machine
 */
async function fetchScenarios(path: string, from: string | null, options: LoadOptions): Promise<void> {
  const name = scenariosOf(path, options);
  if (name === null || isAbsolute(name)) return;
  if (isAddress(name)) {
    const file = copyOf(name);
    if (isS3Address(name)) await fetchObject(name, file);
    else await fetchWeb(new URL(name), file, scenarioFile);
  } else if (from !== null && !name.split(/[\\/]/).includes("..")) {
    await fetchBeside(besideOf(from, name), join(dirname(path), name), scenarioFile);
  }
}

/** The address of a file that lies in the same folder as that of another address, or in one below it. */
function besideOf(address: string, name: string): string {
  if (name.split(/[\\/]/).includes("..")) {
    throw new UserError({
      action: "read the config",
      thing: redact(address),
      found: `it extends "${name}", a path that leads out of its folder`,
      expected: "a name beside it, or a whole address",
    });
  }
  if (!isS3Address(address)) return new URL(name, address).href;
  const { bucket, key } = parseS3Address(address);
  return showS3Address({ bucket, key: join(dirname(key), name) });
}

/** @returns whether there is such a file; an older copy of one that is gone is removed */
async function fetchBeside(address: string, file: string, kind: WebFile = configFile): Promise<boolean> {
  try {
    if (isS3Address(address)) await fetchObject(address, file);
    else await fetchWeb(new URL(address), file, kind);
    return true;
  } catch (error) {
    const gone = error instanceof Missing || error instanceof S3Error && error.fault === "no_object";
    if (!gone) throw error;
    await forget(file);
    return false;
  }
}

async function fetchObject(address: string, file: string): Promise<void> {
  const { bucket, key } = parseS3Address(address);
  const folder = await s3Folder(`s3://${bucket}`, bucketAccess(null));
  try {
    await folder.download(key, file);
  } finally {
    folder.close();
  }
}

/** There is nothing at an address. */
class Missing extends UserError {}

/** What is fetched from the web. */
interface WebFile {
  readonly action: string;
  readonly expected: string;
  readonly most_bytes: number;
}

/** No config needs more than 16 MiB. */
const configFile: WebFile = { action: "read the config", expected: "a YAML file", most_bytes: 1 << 24 };
const scenarioFile: WebFile = {
  action: "read the scenarios",
  expected: "a file with one JSON object a line",
  most_bytes: 1 << 28,
};

async function fetchWeb(url: URL, file: string, kind: WebFile = configFile): Promise<void> {
  const complaint = (found: string, remedy: string) => ({
    action: kind.action,
    thing: redact(url.href),
    found,
    expected: kind.expected,
    remedy,
  });
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, { signal: AbortSignal.timeout(patience_ms) });
    text = answer.ok ? await textWithin(answer, kind.most_bytes) : "";
  } catch (error) {
    const remedy = "Check the address and the network, then try again.";
    throw new UserError(complaint(messageOf(error), remedy), { cause: error });
  }
  if (!answer.ok) {
    await answer.body?.cancel();
    const Refusal = answer.status === 404 || answer.status === 410 ? Missing : UserError;
    const found = `the server says ${answer.status} ${answer.statusText}`.trim();
    throw new Refusal(complaint(found, "Correct the address."));
  }
  if (/^\s*<(!doctype|html)/i.test(text)) {
    throw new UserError(complaint("it is a web page", "Give the address of the raw file."));
  }
  await writeAtomic(file, text);
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
    !search.name.split("/").includes("..") &&
    (found === null || !placesBeforeBucket(search).includes(found.path))
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
      // A module is fetched with what it may import; whatever else lies there (tokens, say) is not.
      const isWanted = (path: string) =>
        wholeFolder !== null || path === key || kind === "script" && isSource(path);
      const entries = (await listings.get(below)!).filter(({ path }) => isWanted(path));
      if (!entries.some(({ path }) => wholeFolder !== null || path === key)) {
        await forget(join(bucketFolder!, key));
      }
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

function isSource(path: string): boolean {
  return /\.(ts|js|json)$/.test(path);
}

/** Removes a copy of what is no longer in the bucket. */
async function forget(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true }).catch(() => {});
}
