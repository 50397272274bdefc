/** The container engine of this machine, by its command: arguments are an array, and no shell reads them. */

import { delimiter, join } from "node:path";
import { UserError } from "../../../core/mod.ts";

export type EngineName = "docker" | "podman";

type Environment = Readonly<Record<string, string | undefined>>;

/** What a command came to. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** What the client's environment has besides: values that arguments may not carry. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Ends the client. Without one nothing but the limit does, not even Ctrl-C: what it creates is known when it has ended. */
  readonly signal?: AbortSignal;
  /** Without a signal: how long it may take. @default 120,000 */
  readonly limit_ms?: number;
  /** Told of each line on either stream as it comes. */
  readonly onLine?: (line: string) => void;
}

/** An engine that answers. */
export interface Engine {
  readonly name: EngineName;
  /** Which daemon or store it is: a container of one is unknown to another. */
  readonly store: string;
  /** `DOCKER_HOST` or `CONTAINER_HOST` where it was found by that; null: where the engine is by itself. */
  readonly host: string | null;
  /** Never throws for what the engine says; see `code`. */
  run(args: readonly string[], options?: CommandOptions): Promise<Outcome>;
}

/** Why an engine can't be used. `off`: its daemon does not run, so nothing runs there. */
export interface Unusable {
  readonly name: EngineName;
  readonly reason: "missing" | "off" | "refused";
  readonly said: string;
}

/** An engine answers at once; one that is stuck never does. */
const usual_limit_ms = 120_000;

const names: readonly EngineName[] = ["docker", "podman"];
const hostVariables = { docker: "DOCKER_HOST", podman: "CONTAINER_HOST" } as const;

/** Asks for what it says of itself. Both have their containers in a folder of some host. */
const identities = {
  docker: ["info", "--format", "{{.Name}} {{.DockerRootDir}}"],
  podman: ["info", "--format", "{{.Host.Hostname}} {{.Store.GraphRoot}}"],
} as const;

/** The engine of that name, if it is there and answers. */
export async function openEngine(
  name: EngineName,
  env: Environment,
  limit_ms = usual_limit_ms,
): Promise<Engine | Unusable> {
  const program = await findProgram(name, env);
  if (program === null) return { name, reason: "missing", said: `there is no \`${name}\` in PATH` };
  const run = runner(program, env);
  if (name === "docker" && /podman/i.test((await run(["--version"], { limit_ms })).stdout)) {
    return { name, reason: "missing", said: "`docker` is podman under another name" };
  }
  const { code, stdout, stderr } = await run(identities[name], { limit_ms });
  if (code === 0) return { name, store: stdout.trim(), host: env[hostVariables[name]] || null, run };
  const said = lastLine(stderr) ?? `it ended with code ${code}`;
  const off = /is the docker daemon running|cannot connect|connection refused|no such file or directory/i;
  return { name, reason: off.test(said) && !/denied/i.test(said) ? "off" : "refused", said };
}

/** Whether an engine answers. */
export function isUsable(engine: Engine | Unusable): engine is Engine {
  return !("reason" in engine);
}

/** All engines of this machine. */
export function openEngines(env: Environment): Promise<(Engine | Unusable)[]> {
  return Promise.all(names.map((name) => openEngine(name, env)));
}

/**
 * The engine to run containers with.
 *
 * @param wanted `ec2.container_engine`; null: docker, or else podman, whichever answers
 * @throws {UserError} if none does, or it runs containers on another machine
 */
export async function chooseEngine(wanted: EngineName | null, env: Environment): Promise<Engine> {
  const complaints: Unusable[] = [];
  for (const name of wanted === null ? names : [wanted]) {
    const engine = await openEngine(name, env);
    if (isUsable(engine)) return expectHere(engine);
    complaints.push(engine);
  }
  const refused = complaints.find(({ reason }) => reason !== "missing");
  throw new UserError({
    action: "run containers with",
    thing: wanted ?? "docker or podman",
    found: (refused === undefined ? complaints : [refused]).map(({ said }) => said).join(", and "),
    remedy: refused === undefined ? howToInstall : howToStart(refused),
  });
}

const howToInstall =
  "Install one, e.g. `sudo dnf install docker && sudo systemctl start docker` (Amazon Linux) or `sudo apt-get install podman` " +
  "(Debian, Ubuntu).";

function howToStart({ name, reason }: Unusable): string {
  if (name === "podman") return "Make `podman info` work first.";
  return reason === "off"
    ? "Start it: `sudo systemctl start docker`."
    : "Add yourself to its group (`sudo usermod -aG docker $USER`, then log in again), or run as root.";
}

/** Servers are reached, and accelerators looked at, on this machine. */
function expectHere(engine: Engine): Engine {
  const host = URL.parse(engine.host ?? "");
  const elsewhere = host !== null && /^(tcp|ssh|https?):$/.test(host.protocol) &&
    !/^(localhost|127\..*|\[::1\])$/.test(host.hostname);
  if (!elsewhere) return engine;
  throw new UserError({
    action: "run containers with",
    thing: engine.name,
    found: `${hostVariables[engine.name]} leads to another machine, ${host.hostname}`,
    remedy: `Unset ${hostVariables[engine.name]}, or run fmbench there.`,
  });
}

/** The environment in which the engine of a ledger's entry is found again. */
export function environmentOf(name: EngineName, host: string | null, env: Environment): Environment {
  return { ...env, [hostVariables[name]]: host ?? undefined };
}

async function findProgram(name: string, env: Environment): Promise<string | null> {
  for (const folder of (env["PATH"] ?? "").split(delimiter)) {
    if (folder === "") continue;
    const path = join(folder, name);
    const info = await Deno.stat(path).catch(() => null);
    if (info?.isFile && ((info.mode ?? 0o111) & 0o111) !== 0) return path;
  }
  return null;
}

function runner(program: string, env: Environment): Engine["run"] {
  return (args, options = {}) => runProgram(program, args, env, options);
}

/** Runs a program to its end. Throws only what the system throws if there is no such program. */
export async function runProgram(
  program: string,
  args: readonly string[],
  env: Environment,
  { env: besides = {}, stdin, signal, limit_ms = usual_limit_ms, onLine = () => {} }: CommandOptions = {},
): Promise<Outcome> {
  const own = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const child = new Deno.Command(program, {
    args: [...args],
    clearEnv: true,
    env: { ...Object.fromEntries(own), ...besides },
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    ...(signal === undefined ? { detached: true } : { signal }),
  }).spawn();
  const streams = Promise.all([collect(child.stdout, onLine), collect(child.stderr, onLine)]);
  let late = false;
  const timer = signal !== undefined ? undefined : setTimeout(() => {
    late = true;
    kill(child);
  }, limit_ms);
  if (stdin !== undefined) await feed(child.stdin, stdin);
  const { code } = await child.status;
  clearTimeout(timer);
  if (late) return { code: 124, stdout: "", stderr: `no answer within ${limit_ms / 1_000} s` };
  const [stdout, stderr] = await streams;
  return { code, stdout, stderr };
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended in this moment.
  }
}

/** A program that ends before it has read all says so by its code. */
async function feed(stream: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stream.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    await writer.abort().catch(() => {});
  }
}

async function collect(stream: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<string> {
  let text = "";
  let rest = "";
  for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const lines = (rest + piece).split(/[\r\n]+/);
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") onLine(line.trim());
  }
  if (rest.trim() !== "") onLine(rest.trim());
  return text;
}

/** The last line that says something. */
export function lastLine(text: string): string | null {
  return text.split("\n").map((line) => line.trim()).findLast((line) => line !== "") ?? null;
}
