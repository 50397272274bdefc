/** What a run was started from, kept in its directory: so that its copy can be gone on with on another machine. */

import { basename, isAbsolute, join, relative } from "node:path";
import { parse, stringify } from "yaml";
import { type LoadedConfig, resolvedYaml } from "../config/mod.ts";
import type { Run } from "../run/mod.ts";

/** Larger files stay where they are: the prompts made from them are in the run. */
const most_bytes = 256 * 2 ** 20;

/** The config in a run directory that needs no file from outside. */
export function carriedConfig(root: string): string {
  return join(root, "inputs", "config.yml");
}

const tokenizerFiles = ["tokenizer.json", "tokenizer_config.json", "config.json", "special_tokens_map.json"];

/** What names a template, a tokenizer or a trace: the run, and each experiment for itself. */
interface OwnNaming {
  prompt_template_file?: string | null;
  tokenizer_prefix?: string | null;
  load?: { trace_file?: string | null };
}

/** The places of a config that name a file or a folder. */
interface Naming {
  s3_read_data: OwnNaming & { source_data_files: string[] };
  pricing: string;
  load?: { trace_file?: string | null };
  experiments: OwnNaming[];
}

/** Copies the user's own files behind a config below `inputs/`, with the resolved config that names the copies. */
export async function carryInputs(run: Run, loaded: LoadedConfig): Promise<void> {
  const target = carriedConfig(run.paths.root);
  const folder = join(target, "..");
  let copies = 0;

  /** The name of the copy, or the name as it is where there is none. */
  async function carried(name: string, kind: string, files?: readonly string[]): Promise<string> {
    if (!isAbsolute(name)) return name;
    const own = join(folder, kind, `${copies++}-${basename(name)}`);
    const pairs = files === undefined
      ? [[name, own] as const]
      : files.map((file) => [join(name, file), join(own, file)] as const);
    for (const [from, to] of pairs) {
      const size = await Deno.stat(from).then((stat) => stat.isFile ? stat.size : null, () => null);
      if (size === null) continue;
      if (size > most_bytes) return name;
      await Deno.mkdir(join(to, ".."), { recursive: true });
      await Deno.copyFile(from, to);
    }
    return relative(folder, own);
  }

  const config = parse(resolvedYaml(loaded.config)) as Naming & { extends?: unknown };
  delete config.extends;
  const { s3_read_data: read } = config;
  read.source_data_files = await Promise.all(
    read.source_data_files.map((name) => carried(name, "source_data")),
  );
  config.pricing = await carried(config.pricing, "configs");
  for (const own of [read, config as OwnNaming, ...config.experiments]) {
    if (own.prompt_template_file) {
      own.prompt_template_file = await carried(own.prompt_template_file, "prompt_template");
    }
    if (own.tokenizer_prefix) {
      own.tokenizer_prefix = await carried(own.tokenizer_prefix, "tokenizer", tokenizerFiles);
    }
    if (own.load?.trace_file) own.load.trace_file = await carried(own.load.trace_file, "source_data");
  }
  for (const notebook of Object.values(loaded.files.notebooks)) {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.copyFile(notebook, join(folder, basename(notebook)));
  }
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(target, stringify(config));
}
