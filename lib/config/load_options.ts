/** How a config is read: what the command line and the surroundings add to its file. */

import { tmpdir } from "node:os";
import process from "node:process";
import type { AwsIdentity, Surroundings } from "./placeholder.ts";

/** What the command line and the surroundings add to a config file; all optional, and plain JSON. */
export interface LoadOptions {
  /** `-A key=value`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** `--set path=value`, as typed. */
  readonly sets?: readonly string[];
  /** `--local-mode`: no bucket is read from or written to, whatever the config says. */
  readonly localMode?: boolean;
  readonly writeBucket?: string;
  /** `--tmp-dir`; the folder above `fmbench-read`. @default the system's folder for temporary files */
  readonly tmpDir?: string;
  readonly roleArn?: string;
  /** @default the environment of this process */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What AWS says of the credentials in use, when `identityNeeded` said that it has to be asked. */
  readonly identity?: AwsIdentity;
  /** Folder to look for files in first. @default the folder of the config file */
  readonly beside?: string;
  /** Names that `simulate.profile` may have; not checked when left out. */
  readonly profiles?: readonly string[];
}

/** Where the placeholders get their values. */
export function surroundingsOf(
  { parameters = {}, env = process.env, roleArn, writeBucket, tmpDir, identity }: LoadOptions,
): Surroundings {
  return {
    parameters,
    env,
    roleArn: roleArn ?? null,
    writeBucket: writeBucket ?? null,
    tmpDir: tmpDir ?? tmpdir(),
    identity: identity ?? null,
  };
}
