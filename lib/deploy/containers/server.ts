/** What a kind of serving container has to say of itself, so that it can be run. */

import type { DeploymentSpec } from "../../core/mod.ts";
import type { Experiment } from "../deployer.ts";
import type { Share } from "./copies.ts";
import type { Cache, ContainerFile, ContainerRun, Machine } from "./containers_plan.ts";
import { refusal } from "./refusal.ts";

/** What is to be served, and where. */
export interface Setting {
  readonly experiment: Experiment;
  readonly spec: DeploymentSpec;
  readonly machine: Machine;
  /** `cli_params`, split. */
  readonly words: readonly string[];
}

/** Over how many accelerators something says that a copy is spread. */
export interface DegreeSaid {
  /** For messages: `option.tensor_parallel_degree of serving.properties`. */
  readonly where: string;
  /** `max`: all that the container sees. */
  readonly value: number | "max";
}

/** What differs from server to server in the container of one copy; what is left out is empty, null or false. */
export interface Served
  extends Partial<Pick<ContainerRun, "mounts" | "env" | "shm_size" | "ipc_host" | "prepare">> {
  readonly arguments: readonly string[];
  readonly cache: Cache | null;
  readonly files?: readonly ContainerFile[];
  readonly notes?: readonly string[];
}

/** Keys of the config that only some servers have a use for. */
export type ParticularKey = "batch_size" | "backend" | "container_params" | "serving.properties";

export interface Server {
  /** For people. */
  readonly title: string;
  readonly runs_on: readonly Machine["kind"][];
  /** Whether it makes copies of the model by itself: `model_copies: auto`. */
  readonly can_decide: boolean;
  /** Whether `tp_degree` has to be said; otherwise a copy has one accelerator. `all_for_one`: a single copy has all of them. */
  readonly degree: "needed" | "one" | "all_for_one";
  /** null: the config has to name one. */
  readonly default_image: string | null;
  /** An image as the config may name it, for messages. */
  readonly example_image: string;
  /** Where it listens in the container. */
  readonly port: number;
  readonly health_path: string;
  /** null: none, or nothing is known of it. */
  readonly metrics_path: string | null;
  /** Port in the container where its counters are; null: `port`. */
  readonly metrics_port: number | null;
  /** What follows the origin in URLs where `ep_name` has no path. */
  basePath(setting: Setting): string;
  /** Which of these keys it has a use for; a plan says of others that they have no effect. */
  readonly reads: readonly ParticularKey[];
  /** Arguments of `cli_params` that this program gives itself, each with the key that stands for it. */
  readonly own_flags: Readonly<Record<string, string>>;
  degreesSaid(setting: Setting): readonly DegreeSaid[];
  /**
   * The container of one copy.
   *
   * @param degree accelerators of the copy; null: none, or the container decides
   * @throws {UserError} a refusal
   */
  serve(setting: Setting, share: Share, degree: number | null): Served;
}

/** The values that arguments give to any of some flags, as `--tp 2` or `--tp=2`. */
export function flagValues(words: readonly string[], flags: readonly string[]): string[] {
  return words.flatMap((word, at) => {
    const [name = "", value] = splitOnce(word);
    if (!flags.includes(name)) return [];
    return [value ?? words[at + 1] ?? ""];
  });
}

/** Degrees that arguments name, in the order of the arguments. */
export function degreesOfFlags(words: readonly string[], flags: readonly string[]): DegreeSaid[] {
  return flags.flatMap((flag) =>
    flagValues(words, [flag]).map((value) => ({ where: `${flag} of cli_params`, value: Number(value) }))
  );
}

/** `--name=value` in its halves. */
export function splitOnce(word: string): [string, string | undefined] {
  const at = word.indexOf("=");
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

/** Refuses `cli_params` where nothing takes them. @param remedy where to say it instead */
export function withoutArguments({ experiment, words }: Setting, title: string, remedy: string): void {
  if (words.length > 0) throw refusal(experiment, `${title} takes none of inference_spec.cli_params`, remedy);
}
