/** Containers as commands of docker or podman, and as lines of a dry run. */

import { isAbsolute } from "node:path";
import { shellCommand } from "../shell_quote.ts";
import type { PlannedAction } from "../deployment_plan.ts";
import type { Cache, ContainerRun, ContainersPlan, Image, Mount } from "./containers_plan.ts";
import { ecrRegistry } from "./image.ts";

/** The program that runs containers. */
export type Engine = "docker" | "podman";

const reference = /\$\{[A-Za-z_]\w*\}/;

/** Variables whose values whoever starts a container puts into the environment of the engine's client. */
export function variablesOfOurs({ env, secrets }: ContainerRun): string[] {
  return [
    ...Object.entries(env).filter(([, value]) => reference.test(value)).map(([name]) => name),
    ...secrets,
  ];
}

/**
 * The command that starts a container, detached, as an array of arguments, the engine first.
 *
 * A variable whose value holds `${NAME}`, like a secret, is passed by its name alone: see `variablesOfOurs`.
 *
 * @param folder where the plan's `files` are, absolute
 * @param cache the folder of the host for the container's `cache`; null: none
 * @param labels further labels
 */
export function commandOf(
  run: ContainerRun,
  engine: Engine,
  folder: string,
  cache: string | null,
  labels: Readonly<Record<string, string>> = {},
): string[] {
  const ours = variablesOfOurs(run);
  return [
    ...[engine, "run", "--detach", "--name", run.name],
    ...Object.entries({ ...run.labels, ...labels }).flatMap(([key, value]) => ["--label", `${key}=${value}`]),
    ...run.host_network ? ["--network", "host"] : [],
    ...run.ports.flatMap(({ address, host, container }) => ["--publish", `${address}:${host}:${container}`]),
    ...gpuFlags(run.gpus, engine),
    ...run.devices.flatMap((device) => ["--device", device]),
    ...run.cpus === null ? [] : ["--cpuset-cpus", run.cpus],
    ...run.shm_size === null ? [] : ["--shm-size", run.shm_size],
    ...run.ipc_host ? ["--ipc", "host"] : [],
    ...run.privileged ? ["--privileged"] : [],
    ...run.user === null ? [] : ["--user", run.user],
    ...run.mounts.flatMap((mount) => ["--mount", mountText(placed(mount, folder))]),
    ...cache === null || run.cache === null
      ? []
      : ["--mount", mountText({ source: cache, target: mountPoint(run.cache), read_only: false })],
    ...Object.entries(run.env).flatMap(([name, value]) =>
      ours.includes(name) ? [] : ["--env", `${name}=${value}`]
    ),
    ...ours.flatMap((name) => ["--env", name]),
    run.image,
    ...run.arguments,
  ];
}

/** docker reads the list of devices as a line of CSV; podman knows GPUs by the names of the Container Device Interface. */
function gpuFlags(gpus: ContainerRun["gpus"], engine: Engine): string[] {
  if (gpus === null) return [];
  if (engine === "docker") {
    if (gpus === "all") return ["--gpus", "all"];
    return ["--gpus", csvField(`device=${gpus.join(",")}`)];
  }
  const names = gpus === "all" ? ["all"] : gpus.map(String);
  return names.flatMap((name) => ["--device", `nvidia.com/gpu=${name}`]);
}

/** A mount with the whole path of its source. */
function placed(mount: Mount, folder: string): Mount {
  return isAbsolute(mount.source) ? mount : { ...mount, source: `${folder}/${mount.source}` };
}

/** Of the Hub's folder models alone: the user's token lies beside them. */
function mountPoint({ kind, target }: Cache): string {
  return kind === "hub" ? `${target}/hub` : target;
}

function mountText({ source, target, read_only }: Mount): string {
  const fields = ["type=bind", csvField(`source=${source}`), csvField(`target=${target}`)];
  return [...fields, ...read_only ? ["readonly"] : []].join(",");
}

function csvField(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Where files and caches are on the host. */
export interface Places {
  readonly folder: string;
  readonly cache: (cache: Cache) => string;
}

/** What stands for places in a dry run: the run's folder is not there yet. */
const planned: Places = {
  folder: "RUN/models/containers",
  cache: ({ kind }) => ({ hub: "HF_HOME/hub", ollama: "OLLAMA_FOLDER", llama_cpp: "LLAMA_CACHE" })[kind],
};

/** The plan as a dry run shows it, in the order in which it is done. */
export function planActions(plan: ContainersPlan, engine: Engine, places: Places = planned): PlannedAction[] {
  const start = (run: ContainerRun): PlannedAction => {
    const cache = run.cache === null ? null : places.cache(run.cache);
    return command(commandOf(run, engine, places.folder, cache));
  };
  return [
    ...plan.notes.map((what): PlannedAction => ({ kind: "note", what })),
    ...plan.images.flatMap((image) => imageActions(image, engine)),
    ...plan.files.map(({ path, content }): PlannedAction => ({
      kind: "file",
      what: `${places.folder}/${path}`,
      detail: content,
    })),
    ...plan.copies.map(start),
    ...plan.copies.map(({ name, health_path, ports }): PlannedAction => ({
      kind: "wait",
      what: `${name} to answer at port ${ports[0]?.host}, ${health_path}`,
    })),
    ...plan.copies.flatMap(({ name, prepare }) =>
      prepare.map((words) => command([engine, "exec", name, ...words]))
    ),
    ...plan.balancer === null ? [] : [start(plan.balancer)],
  ];
}

function imageActions({ image, source, build_first }: Image, engine: Engine): PlannedAction[] {
  const ecr = ecrRegistry(image);
  const pull = command([engine, "pull", image]);
  if (source === "local") {
    return [{ kind: "note", what: `${image} must be on the machine; to build it: ${build_first}` }];
  }
  if (ecr === null) return [pull];
  return [
    { kind: "call", what: `ecr:GetAuthorizationToken (${ecr.region})` },
    command([engine, "login", "--username", "AWS", "--password-stdin", ecr.registry]),
    pull,
  ];
}

function command(words: readonly string[]): PlannedAction {
  return { kind: "command", what: shellCommand(words) };
}
