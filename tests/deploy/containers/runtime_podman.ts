/**
 * A real podman for the tests, with a store of its own and two images that are made here: a server without anything else in its image,
 * and the nginx of this system. Had where `FMBENCH_TEST_CONTAINERS` is `yes`, on Linux, as root, with Go.
 */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { nginxImage } from "../../../lib/deploy/containers/nginx_config.ts";

const here = dirname(fileURLToPath(import.meta.url));
const packages = ["podman", "runc", "netavark", "aardvark-dns", "iptables"];

export const serverImage = "localhost/fmbench-test-server:1";

export interface Podman extends AsyncDisposable {
  /** In which podman is found, and finds its store. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs podman to its end. @throws {Error} with what it says */
  run(...args: string[]): Promise<string>;
  /** Starts its service; the address is for `DOCKER_HOST`. */
  service(): Promise<AsyncDisposable & { readonly host: string }>;
}

/** A text says why there is none. */
export async function openPodman(): Promise<Podman | string> {
  if (Deno.env.get("FMBENCH_TEST_CONTAINERS") !== "yes") return "FMBENCH_TEST_CONTAINERS=yes has them";
  const folder = await Deno.makeTempDir({ prefix: "fmbench-podman-" });
  try {
    return await open(folder);
  } catch (error) {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    return error instanceof Error ? error.message : String(error);
  }
}

async function open(folder: string): Promise<Podman> {
  await install();
  const storage = join(folder, "storage.conf");
  const own = `[storage]\ndriver = "overlay"\ngraphroot = "${folder}/graph"\nrunroot = "${folder}/run"\n`;
  await Deno.writeTextFile(storage, own);
  const env = {
    PATH: `${Deno.env.get("PATH")}:/usr/sbin:/sbin`,
    HOME: folder,
    CONTAINERS_CONF: join(here, "runtime_containers.conf"),
    CONTAINERS_STORAGE_CONF: storage,
  };
  const run = (...args: string[]) => output("podman", args, { env });
  await run("info");
  await importImage(env, await buildServer(folder), serverImage, ['ENTRYPOINT ["/server"]']);
  await importImage(env, await gatherNginx(folder), nginxImage, [
    'ENTRYPOINT ["/usr/sbin/nginx", "-g", "daemon off; user root;"]',
  ]);
  return {
    env,
    run,
    async service() {
      const socket = join(folder, "podman.sock");
      const child = new Deno.Command("podman", {
        args: ["system", "service", "--time=0", `unix://${socket}`],
        clearEnv: true,
        env,
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      while (await Deno.stat(socket).catch(() => null) === null) await pause(50);
      return {
        host: `unix://${socket}`,
        async [Symbol.asyncDispose]() {
          child.kill("SIGTERM");
          await child.status;
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await run("rm", "--all", "--force", "--time", "0").catch(console.warn);
      await run("rmi", "--all", "--force").catch(console.warn);
      await output("umount", [`${folder}/graph/overlay`], {}).catch(() => {});
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function install(): Promise<void> {
  if (await output("podman", ["--version"], {}).then(() => true, () => false)) return;
  if (Deno.uid() !== 0) throw new Error("podman is not installed");
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await output("apt-get", ["update", "--quiet"], { env });
  await output("apt-get", ["install", "--yes", "--quiet", "--no-install-recommends", ...packages], { env });
}

async function buildServer(folder: string): Promise<string> {
  const root = join(folder, "server");
  const source = join(here, "runtime_server", "main.go");
  const env = { CGO_ENABLED: "0", GO111MODULE: "off" };
  await output("go", ["build", "-ldflags=-s -w", "-o", join(root, "server"), source], { env });
  return root;
}

/** The program, the libraries that it is linked with, and the folders that it writes to. */
async function gatherNginx(folder: string): Promise<string> {
  const root = join(folder, "nginx");
  const program = await nginxProgram(folder);
  const linked = await output("ldd", [program], {});
  const libraries = [...linked.matchAll(/(?:=> )?(\/\S+) \(0x/g)].flatMap(([, path]) => path ?? []);
  if (linked.includes("not found")) throw new Error("nginx lacks libraries on this system");
  for (const [from, to] of [[program, "/usr/sbin/nginx"], ...libraries.map((path) => [path, path])]) {
    const target = join(root, to ?? "");
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.copyFile(from ?? "", target);
  }
  for (const empty of ["etc/nginx", "tmp", "var/log/nginx", "var/lib/nginx", "run", "dev"]) {
    await Deno.mkdir(join(root, empty), { recursive: true });
  }
  await Deno.writeTextFile(
    join(root, "etc/passwd"),
    "root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n",
  );
  await Deno.writeTextFile(join(root, "etc/group"), "root:x:0:\nnogroup:x:65534:\n");
  return root;
}

/** That of the system, or the one of its package, unpacked and not installed. */
async function nginxProgram(folder: string): Promise<string> {
  const installed = "/usr/sbin/nginx";
  if (await Deno.stat(installed).catch(() => null) !== null) return installed;
  const unpacked = join(folder, "package");
  await Deno.mkdir(unpacked);
  await output("apt-get", ["download", "nginx"], { cwd: unpacked });
  for await (const { name } of Deno.readDir(unpacked)) {
    if (name.endsWith(".deb")) await output("dpkg-deb", ["-x", name, "."], { cwd: unpacked });
  }
  return join(unpacked, installed);
}

async function importImage(
  env: Record<string, string>,
  root: string,
  image: string,
  changes: readonly string[],
): Promise<void> {
  const archive = `${root}.tar`;
  await output("tar", ["-C", root, "-cf", archive, "."], {});
  const flags = changes.flatMap((change) => ["--change", change]);
  await output("podman", ["import", "--quiet", ...flags, archive, image], { env });
}

async function output(
  program: string,
  args: readonly string[],
  options: { env?: Record<string, string>; cwd?: string },
): Promise<string> {
  const done = await new Deno.Command(program, { args: [...args], stdin: "null", ...options }).output();
  const [out, error] = [done.stdout, done.stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
  if (done.success) return out ?? "";
  throw new Error(`${program} ${args[0]}: ${error?.split("\n").at(-1) || out?.split("\n").at(-1)}`);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
