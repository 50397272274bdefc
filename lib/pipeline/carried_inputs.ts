/** What a run was started from, kept in its directory: so that its copy can be gone on with on another machine. */

import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { parse, stringify } from "yaml";
import { type LoadedConfig, resolvedYaml } from "../config/mod.ts";
import { ownJudgeTextPlaces, redact } from "../core/mod.ts";
import type { Run } from "../run/mod.ts";
import { copyModule } from "./carried_modules.ts";

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

/** The same as the program works with it. */
interface RealNaming {
  readonly prompt_template_file?: string | null;
  readonly tokenizer_prefix?: string | null;
  readonly load?: { readonly trace_file?: string | null };
}

/** The modules that an experiment names: ours by name, the user's own by absolute path. */
interface ModuleNaming {
  inference_script: string;
  deployment_script?: string | null;
}

/** The places of a config that name a file or a folder. */
interface Naming {
  aws: { bucket?: string };
  s3_read_data: OwnNaming & { source_data_files: string[]; read_bucket?: string };
  pricing: string;
  model_evaluations?: string | null;
  load?: { trace_file?: string | null };
  study?: { scenarios: string };
  experiments: (OwnNaming & ModuleNaming)[];
  evaluation: { judges?: Pick<ModuleNaming, "inference_script">[] | null };
}

/** Accounts are not written down (`[account]` stands there): the account is asked for again where the run goes on. */
function accountAskedFor(bucket: string): string {
  return bucket.replace("[account]", "{account}");
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
      if (size > most_bytes) return redact(name);
      await Deno.mkdir(join(to, ".."), { recursive: true });
      await Deno.copyFile(from, to);
    }
    return relative(folder, own);
  }

  /** The same for a module of the user's own. */
  async function carriedModule(path: string): Promise<string> {
    if (!isAbsolute(path)) return path;
    return relative(folder, await copyModule(path, join(folder, "script", String(copies++))));
  }

  const config = parse(resolvedYaml(loaded.config)) as Naming & { extends?: unknown };
  delete config.extends;
  const { s3_read_data: read } = config;
  // Names are those of the files: what is written into a run has no account in it, paths neither.
  const real = loaded.config;
  read.source_data_files = real.study !== null ? [] : await Promise.all(
    real.s3_read_data.source_data_files.map((name) => carried(name, "source_data")),
  );
  if (config.study && real.study !== null) {
    const { scenarios } = real.study;
    config.study.scenarios = await carried(scenarios, "source_data");
    await carryImages(scenarios, loaded.files.scenario_images, join(folder, config.study.scenarios));
  }
  config.pricing = await carried(real.pricing, "configs");
  if (real.model_evaluations !== null) {
    config.model_evaluations = await carried(real.model_evaluations, "configs");
  }
  await carryJudgeTexts(loaded, folder);
  const pairs: [OwnNaming, RealNaming][] = [
    [read, real.s3_read_data],
    [config as OwnNaming, { load: real.load }],
    ...config.experiments.map((one, index): [OwnNaming, RealNaming] => [one, real.experiments[index]!]),
  ];
  for (const [own, { prompt_template_file, tokenizer_prefix, load }] of pairs) {
    if (prompt_template_file) {
      own.prompt_template_file = await carried(prompt_template_file, "prompt_template");
    }
    if (tokenizer_prefix) own.tokenizer_prefix = await carried(tokenizer_prefix, "tokenizer", tokenizerFiles);
    if (own.load && load?.trace_file) own.load.trace_file = await carried(load.trace_file, "source_data");
  }
  for (const [index, experiment] of config.experiments.entries()) {
    const { inference_script, deployment_script } = real.experiments[index]!;
    experiment.inference_script = await carriedModule(inference_script);
    if (deployment_script) experiment.deployment_script = await carriedModule(deployment_script);
  }
  for (const [index, judge] of (config.evaluation.judges ?? []).entries()) {
    judge.inference_script = await carriedModule(real.evaluation.judges![index]!.inference_script);
  }
  if (config.aws.bucket) config.aws.bucket = accountAskedFor(config.aws.bucket);
  if (read.read_bucket) read.read_bucket = accountAskedFor(read.read_bucket);
  for (const notebook of Object.values(loaded.files.notebooks)) {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.copyFile(notebook, join(folder, basename(notebook)));
  }
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(target, stringify(config));
}

/** Images that lie in the folder of the scenario file, or below it: they are looked for from its copy in the same way. */
async function carryImages(scenarios: string, images: readonly string[], copy: string): Promise<void> {
  for (const image of images) {
    const inside = relative(dirname(scenarios), image);
    if (inside.startsWith("..")) continue;
    const to = join(dirname(copy), inside);
    await Deno.mkdir(dirname(to), { recursive: true });
    await Deno.copyFile(image, to);
  }
}

/** Templates and rules of judges that lie beside the config; they are looked for by name, beside the copy as well. */
async function carryJudgeTexts({ config, file }: LoadedConfig, folder: string): Promise<void> {
  const { judges, rules } = config.evaluation;
  const names = [rules, ...(judges ?? []).map(({ template }) => template)].filter((name) => name !== null);
  const inners = [".", config.s3_read_data.prompt_template_dir];
  for (const inside of new Set(names.flatMap((name) => ownJudgeTextPlaces(name, inners)))) {
    const from = join(dirname(file), inside);
    if (!await Deno.stat(from).then(({ isFile }) => isFile, () => false)) continue;
    const to = join(folder, inside);
    if (relative(folder, to).startsWith("..")) continue;
    await Deno.mkdir(dirname(to), { recursive: true });
    await Deno.copyFile(from, to);
  }
}
