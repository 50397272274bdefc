/** What an experiment asks to be served, and by which server; refusals that need no look at how the machine is shared out. */

import { UserError } from "../../core/mod.ts";
import type { Experiment } from "../deployer.ts";
import type { Image, Machine } from "./containers_plan.ts";
import { named } from "./copies.ts";
import { imageNamed, imageOf } from "./image.ts";
import { refusal } from "./refusal.ts";
import { type Server, type Setting, splitOnce } from "./server.ts";
import { otherNames, servers } from "./servers/registry.ts";
import { splitWords, UnsplittableError } from "./split_words.ts";

/** FMBench's `container_type` where a config names none. */
const usualType = "djl";

/**
 * What is to be served.
 *
 * @throws {UserError} a refusal
 */
export function settingOf(experiment: Experiment, asked: Machine): { setting: Setting; server: Server } {
  const { name, deployment: spec } = experiment;
  if (spec === null) {
    throw new UserError({
      action: "run containers for",
      thing: name,
      found: "it deploys nothing by a script",
    });
  }
  const type = spec.container.type ?? usualType;
  const server = Object.hasOwn(servers, type) ? servers[type] : undefined;
  if (server === undefined) {
    throw refusal(
      experiment,
      `there is no container_type "${type}"`,
      `Write one of ${Object.keys(servers).join(", ")} into inference_spec.container_type.`,
    );
  }
  const machine = withLogicalCores(asked, spec.env);
  if (!server.runs_on.includes(machine.kind)) throw wrongMachine(experiment, type, server, machine);
  const words = wordsOf(experiment, spec.container.cli_params);
  const flag = words.map((word) => splitOnce(word)[0]).find((word) => Object.hasOwn(server.own_flags, word));
  if (flag !== undefined) {
    throw refusal(
      experiment,
      `${flag} stands in inference_spec.cli_params`,
      `Leave it out: it is set from ${server.own_flags[flag]}.`,
    );
  }
  return { setting: { experiment, spec, machine, words }, server };
}

/** On Trainium2 a variable says whether two physical cores are one. */
function withLogicalCores(machine: Machine, env: Readonly<Record<string, string>>): Machine {
  const single = env["NEURON_LOGICAL_NC_CONFIG"] === "1" &&
    machine.instance_type?.startsWith("trn2") === true;
  return single ? { ...machine, cores_per_device: 8 } : machine;
}

function wrongMachine(experiment: Experiment, type: string, server: Server, machine: Machine): UserError {
  const kinds = { gpu: "GPUs", neuron: "Neuron devices", cpu: "processors" };
  const fitting = Object.keys(servers).filter((name) =>
    !otherNames.includes(name) && servers[name]?.runs_on.includes(machine.kind)
  );
  const there = machine.kind === "cpu" ? "processors only" : kinds[machine.kind];
  return refusal(
    experiment,
    `container_type ${type} runs on ${server.runs_on.map((kind) => kinds[kind]).join(" or ")}, and ${
      named(machine)
    } has ${there}`,
    `Write one of ${fitting.join(", ")} into inference_spec.container_type, or another instance_type.`,
  );
}

function wordsOf(experiment: Experiment, line: string | null): string[] {
  try {
    return line === null ? [] : splitWords(line);
  } catch (error) {
    if (!(error instanceof UnsplittableError)) throw error;
    throw refusal(
      experiment,
      `inference_spec.cli_params can't be split into arguments: ${error.message}`,
      "Put single quotes around what is to be passed on as it is; a variable goes into env.",
    );
  }
}

/**
 * The image that is run.
 *
 * @throws {UserError} where none is named, or what is named is no image
 */
export function imageFor({ experiment, spec: { image_uri } }: Setting, server: Server): Image {
  const name = imageNamed(image_uri) ?? server.default_image;
  const remedy = `Write image_uri, such as ${server.example_image}.`;
  if (name === null) throw refusal(experiment, "it names no container image", remedy);
  if (!/^[a-z0-9][\w./:@-]*$/i.test(name)) {
    throw refusal(experiment, `"${name}" is no container image`, remedy);
  }
  return imageOf(name);
}
