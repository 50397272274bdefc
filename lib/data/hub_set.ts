/** From the name of a data set on the Hub to its rows on this disk. */

import { messageOf, seededRandom, UserError } from "../core/mod.ts";
import { type RowFile, zipMembers } from "./byte_source.ts";
import { EarlierSet } from "./hub_earlier_set.ts";
import { HubClient, type HubOptions, HubUnreachable } from "./hub_client.ts";
import { downloadFile, type OnDownload, sizeOnHub } from "./hub_download.ts";
import { type HubName, meant, nextSplit, parseHubName } from "./hub_name.ts";
import { pickRawFiles } from "./hub_raw_files.ts";
import { isRowMember } from "./row_file.ts";

/** A data set that has been fetched. */
export interface HubSet {
  readonly files: readonly RowFile[];
  /** What a user should know: a rename, a split that was chosen; whole sentences. */
  readonly notices: readonly string[];
}

/** Which of a large set's files are fetched. */
export interface HubChoice {
  /** What the choice depends on. @default 0 */
  readonly seed?: number;
  /** Of a set with more bytes than this only some files are fetched, at least one. @default 2 GB */
  readonly most_bytes?: number;
}

/** A file of the data set on the Hub. */
interface RemoteFile {
  readonly url: string;
  readonly path: string;
}

/**
 * Fetches `hf:org/name[/subset[/split]]`: the Parquet files that the Hub makes of most sets; where it has made none, the
 * set's own files (JSON Lines, JSON, CSV, text, Parquet; also in gzip or zip). A loading script is never run. When the
 * Hub can't be reached, the files of an earlier run do, with a notice.
 *
 * @throws {UserError} If there is no such set, subset or split, access is refused, or a file can't be had whole
 */
export async function fetchHubSet(
  name: string,
  options: HubOptions & HubChoice = {},
  onDownload?: OnDownload,
): Promise<HubSet> {
  const wanted = parseHubName(name);
  const client = new HubClient(options);
  const earlier = new EarlierSet(client, name, options);
  try {
    const set = await fetchFromHub(client, wanted, name, options, onDownload);
    await earlier.keep(set);
    return set;
  } catch (error) {
    const found = error instanceof HubUnreachable ? await earlier.find() : null;
    if (found === null) throw error;
    return {
      ...found,
      notices: [...found.notices, `${name} is that of an earlier run: ${messageOf(error)}`],
    };
  }
}

async function fetchFromHub(
  client: HubClient,
  wanted: HubName,
  name: string,
  options: HubChoice,
  onDownload: OnDownload | undefined,
): Promise<HubSet> {
  const notices: string[] = [];
  const about = await client.json(wanted.repo, `${client.endpoint}/api/datasets/${wanted.repo}`);
  if (about === null) {
    throw unknown(name, "there is no such data set", `one of those at ${client.endpoint}/datasets`);
  }
  const { id, sha } = about.value as { id?: string; sha?: string };
  // The name becomes that of a folder: a mirror must not choose it freely.
  const repo = id !== undefined && /^\w[\w.-]*(\/\w[\w.-]*)?$/.test(id) ? id : wanted.repo;
  if (repo.toLowerCase() !== wanted.repo.toLowerCase()) {
    notices.push(`hf:${wanted.repo} is now called hf:${repo}.`);
  }
  const parquet = await parquetFiles(client, repo, wanted, name, notices);
  const files = parquet === null
    ? await rawFiles(client, repo, sha ?? "main", wanted, name, onDownload)
    : await fetchAll(client, repo, await choose(client, repo, parquet, name, options, notices), onDownload);
  return { files, notices };
}

type Listing = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** null when the Hub has made no Parquet files of the set. */
async function parquetFiles(
  client: HubClient,
  repo: string,
  wanted: HubName,
  name: string,
  notices: string[],
): Promise<RemoteFile[] | null> {
  const answer = await client.json(repo, `${client.endpoint}/api/datasets/${repo}/parquet`);
  const listing = (answer?.value ?? {}) as Listing;
  const subsets = Object.keys(listing);
  if (subsets.length === 0 || !subsets.every((key) => typeof listing[key] === "object")) return null;
  const subset = wanted.subset === null
    ? subsets.find((key) => key === "default") ?? (subsets.length === 1 ? subsets[0] : undefined)
    : meant(wanted.subset, subsets);
  if (subset === undefined) {
    const found = wanted.subset === null ? "it has several subsets" : `it has no subset "${wanted.subset}"`;
    throw unknown(name, found, `one of ${subsets.join(", ")}`);
  }
  const splits = Object.keys(listing[subset]!);
  const split = wanted.split === null ? nextSplit(splits) : meant(wanted.split, splits);
  if (split === undefined) {
    throw unknown(name, `its subset ${subset} has no split "${wanted.split}"`, `one of ${splits.join(", ")}`);
  }
  if (wanted.split === null ? split !== "train" || splits.length > 1 : split !== wanted.split) {
    notices.push(`${name}: the split "${split}" is read; it has ${splits.join(", ")}.`);
  }
  const urls = listing[subset]![split]!;
  if (urls.some((url) => /\/partial-/.test(url))) {
    notices.push(
      `${name}: the Hub offers only a part of this split as Parquet; rows are drawn from that part.`,
    );
  }
  return urls.map((url, index) => ({ url: onHub(client, url), path: `${subset}/${split}/${index}.parquet` }));
}

/** Takes files in an order drawn by the seed until they are too many bytes; all of them, in their own order, if they are not. */
async function choose(
  client: HubClient,
  repo: string,
  files: readonly RemoteFile[],
  name: string,
  { seed = 0, most_bytes = 2e9 }: HubChoice,
  notices: string[],
): Promise<readonly RemoteFile[]> {
  const chosen = new Set<RemoteFile>();
  let bytes = 0;
  for (const file of seededRandom(seed, ["files", name]).shuffled(files)) {
    bytes += await sizeOnHub(client, repo, file.url);
    if (bytes > most_bytes && chosen.size > 0) break;
    chosen.add(file);
  }
  if (chosen.size === files.length) return files;
  notices.push(
    `${name}: ${chosen.size} of its ${files.length} files are read, drawn by the seed: the whole set is more than ` +
      `${most_bytes / 1e9} GB.`,
  );
  return files.filter((file) => chosen.has(file));
}

/** The address at the endpoint in use: a mirror may list files under the Hub's own name. */
function onHub(client: HubClient, url: string): string {
  const { pathname, search, origin } = new URL(url, client.endpoint);
  return origin === "https://huggingface.co"
    ? `${client.endpoint}${pathname}${search}`
    : new URL(url, client.endpoint).href;
}

async function rawFiles(
  client: HubClient,
  repo: string,
  revision: string,
  { subset, split }: HubName,
  name: string,
  onDownload: OnDownload | undefined,
): Promise<RowFile[]> {
  const paths = await tree(client, repo, revision);
  const remote = (path: string): RemoteFile => ({
    path,
    url: `${client.endpoint}/datasets/${repo}/resolve/${revision}/${
      path.split("/").map(encodeURIComponent).join("/")
    }`,
  });
  const picked = pickRawFiles(paths, subset, split);
  if (picked.length > 0) return await fetchAll(client, repo, picked.map(remote), onDownload);
  const archives = paths.filter((path) => /\.zip$/i.test(path));
  const named = pickArchives(archives, subset);
  const members: string[] = [];
  for (const archive of named) {
    const path = await downloadFile(client, repo, remote(archive), onDownload);
    const within = (await zipMembers(path)).filter(isRowMember);
    const found = pickRawFiles(within, subset, split);
    if (found.length > 0) return found.map((member) => ({ path, member }));
    members.push(...within);
  }
  const there = [...paths.filter(isRowMember), ...members];
  throw unknown(
    name,
    there.length === 0
      ? "the Hub has no Parquet files of it, and it has no files of rows itself"
      : `the Hub has no Parquet files of it, and none of its own files is called after ${
        subset ?? split ?? "a split"
      }`,
    there.length === 0 ? "a data set with rows" : `one of ${there.slice(0, 30).join(", ")}`,
  );
}

/** Those named after the subset first; of many archives no others, as each one has to be fetched to look into it. */
function pickArchives(archives: readonly string[], subset: string | null): readonly string[] {
  const own = archives.filter((path) => subset !== null && path.toLowerCase().includes(subset.toLowerCase()));
  return own.length > 0 ? own : archives.length <= 3 ? archives : [];
}

async function tree(client: HubClient, repo: string, revision: string): Promise<string[]> {
  const paths: string[] = [];
  let url: string | null = `${client.endpoint}/api/datasets/${repo}/tree/${revision}?recursive=true`;
  while (url !== null) {
    const page: Awaited<ReturnType<HubClient["json"]>> = await client.json(repo, url);
    for (const entry of (page?.value ?? []) as { type?: string; path?: string }[]) {
      if (entry.type === "file" && entry.path !== undefined) paths.push(entry.path);
    }
    url = page?.next ?? null;
  }
  return paths;
}

async function fetchAll(
  client: HubClient,
  repo: string,
  files: readonly RemoteFile[],
  onDownload: OnDownload | undefined,
): Promise<RowFile[]> {
  const fetched: RowFile[] = [];
  for (const file of files) fetched.push({ path: await downloadFile(client, repo, file, onDownload) });
  return fetched;
}

function unknown(name: string, found: string, expected: string): UserError {
  return new UserError({
    action: "read the data set",
    thing: name,
    found,
    expected,
    remedy: "Change s3_read_data.source_data_files.",
  });
}
