/** The configs that come with the program. */

import { join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "./project.ts";

/** What a shipped config is for. */
export interface ShippedConfig {
  /** Below the project: `configs/bedrock/nova.yml`. */
  readonly path: string;
  /** What its first comment says. */
  readonly purpose: string;
  /** Where its endpoints are: the name of its folder, or `embedded` and `openai` for those beside it. */
  readonly platform: string;
  /** Ids; a placeholder stands for one that the command line names. Of a study, where they stand. */
  readonly models: readonly string[];
  /** Without models that are paid by the token. */
  readonly instance_types: readonly string[];
}

/** Which configs to list; each a part of a name, in any case. */
export interface ConfigFilter {
  readonly platform?: string;
  readonly model?: string;
  readonly instance?: string;
}

interface WrittenExperiment {
  readonly name?: string;
  readonly model_id?: string;
  readonly instance_type?: string;
  readonly simulate?: unknown;
}

interface WrittenParts {
  readonly experiments?: readonly WrittenExperiment[];
  readonly study?: { readonly scenarios?: string | null; readonly simulate?: unknown } | null;
}

/** All of them, sorted by platform and path; price files and what others extend are not among them. */
export async function shippedConfigs(): Promise<ShippedConfig[]> {
  const found: ShippedConfig[] = [];
  for await (const path of yamlFiles(join(projectRoot, "configs"), "configs")) {
    const text = await Deno.readTextFile(join(projectRoot, path));
    if (/^general:/m.test(text)) found.push(describe(path, text));
  }
  const key = ({ platform, path }: ShippedConfig) => `${platform}\0${path}`;
  return found.sort((a, b) => key(a) < key(b) ? -1 : 1);
}

/** The configs that pass a filter, for a terminal: under each platform a path with its purpose, models and instances. */
export async function listConfigs(filter: ConfigFilter = {}): Promise<string> {
  const chosen = (await shippedConfigs()).filter((config) => passes(config, filter));
  if (chosen.length === 0) return "No shipped config is like that; `fmbench configs` lists them all.";
  const width = Math.max(...chosen.map(({ path }) => path.length));
  const groups = Map.groupBy(chosen, ({ platform }) => platform);
  return [...groups].map(([platform, configs]) =>
    [
      platform,
      ...configs.flatMap(({ path, purpose, models, instance_types }) => [
        `  ${path.padEnd(width)}  ${purpose}`,
        `  ${" ".repeat(width)}  ${[...models, ...instance_types.map((type) => `on ${type}`)].join(", ")}`,
      ]),
    ].join("\n")
  ).join("\n\n");
}

function describe(path: string, text: string): ShippedConfig {
  const comments = text.split("\n").filter((line) => line.startsWith("# "));
  const { experiments = [], study = null }: WrittenParts = parse(text) ?? {};
  const folder = path.split("/").slice(1, -1)[0];
  const embedded = Boolean(study?.simulate) || experiments.some(({ simulate }) => simulate !== undefined);
  return {
    path,
    purpose: comments.find((line) => !line.includes("yaml-language-server"))?.slice(2) ?? "",
    platform: folder ?? (embedded ? "embedded" : "openai"),
    models: study?.scenarios
      ? [`those of ${study.scenarios}`]
      : unique(experiments.map(({ model_id, name }) => model_id ?? name ?? "")),
    instance_types: unique(experiments.map(({ instance_type }) => instance_type ?? "")),
  };
}

function passes({ platform, models, instance_types }: ShippedConfig, filter: ConfigFilter): boolean {
  const has = (names: readonly string[], part: string | undefined) =>
    part === undefined || names.some((name) => name.toLowerCase().includes(part.toLowerCase()));
  return has([platform], filter.platform) && has(models, filter.model) &&
    has(instance_types, filter.instance);
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names.filter((name) => name !== ""))];
}

async function* yamlFiles(folder: string, below: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* yamlFiles(join(folder, name), `${below}/${name}`);
    else if (/\.ya?ml$/.test(name)) yield `${below}/${name}`;
  }
}
