/** The process of a sentence model as its parent holds it. Its packages are its own: they are fetched when it is first started. */

import { fileURLToPath } from "node:url";
import { runtimeVariables } from "../../core/mod.ts";
import type { Batch, FromModel, ModelSettings } from "./local/messages.ts";

/** What the package manager and the Hub need beside the runtime; nothing else of the environment goes along. */
const passedVariables = [
  ...runtimeVariables,
  "NPM_CONFIG_REGISTRY",
  "HF_TOKEN",
  ...["http_proxy", "https_proxy", "all_proxy", "no_proxy"].flatMap((name) => [name, name.toUpperCase()]),
];

/** Where the Hub sends those who ask for weights. */
const hubHosts = ["*.huggingface.co", "*.hf.co"];

export interface ModelProcess {
  /** Has a batch embedded; one at a time. What goes wrong is an answer. */
  ask(batch: Batch): Promise<FromModel>;
  /** Ends it by the end of its input. */
  close(): Promise<void>;
}

/** What the process said first. `failed` ends with the end of what it wrote to standard error. */
export type Started = { readonly process: ModelProcess; readonly max_tokens: number } | {
  readonly failed: string;
};

/**
 * Starts it with the rights it needs: the packages' folder to read and to load native code from, and either the model's folder to
 * read, or the cache folder to read and write and the Hub to reach.
 */
export async function startModel(
  settings: ModelSettings,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Started> {
  const { folder, cache_folder, hub } = settings;
  const packages = await npmCache(env);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      `--config=${fileURLToPath(new URL("./local/deno.json", import.meta.url))}`,
      // What there is of it was chosen here; packages look for many names.
      "--allow-env",
      "--allow-sys",
      // Relative to the working folder: a comma in a path can't be written in a list of rights.
      `--allow-read=.,${packages}`,
      `--allow-ffi=${packages}`,
      ...(folder === null
        ? ["--allow-write=.", `--allow-net=${[new URL(hub).host, ...hubHosts].join(",")}`]
        : []),
      new URL("./local/serve.ts", import.meta.url).href,
    ],
    cwd: folder ?? cache_folder,
    clearEnv: true,
    env: chosen(env),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const complaint = lastText(child.stderr);
  const answers = messages(child.stdout);

  async function ask(message: ModelSettings | Batch): Promise<FromModel> {
    // A process that is gone shows by the end of its answers.
    await writer.write(new TextEncoder().encode(JSON.stringify(message) + "\n")).catch(() => {});
    const { value } = await answers.next();
    return value ?? { failed: `its process ended: ${await complaint}` };
  }
  async function close(): Promise<void> {
    await writer.close().catch(() => {});
    await answers.return(undefined);
    await child.status;
    await complaint;
  }

  const first = await ask(settings);
  if ("ready" in first) return { process: { ask, close }, max_tokens: first.ready.max_tokens };
  await close();
  return { failed: "failed" in first ? first.failed : "it answered before it was asked" };
}

function chosen(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const given = passedVariables.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(given), NO_COLOR: "1" };
}

async function npmCache(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json"],
    clearEnv: true,
    env: chosen(env),
    stderr: "null",
  }).output();
  return (JSON.parse(new TextDecoder().decode(stdout)) as { npmCache: string }).npmCache;
}

async function* messages(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<FromModel, undefined> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield JSON.parse(line) as FromModel;
  }
}

async function lastText(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) text = (text + part).slice(-2000);
  return text.replace(/\s+/g, " ").trim();
}
