/** A bucket, or what lies below a prefix of one, as a storage. */

import { dirname } from "node:path";
import type { GetObjectCommandOutput } from "@aws-sdk/client-s3";
import { UserError } from "../core/mod.ts";
import {
  normalPath,
  parseS3Address,
  type S3Address,
  showS3Address,
  type Storage,
  writeAll,
} from "../storage/mod.ts";
import { openS3, type S3Options, type S3Service } from "./s3_client.ts";
import { S3Error, s3Error } from "./s3_error.ts";
import { partSize, putParts } from "./s3_parts.ts";

/** An object as a listing shows it. */
export interface ObjectEntry {
  /** Below the folder. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** The service's mark of the content, without quotes. */
  readonly etag: string;
}

/** A storage in a bucket; there is no file mode and no appending, and every call that fails throws S3Error. */
export interface S3Folder extends Storage {
  /** Uploads a file of this machine, in parts when it is large. @returns its etag */
  upload(path: string, file: string): Promise<string>;
  /** Downloads to a file of this machine, which is whole or not there at all. */
  download(path: string, file: string): Promise<void>;
  /** All objects below a folder, at any depth, sorted by path. */
  entries(folder?: string): Promise<ObjectEntry[]>;
  /** Makes sure that the bucket is there and may be looked into. */
  check(): Promise<void>;
  /** Closes its connections. */
  close(): void;
}

/** Says who wrote an object: only such are removed. */
const mark = { "written-by": "fmbench" };
/** A download that is cut is begun again so often. */
const downloads = 3;

/**
 * Opens a folder of a bucket. Nothing is sent yet.
 *
 * @param address `s3://bucket/prefix`
 * @throws {UserError} if the address is none
 */
export async function s3Folder(address: string, options: S3Options = {}): Promise<S3Folder> {
  const place = parseS3Address(address);
  return new BucketFolder(place, await openS3(options));
}

class BucketFolder implements S3Folder {
  readonly address: string;
  readonly #place: S3Address;
  readonly #service: S3Service;

  constructor(place: S3Address, service: S3Service) {
    this.address = showS3Address(place);
    this.#place = place;
    this.#service = service;
  }

  async read(path: string): Promise<Uint8Array<ArrayBuffer>> {
    return await this.#asking("read", path, "s3:GetObject", async () => {
      const { Body } = await this.#get(path);
      return new Uint8Array(await Body!.transformToByteArray());
    });
  }

  async readText(path: string): Promise<string> {
    return new TextDecoder().decode(await this.read(path));
  }

  async exists(path: string): Promise<boolean> {
    const { client, sdk } = this.#service;
    try {
      await this.#asking(
        "look for",
        path,
        "s3:GetObject",
        () => client.send(new sdk.HeadObjectCommand(this.#at(path))),
      );
      return true;
    } catch (error) {
      if (!(error instanceof S3Error) || error.fault !== "no_object") throw error;
      await this.check();
      return false;
    }
  }

  async write(path: string, content: string | Uint8Array): Promise<void> {
    await this.#put(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
  }

  append(path: string): Promise<void> {
    return Promise.reject(
      new UserError({
        action: "append to",
        thing: this.#name(path),
        found: "an object is only ever written as a whole",
        expected: "a local folder for what grows",
      }),
    );
  }

  async list(folder = ""): Promise<string[]> {
    return (await this.entries(folder)).map(({ path }) => path);
  }

  async upload(path: string, file: string): Promise<string> {
    const { size } = await Deno.stat(file);
    if (size <= partSize) return await this.#put(path, await Deno.readFile(file));
    return await this.#asking(
      "write",
      path,
      "s3:PutObject",
      () => putParts(this.#service, { ...this.#at(path), Metadata: mark }, file),
    );
  }

  async download(path: string, file: string): Promise<void> {
    for (let attempt = 1;; attempt++) {
      try {
        return await this.#asking("read", path, "s3:GetObject", () => this.#fetch(path, file));
      } catch (error) {
        const cut = error instanceof S3Error && error.fault === "network" && attempt < downloads;
        if (!cut) throw error;
      }
    }
  }

  async entries(folder = ""): Promise<ObjectEntry[]> {
    const { client, sdk } = this.#service;
    const own = this.#place.key === "" ? "" : `${this.#place.key}/`;
    const below = normalPath(folder);
    const found: ObjectEntry[] = [];
    await this.#asking("list", below, "s3:ListBucket", async () => {
      const pages = sdk.paginateListObjectsV2({ client }, {
        Bucket: this.#place.bucket,
        Prefix: own + (below === "" ? "" : `${below}/`),
      });
      for await (const { Contents = [] } of pages) {
        for (const { Key = "", Size = 0, ETag = "" } of Contents) {
          if (Key.endsWith("/")) continue;
          found.push({ path: Key.slice(own.length), size: Size, etag: ETag.replaceAll('"', "") });
        }
      }
    });
    return found.sort((a, b) => a.path < b.path ? -1 : 1);
  }

  async remove(path: string): Promise<void> {
    const { client, sdk } = this.#service;
    await this.#asking("remove", path, "s3:DeleteObject", async () => {
      let Metadata: Record<string, string> | undefined;
      try {
        ({ Metadata } = await client.send(new sdk.HeadObjectCommand(this.#at(path))));
      } catch (error) {
        if (error instanceof sdk.NotFound) return await this.check();
        throw error;
      }
      if (Metadata?.["written-by"] !== mark["written-by"]) {
        throw new UserError({
          action: "remove",
          thing: this.#name(path),
          found: "it was not written by this program",
          remedy: "Remove it yourself if it may go.",
        });
      }
      await client.send(new sdk.DeleteObjectCommand(this.#at(path)));
    });
  }

  close(): void {
    this.#service.client.destroy();
  }

  #name(path: string): string {
    return showS3Address({ bucket: this.#place.bucket, key: this.#key(path) });
  }

  #key(path: string): string {
    return [this.#place.key, normalPath(path)].filter((part) => part !== "").join("/");
  }

  #at(path: string): { Bucket: string; Key: string } {
    return { Bucket: this.#place.bucket, Key: this.#key(path) };
  }

  #get(path: string): Promise<GetObjectCommandOutput> {
    const { client, sdk } = this.#service;
    return client.send(new sdk.GetObjectCommand(this.#at(path)));
  }

  async #put(path: string, Body: Uint8Array): Promise<string> {
    const { client, sdk } = this.#service;
    const put = new sdk.PutObjectCommand({ ...this.#at(path), Body, Metadata: mark });
    const { ETag = "" } = await this.#asking("write", path, "s3:PutObject", () => client.send(put));
    return ETag.replaceAll('"', "");
  }

  async #fetch(path: string, file: string): Promise<void> {
    const { Body, ContentLength } = await this.#get(path);
    await Deno.mkdir(dirname(file), { recursive: true });
    const temporary = `${file}.${crypto.randomUUID().slice(0, 8)}.tmp`;
    try {
      using handle = await Deno.open(temporary, { write: true, createNew: true });
      let size = 0;
      for await (const bytes of Body!.transformToWebStream() as ReadableStream<Uint8Array>) {
        await writeAll(handle, bytes);
        size += bytes.length;
      }
      if (ContentLength !== undefined && size !== ContentLength) {
        throw new Error(`the connection ended after ${size} of ${ContentLength} bytes`);
      }
      await Deno.rename(temporary, file);
    } catch (error) {
      await Deno.remove(temporary).catch(() => {});
      throw error;
    }
  }

  /** A missing object and a missing bucket answer alike where an answer has no body. */
  async check(): Promise<void> {
    const { client, sdk } = this.#service;
    try {
      await client.send(new sdk.HeadBucketCommand({ Bucket: this.#place.bucket }));
    } catch (error) {
      const asking = this.#question("look into", "", "s3:ListBucket");
      throw s3Error(
        error instanceof sdk.NotFound
          ? Object.assign(new Error("no such bucket"), { name: "NoSuchBucket" })
          : error,
        asking,
      );
    }
  }

  #question(action: string, path: string, permission: string) {
    const { bucket } = this.#place;
    return { action, thing: this.#name(path), bucket, permission, endpoint: this.#service.endpoint };
  }

  async #asking<T>(action: string, path: string, permission: string, work: () => Promise<T>): Promise<T> {
    const question = this.#question(action, path, permission);
    try {
      return await work();
    } catch (error) {
      throw error instanceof UserError ? error : s3Error(error, question);
    }
  }
}
