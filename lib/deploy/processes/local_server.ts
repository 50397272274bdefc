/** What is run for an experiment whose server is a process of this machine: pure data, made without a look at the machine. */

import { isAbsolute, resolve } from "node:path";
import { protocolFacts, sha256, UserError } from "../../core/mod.ts";
import type { DeploymentSpec } from "../../core/mod.ts";
import type { Experiment, PlanContext } from "../deployer.ts";
import { splitWords, UnsplittableError } from "../containers/split_words.ts";
import { type ServerKind, serverKinds } from "./server_kinds.ts";

/** One experiment's server. In texts of `command`, `prepare`, `env` and `metrics_url`, `{port}` and `{copy}` stand for those of a copy. */
export interface LocalServer {
  /** For people: `llama.cpp`. */
  readonly title: string;
  readonly copies: number;
  /** That of the first copy, which `ep_name` gives; the others follow it. null: free ones. */
  readonly first_port: number | null;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Commands that are run once a copy is healthy, in its environment, before requests are sent. */
  readonly prepare: readonly (readonly string[])[];
  /** `${NAME}` stands for a variable of our environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute. */
  readonly cwd: string;
  readonly health_path: string;
  /** What follows the origin in the URL that requests go to. */
  readonly base_path: string;
  /** Where its counters are; null: nowhere. */
  readonly metrics_url: string | null;
  readonly ready_timeout_ms: number | null;
  /** What to do where there is no such program. */
  readonly install: string;
  /** The same for a server that would be started in the same way. */
  readonly fingerprint: string;
}

/**
 * What is run for an experiment.
 *
 * @throws {UserError} what in the config can't be run, and what to write
 */
export function localServer(
  experiment: Experiment,
  { config_dir }: Pick<PlanContext, "config_dir">,
): LocalServer {
  const { deployment: spec, model_id, predictor } = experiment;
  if (spec === null) throw new TypeError("an experiment without a deployment");
  refuseWhatHasNoEffect(experiment, spec);
  const { container, process, metrics_url, ready_timeout_seconds } = spec;
  const kind = kindOf(container.type);
  const copies = copiesOf(experiment, spec);
  const first_port = portOf(experiment, copies);
  const made = process === null
    ? kindCommand(experiment, spec, kind)
    : { command: process.command, env: {}, prepare: [], health_path: process.health_path };
  const env = { ...made.env, ...spec.env };
  const texts = [...made.command, ...Object.values(env)];
  if (!texts.some((text) => /(?<!\$)\{port\}/.test(text)) && (first_port === null || copies > 1)) {
    throw refusal(
      experiment,
      "nothing in process.command or env tells the server its port",
      'Write {port} where the port belongs, as in [..., "--port", "{port}"].',
    );
  }
  const cwd = resolve(config_dir, process?.cwd ?? ".");
  const server = {
    title: process === null ? kind!.title : made.command[0]!,
    copies,
    first_port,
    command: inFolder(made.command, cwd),
    prepare: made.prepare,
    env,
    cwd,
    health_path: rooted(made.health_path),
    base_path: basePath(process?.base_path ?? null, predictor, experiment.url_format),
    metrics_url: metrics_url ?? metricsOf(kind, made.command),
    ready_timeout_ms: ready_timeout_seconds === null ? null : ready_timeout_seconds * 1000,
    install: kind?.install ?? "Install it, or write its whole path in process.command.",
  };
  const { copies: _, ready_timeout_ms: __, ...same } = server;
  return { ...server, fingerprint: sha256(JSON.stringify({ ...same, model_id })).slice(0, 16) };
}

/** A text with the port and the number of a copy in it. */
export function filledIn(
  text: string,
  copy: { readonly port: number | string; readonly index: number },
): string {
  return text.replace(slot, (_, name: "port" | "copy") => String(name === "port" ? copy.port : copy.index));
}

/** Not `${port}`, which is a variable of the environment. */
const slot = /(?<!\$)\{(port|copy)\}/g;

/** A program that is written as a path is one of the working folder, whoever runs it. */
function inFolder([program, ...rest]: readonly string[], cwd: string): readonly string[] {
  const isPath = program!.includes("/") && !isAbsolute(program!);
  return [isPath ? resolve(cwd, program!) : program!, ...rest];
}

function kindOf(type: string | null): ServerKind | null {
  return type === null ? null : serverKinds.find(({ types }) => types.includes(type)) ?? null;
}

function kindCommand(experiment: Experiment, { container }: DeploymentSpec, kind: ServerKind | null) {
  if (kind === null) {
    const known = serverKinds.flatMap(({ types }) => types).join(", ");
    throw refusal(
      experiment,
      container.type === null
        ? "nothing says which server to start"
        : `no command is known for inference_spec.container_type: ${container.type}`,
      `Write process.command, or inference_spec.container_type as one of ${known}.`,
    );
  }
  const made = kind.made({ model_id: experiment.model_id, tp_degree: container.tp_degree });
  return { ...made, command: [...made.command, ...ownArguments(experiment, container.cli_params)] };
}

function ownArguments(experiment: Experiment, cli_params: string | null): string[] {
  try {
    return splitWords(cli_params ?? "");
  } catch (error) {
    if (!(error instanceof UnsplittableError)) throw error;
    throw refusal(experiment, `of inference_spec.cli_params ${error.message}`, "Write it without.");
  }
}

/** What would be left out without a word. */
function refuseWhatHasNoEffect(experiment: Experiment, { container, process }: DeploymentSpec): void {
  const { tp_degree, cli_params, container_params, balancer, type } = container;
  const facts = protocolFacts(experiment.predictor);
  if (facts !== null && facts.address !== "url") {
    throw refusal(
      experiment,
      `${experiment.predictor} reaches no server by a URL`,
      "Write an inference_script that does, such as openai_chat.",
    );
  }
  if (balancer === "nginx") {
    throw refusal(
      experiment,
      "nginx shares requests among containers only",
      "Write inference_spec.balancer: client.",
    );
  }
  if (Object.keys(container_params).length > 0) {
    throw refusal(
      experiment,
      "inference_spec.container_params is for containers",
      "Write inference_spec.cli_params, or process.command.",
    );
  }
  if (process !== null && cli_params !== null) {
    throw refusal(
      experiment,
      "inference_spec.cli_params is not added to process.command",
      "Write the arguments in process.command.",
    );
  }
  if (tp_degree !== null && (process !== null || kindOf(type)?.takes_degree !== true)) {
    throw refusal(
      experiment,
      "inference_spec.tp_degree has no effect on this server",
      "Take it out, and give the server its own argument.",
    );
  }
}

function copiesOf(experiment: Experiment, { container: { model_copies } }: DeploymentSpec): number {
  if (typeof model_copies === "number" && model_copies >= 1) return model_copies;
  throw refusal(
    experiment,
    `inference_spec.model_copies is ${model_copies}, and nobody can say how many processes fit this machine`,
    "Write inference_spec.model_copies: 1, or another whole number.",
  );
}

const localHosts: readonly string[] = ["127.0.0.1", "localhost", "[::1]"];

/** The port that `ep_name` asks for, where it is an address of this machine. */
function portOf(experiment: Experiment, copies: number): number | null {
  const { ep_name } = experiment;
  if (!/^https?:/.test(ep_name) || !URL.canParse(ep_name)) return null;
  const { hostname, protocol, port } = new URL(ep_name);
  if (!localHosts.includes(hostname) || protocol !== "http:") {
    throw refusal(
      experiment,
      `ep_name is ${ep_name}, and a process is started on this machine`,
      "Write ep_name: http://127.0.0.1:8000, a name without an address, or deploy: no.",
    );
  }
  if (port === "") return null;
  if (Number(port) + copies - 1 > 65_535) {
    throw refusal(
      experiment,
      `${copies} copies have no ports from ${port} on`,
      "Write a lower port in ep_name.",
    );
  }
  return Number(port);
}

/** Of `process.command` too, if its kind is said beside it. */
function metricsOf(kind: ServerKind | null, command: readonly string[]): string | null {
  return kind?.hasMetrics(command) ? "http://127.0.0.1:{port}/metrics" : null;
}

function basePath(own: string | null, predictor: string, url_format = ""): string {
  const usual = predictor.startsWith("openai_") ? "/v1" : "";
  const base = own === null ? usual : rooted(own).replace(/\/+$/, "");
  return url_format === "" ? base : `${base}/${url_format}`;
}

const rooted = (path: string) => path.startsWith("/") ? path : `/${path}`;

/** @param remedy which key to change, and the value to write */
function refusal({ name }: Experiment, found: string, remedy: string): UserError {
  return new UserError({ action: "start a server for", thing: name, found, remedy });
}
