/** A copy of the run directory in a bucket, brought up to date after every step. */

import { Buffer } from "node:buffer";
import { join } from "node:path";
import { etagOf, type S3Folder } from "../aws/mod.ts";
import { messageOf } from "../core/mod.ts";
import { environmentSecrets, type Run } from "../run/mod.ts";
import { inParallel, localFolder } from "../storage/mod.ts";

/** What one update did. */
export interface MirrorUpdate {
  /** Files that were sent. */
  readonly sent: number;
  /** Files that were there already. */
  readonly same: number;
  /** Paths that are kept back, since they hold the value of a secret variable of the environment. */
  readonly heldBack: readonly string[];
}

/** Files of a run that are of this machine alone. */
const local = new Set(["lock.json", "runner.json"]);
/** What workers on other machines have brought: all of it that counts is in the journals. */
const brought = "fleet/";
const lanes = 8;
/** Shorter values may stand in any text by chance. */
const leastSecret = 16;

interface Sent {
  readonly size: number;
  readonly mtime: number;
  readonly etag: string;
}

/**
 * Mirrors a run directory. What is in the bucket and has the size and the hash of the local file is not sent again; the
 * manifest goes last, so that it never tells of a file that is not there. No update depends on an earlier one.
 */
export class Mirror {
  readonly address: string;
  readonly #run: Run;
  readonly #folder: S3Folder;
  readonly #secrets: readonly Buffer[];
  readonly #sent = new Map<string, Sent>();
  #failure: string | null = null;

  constructor(run: Run, folder: S3Folder) {
    this.#run = run;
    this.#folder = folder;
    this.address = folder.address;
    this.#secrets = environmentSecrets().filter((value) => value.length >= leastSecret)
      .map((value) => Buffer.from(value));
  }

  /** Why the last update failed; null: the bucket is up to date. */
  get failure(): string | null {
    return this.#failure;
  }

  /** Sends what is new or changed, and removes what this mirror sent and is gone. Throws S3Error. */
  async update(): Promise<MirrorUpdate> {
    try {
      const update = await this.#update();
      this.#failure = null;
      return update;
    } catch (error) {
      this.#failure = messageOf(error);
      throw error;
    }
  }

  async #update(): Promise<MirrorUpdate> {
    const paths = (await localFolder(this.#run.paths.root).list())
      .filter((path) => !local.has(path) && !path.startsWith(brought) && !path.endsWith(".part"));
    const there = new Map((await this.#folder.entries()).map((entry) => [entry.path, entry]));
    const heldBack: string[] = [];
    let sent = 0;
    const send = async (path: string) => {
      const file = join(this.#run.paths.root, path);
      const stat = await Deno.stat(file).catch(() => null);
      if (stat === null) return;
      const entry = there.get(path);
      if (entry?.size === stat.size && await this.#isSame(path, file, stat, entry.etag)) return;
      if (await this.#holdsSecret(file)) return void heldBack.push(path);
      const etag = await this.#folder.upload(path, file);
      this.#sent.set(path, { size: stat.size, mtime: stat.mtime?.getTime() ?? 0, etag });
      sent++;
    };
    await inParallel(paths.filter((path) => path !== "manifest.json"), lanes, send);
    await send("manifest.json");
    for (const path of [...this.#sent.keys()].filter((path) => !paths.includes(path))) {
      await this.#folder.remove(path);
      this.#sent.delete(path);
    }
    return { sent, same: paths.length - sent - heldBack.length, heldBack: heldBack.sort() };
  }

  async #isSame(path: string, file: string, stat: Deno.FileInfo, etag: string): Promise<boolean> {
    const sent = this.#sent.get(path);
    const untouched = sent !== undefined && sent.etag === etag && sent.size === stat.size &&
      sent.mtime === stat.mtime?.getTime();
    return untouched || await etagOf(file) === etag;
  }

  async #holdsSecret(file: string): Promise<boolean> {
    if (this.#secrets.length === 0) return false;
    const overlap = Math.max(...this.#secrets.map((secret) => secret.length)) - 1;
    using handle = await Deno.open(file);
    const buffer = new Uint8Array((1 << 20) + overlap);
    for (let kept = 0;;) {
      const read = await handle.read(buffer.subarray(kept));
      if (read === null) return false;
      const text = Buffer.from(buffer.buffer, 0, kept + read);
      if (this.#secrets.some((secret) => text.includes(secret))) return true;
      const keep = Math.min(overlap, text.length);
      buffer.copyWithin(0, text.length - keep, text.length);
      kept = keep;
    }
  }
}
