/**
 * Stands for docker and podman: a program that answers as they do, keeps its containers as files of a folder, and starts a small HTTP
 * server for each that runs. Started as `deno run -A runtime_fake_engine.ts NAME FOLDER ARGUMENTS...`.
 */

import { join } from "node:path";

/** How it is to behave; `behaviour.json` of its folder. */
export interface Behaviour {
  /** What it has. */
  readonly images: readonly string[];
  /** What a registry has. */
  readonly registry: readonly string[];
  /** The password that a login needs; null: registries let everybody in. */
  readonly password: string | null;
  /** It says this and fails whatever it is asked. */
  readonly broken?: string;
  /** The same of docker only. */
  readonly broken_docker?: string;
  readonly store?: string;
  /** By the end of a container's name: it ends at once, with these lines in its log. */
  readonly exits?: Readonly<Record<string, { readonly code: number; readonly log: string }>>;
  /** By the end of a container's name: never healthy. */
  readonly sick?: readonly string[];
  /** By the end of a container's name: it is there, and the client dies before it says so. */
  readonly dies_after_creating?: readonly string[];
  /** A pull that never ends. */
  readonly slow?: boolean;
  /** Never answers. */
  readonly stuck?: boolean;
  /** Containers that it can't get rid of. */
  readonly keeps?: boolean;
}

/** One container; `ID.json` of its folder. */
export interface FakeContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  /** As the client's environment has it where only a name was given. */
  readonly env: Readonly<Record<string, string>>;
  readonly port: number | null;
  readonly status: string;
  readonly code: number;
  readonly log: string;
  readonly pid: number | null;
}

async function answer(): Promise<void> {
  const [engine = "", folder = "", ...args] = Deno.args;
  const behaviour = JSON.parse(await Deno.readTextFile(join(folder, "behaviour.json"))) as Behaviour;
  const stdin = args.includes("--password-stdin") ? await new Response(Deno.stdin.readable).text() : null;
  const call = JSON.stringify({ engine, args, stdin, docker_host: Deno.env.get("DOCKER_HOST") ?? null });
  await Deno.writeTextFile(join(folder, "calls.jsonl"), call + "\n", { append: true });
  if (behaviour.stuck) await forever();
  if (behaviour.broken !== undefined) fail(behaviour.broken);
  if (behaviour.broken_docker !== undefined && engine === "docker") fail(behaviour.broken_docker);
  const config = args[0] === "--config" ? args.splice(0, 2)[1] ?? null : null;
  const [command = "", ...rest] = args;
  const authfile = rest.includes("--authfile") ? rest[rest.indexOf("--authfile") + 1] ?? null : null;
  const login = authfile ?? (config === null ? null : join(config, "config.json"));
  switch (command) {
    case "--version":
      return say(`${engine} version 28.0.0, made for tests`);
    case "info":
      return say(behaviour.store ?? "host /var/lib/fake");
    case "context":
      return say("unix:///run/fake.sock");
    case "image":
      return behaviour.images.includes(rest.at(-1) ?? "") || await pulled(folder, rest.at(-1) ?? "")
        ? say("sha256:0123456789abcdef")
        : fail(`Error response from daemon: No such image: ${rest.at(-1)}`);
    case "login":
      if (stdin !== behaviour.password) fail("unauthorized: authentication required");
      await Deno.writeTextFile(login ?? join(folder, "user-login"), JSON.stringify({ auths: { here: {} } }));
      return say("Login Succeeded");
    case "pull":
      return await pull(folder, behaviour, rest.at(-1) ?? "", login);
    case "run":
      return await start(folder, behaviour, rest);
    case "ps":
      return await list(folder, rest);
    case "container":
      return await show(folder, rest.at(-1) ?? "");
    case "logs":
      return say((await named(folder, rest.at(-1) ?? "")).log);
    case "exec":
      return say("done");
    case "unpause":
      return await change(folder, rest.at(-1) ?? "", { status: "running" });
    case "stop":
      return await stop(folder, rest.at(-1) ?? "");
    case "rm":
      return await erase(folder, behaviour, rest.at(-1) ?? "");
    default:
      fail(`unknown command ${command}`);
  }
}

async function pull(
  folder: string,
  behaviour: Behaviour,
  image: string,
  login: string | null,
): Promise<void> {
  const said = login === null ? "" : await Deno.readTextFile(login).catch(() => "");
  if (behaviour.password !== null && !said.includes("here")) fail("no basic auth credentials");
  if (!behaviour.registry.includes(image)) fail(`manifest for ${image} not found: manifest unknown`);
  console.log("layer 1: Pulling fs layer");
  if (behaviour.slow) await forever();
  console.log("layer 1: Pull complete");
  await Deno.writeTextFile(join(folder, "pulled"), image + "\n", { append: true });
}

async function pulled(folder: string, image: string): Promise<boolean> {
  return (await Deno.readTextFile(join(folder, "pulled")).catch(() => "")).split("\n").includes(image);
}

const switches = ["--detach", "--privileged"];

async function start(folder: string, behaviour: Behaviour, args: string[]): Promise<void> {
  const options: [string, string][] = [];
  let at = 0;
  while (args[at]?.startsWith("--")) {
    const flag = args[at] ?? "";
    if (switches.includes(flag)) at += 1;
    else {
      options.push([flag, args[at + 1] ?? ""]);
      at += 2;
    }
  }
  const image = args[at] ?? "";
  const all = (flag: string) => options.filter(([name]) => name === flag).map(([, value]) => value);
  const name = all("--name")[0] ?? "";
  const taken = (await containersIn(folder)).find((container) => container.name === name);
  if (taken !== undefined) fail(`Conflict. The container name "/${name}" is already in use`);
  const halves = (text: string) => [text.split("=")[0] ?? "", text.split("=").slice(1).join("=")] as const;
  const env = all("--env").flatMap((text) => {
    if (text.includes("=")) return [halves(text)];
    const value = Deno.env.get(text);
    return value === undefined ? [] : [[text, value] as const];
  });
  const ends = (suffixes: readonly string[] = []) => suffixes.some((suffix) => name.endsWith(suffix));
  const exit = Object.entries(behaviour.exits ?? {}).find(([suffix]) => name.endsWith(suffix))?.[1];
  const nginx = all("--mount").find((text) => text.includes("nginx.conf"));
  const port = nginx === undefined
    ? Number(all("--publish")[0]?.split(":")[1])
    : await listenOf(/source=([^,]+)/.exec(nginx)?.[1] ?? "");
  const id = crypto.randomUUID().replaceAll("-", "").padEnd(64, "0");
  const container: FakeContainer = {
    id,
    name,
    image,
    labels: Object.fromEntries(all("--label").map(halves)),
    env: Object.fromEntries(env),
    port,
    status: exit === undefined ? "running" : "exited",
    code: exit?.code ?? 0,
    log: exit?.log ?? "it runs",
    pid: exit === undefined ? serve(port, ends(behaviour.sick) ? 503 : 200) : null,
  };
  await keep(folder, container);
  if (ends(behaviour.dies_after_creating)) fail("the client was killed", 137);
  say(id);
}

async function listenOf(path: string): Promise<number> {
  return Number(/listen [\d.]*:(\d+)/.exec(await Deno.readTextFile(path))?.[1]);
}

/** A process of its own, as a container is. */
function serve(port: number, status: number): number {
  const program =
    `Deno.serve({ hostname: "127.0.0.1", port: ${port}, onListen() {} }, () => new Response("", { status: ${status} }))`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", program],
    stdin: "null",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
  child.unref();
  return child.pid;
}

async function list(folder: string, args: string[]): Promise<void> {
  const [key, value] = (args[args.indexOf("--filter") + 1] ?? "").replace(/^label=/, "").split("=");
  const found = (await containersIn(folder)).filter(({ labels }) =>
    value === undefined ? labels[key ?? ""] !== undefined : labels[key ?? ""] === value
  );
  say(found.map(({ id }) => id).join("\n"));
}

async function show(folder: string, id: string): Promise<void> {
  const { name, status, code, labels, ...rest } = await named(folder, id);
  const state = { Status: status, ExitCode: code, OOMKilled: false };
  say(JSON.stringify([{ Id: rest.id, Name: `/${name}`, State: state, Config: { Labels: labels } }]));
}

async function stop(folder: string, id: string): Promise<void> {
  const container = await named(folder, id);
  end(container);
  await keep(folder, { ...container, status: "exited", pid: null });
}

async function erase(folder: string, behaviour: Behaviour, id: string): Promise<void> {
  const container = await named(folder, id);
  if (behaviour.keeps) return;
  end(container);
  await Deno.remove(join(folder, `${container.id}.json`));
}

async function change(folder: string, id: string, to: Partial<FakeContainer>): Promise<void> {
  await keep(folder, { ...await named(folder, id), ...to });
}

function end({ pid }: FakeContainer): void {
  try {
    if (pid !== null) Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

async function keep(folder: string, container: FakeContainer): Promise<void> {
  await Deno.writeTextFile(join(folder, `${container.id}.json`), JSON.stringify(container));
}

async function named(folder: string, id: string): Promise<FakeContainer> {
  const found = (await containersIn(folder)).find((one) => one.id === id || one.name === id);
  return found ?? fail(`Error response from daemon: No such container: ${id}`);
}

/** All that it has. */
export async function containersIn(folder: string): Promise<FakeContainer[]> {
  const found: FakeContainer[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (!/^[0-9a-f]{32}0{32}\.json$/.test(name)) continue;
    found.push(JSON.parse(await Deno.readTextFile(join(folder, name))));
  }
  return found;
}

function forever(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 60_000));
}

function say(text: string): void {
  console.log(text);
}

function fail(text: string, code = 1): never {
  console.error(text);
  Deno.exit(code);
}

if (import.meta.main) await answer();
