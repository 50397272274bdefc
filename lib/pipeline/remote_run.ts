/** A run that lies in a bucket, brought into the results folder. */

import { dirname, join } from "node:path";
import { S3Error, type S3Folder, s3Folder } from "../aws/mod.ts";
import { UserError } from "../core/mod.ts";
import { folderName, makeFolders, type Manifest, runPaths } from "../run/mod.ts";
import { inParallel, isS3Address, normalPath } from "../storage/mod.ts";
import { bucketAccess } from "./mirroring.ts";

const lanes = 8;

/**
 * The run directory of a RUN that the user names: a path as it is; an `s3://` address is downloaded to
 * `<results>/<name>/<run id>`, whole or not at all. A copy that is there already is used if its manifest is the same.
 *
 * @throws {UserError} if the address holds no run, or another state of it lies there; S3Error for what S3 refuses
 */
export async function localRun(
  run: string,
  resultsDir: string,
  note: (line: string) => void,
): Promise<string> {
  if (!isS3Address(run)) return run;
  const folder = await s3Folder(run, bucketAccess(null));
  try {
    const text = await manifestOf(folder);
    const { run_id, name } = parseManifest(text, folder.address);
    const root = join(resultsDir, folderName(name), folderName(run_id));
    if (await agreesWith(root, text, folder.address)) {
      note(`${folder.address} lies in ${root} already.`);
      return root;
    }
    const { files, bytes } = await fetchAll(folder, root);
    note(`${folder.address}: ${files} files (${(bytes / 1e6).toFixed(1)} MB) downloaded to ${root}`);
    return root;
  } finally {
    folder.close();
  }
}

async function manifestOf(folder: S3Folder): Promise<string> {
  try {
    return await folder.readText("manifest.json");
  } catch (error) {
    if (!(error instanceof S3Error) || error.fault !== "no_object") throw error;
    throw notARun(folder.address, "there is no manifest.json");
  }
}

function parseManifest(text: string, address: string): Manifest {
  try {
    const manifest = JSON.parse(text) as Manifest;
    if (manifest.schema === "fmbench.manifest/1") return manifest;
  } catch {
    // The message below says what is the case.
  }
  throw notARun(address, "its manifest.json is none of this program");
}

function notARun(address: string, found: string): UserError {
  return new UserError({
    action: "open the run",
    thing: address,
    found,
    expected: "s3://<bucket>/<general.name>/<run id>",
    remedy: `List the runs: aws s3 ls ${dirname(address)}/`,
  });
}

async function agreesWith(root: string, manifest: string, address: string): Promise<boolean> {
  let own: string;
  try {
    own = await Deno.readTextFile(join(root, "manifest.json"));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  if (own === manifest) return true;
  throw new UserError({
    action: "download the run",
    thing: address,
    found: `${root} holds another state of it`,
    remedy: "Name that folder instead, or move it away.",
  });
}

async function fetchAll(folder: S3Folder, root: string): Promise<{ files: number; bytes: number }> {
  const entries = await folder.entries();
  const part = `${root}.${crypto.randomUUID().slice(0, 8)}.part`;
  try {
    await inParallel(entries, lanes, async ({ path }) => {
      await folder.download(path, join(part, normalPath(path)));
    });
    // A bucket has no empty folders, and no permissions.
    await makeFolders(runPaths(part));
    await Deno.rename(part, root);
  } catch (error) {
    await Deno.remove(part, { recursive: true }).catch(() => {});
    throw error;
  }
  return { files: entries.length, bytes: entries.reduce((sum, { size }) => sum + size, 0) };
}
