/** A real S3 server on loopback for tests: moto from `.venv-s3`, or versitygw where FMBENCH_TEST_VERSITYGW names it. */

import { join } from "node:path";
import { type S3Folder, s3Folder, type S3Options } from "../../lib/aws/mod.ts";
import { projectRoot } from "../../lib/pipeline/project.ts";

const venv = join(projectRoot, ".venv-s3");
const moto = join(venv, "bin", "moto_server");
const versitygw = Deno.env.get("FMBENCH_TEST_VERSITYGW");

/** Keys that only these servers know; long, so that a test can look for them. */
export const keys = {
  accessKeyId: "AKIALOCALTESTSERVER1",
  secretAccessKey: "local/secret/of/a/test/server/0123456789",
};

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Installs moto in `.venv-s3`, once. @returns why it can't be had, or null */
export async function ensureS3Server(say: (line: string) => void): Promise<string | null> {
  if (versitygw !== undefined || await exists(moto)) return null;
  say("Installing moto, a local S3 server for the tests (140 MB, once) ...");
  const requirements = join(projectRoot, "tests", "requirements-s3.txt");
  for (
    const [program, ...args] of [
      ["python3", "-m", "venv", venv],
      [join(venv, "bin", "pip"), "install", "--quiet", "--disable-pip-version-check", "-r", requirements],
    ] as [string, ...string[]][]
  ) {
    try {
      const { success, stderr } = await new Deno.Command(program, { args, stdin: "null" }).output();
      if (!success) return new TextDecoder().decode(stderr).trim().split("\n").at(-1) ?? "pip failed";
    } catch (error) {
      return String(error);
    }
  }
  return null;
}

/** What the server is called in the names of tests. */
export const serverName: string = versitygw === undefined
  ? "local S3 server (moto)"
  : "local S3 server (versitygw)";
/** Whether there is one; tests that need it are skipped where not. */
export const available: boolean = versitygw !== undefined || await exists(moto);
if (!available) console.warn(`SKIPPED: all tests on a ${serverName}; \`deno task test\` installs it.`);

/** A server that runs, or was killed. */
export interface LocalS3 extends AsyncDisposable {
  readonly url: string;
  readonly options: S3Options;
  /** For programs that are started. */
  readonly env: Record<string, string>;
  /** A bucket that did not exist. */
  createBucket(name: string): Promise<void>;
  folder(address: string, options?: S3Options): Promise<S3Folder>;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again on the same port; moto has forgotten everything by then. */
  start(): Promise<void>;
}

/** Starts a server of its own. @param checked whether signatures and permissions are checked */
export async function localS3(checked = false): Promise<LocalS3> {
  const data = await Deno.makeTempDir({ prefix: "fmbench-s3-" });
  const port = freePort();
  let process: Deno.ChildProcess | null = null;
  const url = () => `http://127.0.0.1:${port}`;
  const options = () => ({ endpoint: url(), region: "us-east-1", credentials: keys, attempts: 3 });

  async function start(): Promise<void> {
    process = versitygw === undefined
      ? command(moto, ["-H", "127.0.0.1", "-p", String(port)], {})
      : command(versitygw, ["--quiet", "--port", `127.0.0.1:${port}`, "posix", data], {
        ROOT_ACCESS_KEY: keys.accessKeyId,
        ROOT_SECRET_KEY: keys.secretAccessKey,
      });
    for (let tries = 0; tries < 300; tries++) {
      if (await fetch(url()).then((answer) => answer.body?.cancel().then(() => true), () => false)) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    if (checked && versitygw === undefined) {
      await (await fetch(`${url()}/moto-api/reset-auth`, { method: "POST", body: "0" })).body?.cancel();
    }
  }
  async function kill(): Promise<void> {
    process?.kill("SIGKILL");
    await process?.status;
    process = null;
  }
  await start();
  return {
    get url() {
      return url();
    },
    get options() {
      return options();
    },
    get env() {
      return {
        AWS_ENDPOINT_URL_S3: url(),
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: keys.accessKeyId,
        AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      };
    },
    async createBucket(name) {
      const { openS3 } = await import("../../lib/aws/mod.ts");
      const { client, sdk } = await openS3(options());
      await client.send(new sdk.CreateBucketCommand({ Bucket: name }));
      client.destroy();
    },
    folder: (address, given = {}) => s3Folder(address, { ...options(), ...given }),
    kill,
    start,
    async [Symbol.asyncDispose]() {
      await kill();
      await Deno.remove(data, { recursive: true });
    },
  };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function command(program: string, args: string[], env: Record<string, string>): Deno.ChildProcess {
  return new Deno.Command(program, { args, env, stdin: "null", stdout: "null", stderr: "null" }).spawn();
}

export interface OnS3Options {
  /** Whether signatures and permissions are checked, which only moto does: with versitygw the test is skipped. */
  readonly checked?: boolean;
  /** Whether the test makes users and policies, or asks STS, which only moto has. */
  readonly iam?: boolean;
}

/** Defines a test that has a server of its own; skipped where there is none. */
export function onS3(
  name: string,
  body: (server: LocalS3) => Promise<void>,
  { checked = false, iam = false }: OnS3Options = {},
): void {
  Deno.test({
    name: `${name}, on a ${serverName}`,
    ignore: !available || (checked || iam) && versitygw !== undefined,
    // The SDK keeps idle connections and timers of its own.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      await using server = await localS3(checked);
      await body(server);
    },
  });
}
