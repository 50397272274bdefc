/** A home for files. Paths are relative to it and use `/`; none may leave it. */

import { UserError } from "../core/mod.ts";

export interface WriteOptions {
  /** Permission bits of a new file; `0o600` for what holds account ids. Ignored where there are none. */
  readonly mode?: number;
}

/** One interface, several homes: a local folder, a bucket. */
export interface Storage {
  /** Where it is, for messages: a folder or an `s3://` address. */
  readonly address: string;
  /** The bytes of a file. Throws UserError when it does not exist. */
  read(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** The text of a UTF-8 file. Throws UserError when it does not exist. */
  readText(path: string): Promise<string>;
  exists(path: string): Promise<boolean>;
  /** Replaces a file as a whole: a reader sees the old content or the new one, never a part. */
  write(path: string, content: string | Uint8Array, options?: WriteOptions): Promise<void>;
  /** Adds to the end of a file, which is created when missing. */
  append(path: string, content: string | Uint8Array, options?: WriteOptions): Promise<void>;
  /** Removes a file; one that is not there is no error. */
  remove(path: string): Promise<void>;
  /** Paths of all files under a folder, at any depth, sorted; empty when there is no such folder. */
  list(folder?: string): Promise<string[]>;
}

/** The path without `.` and doubled slashes. Throws UserError when it is absolute or climbs out. */
export function normalPath(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (path.startsWith("/") || parts.includes("..")) {
    throw new UserError({
      action: "open",
      thing: path,
      found: "it leads out of the storage",
      expected: "a path inside it",
    });
  }
  return parts.join("/");
}
