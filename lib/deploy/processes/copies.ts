/** The copies of one experiment's server: those of an earlier start that still serve, and the others, which are started. */

import { join, resolve } from "node:path";
import { type Clock, redact, sha256, UserError } from "../../core/mod.ts";
import type { DeployContext, Experiment, Removal, Resource } from "../deployer.ts";
import { probe } from "../http_probe.ts";
import { shellCommand } from "../shell_quote.ts";
import { owed, record } from "../ledger.ts";
import { tagsOf } from "../ownership.ts";
import { findProgram, launch } from "./launched.ts";
import { filledIn, type LocalServer } from "./local_server.ts";
import { freePorts, isTaken, listenerOn } from "./ports.ts";
import { markVariable } from "./process_table.ts";
import { type Mark, processesOf } from "./process_tree.ts";
import { untilReady } from "./readiness.ts";
import { type Surroundings, surroundings } from "./surroundings.ts";

/** What copies are started from. */
export interface Start {
  readonly experiment: Experiment;
  readonly server: LocalServer;
  readonly context: DeployContext;
  readonly clock: Clock;
  readonly limit_ms: number;
  /** Of their entries in the ledger. */
  readonly kind: string;
  readonly remove: (resource: Resource) => Promise<Removal>;
}

/** A copy that answers. */
export interface Running {
  readonly index: number;
  readonly port: number;
  readonly pid: number;
  /** Whether it was there already. */
  readonly standing: boolean;
}

const health_ms = 2_000;

/** @throws {UserError} if the server's program is not there, with where to get it */
export async function expectProgram(
  experiment: Experiment,
  { command: [program], install }: LocalServer,
  { env }: DeployContext,
): Promise<void> {
  if (await findProgram(program!, env["PATH"] ?? "") !== null) return;
  throw new UserError({
    action: "start a server for",
    thing: experiment.name,
    found: `there is no program ${program}`,
    remedy: install,
  });
}

/**
 * Starts what does not stand, the first copy before the others: what it downloads, they find.
 *
 * @returns all copies, by index
 * @throws {UserError} if one does not come to answer; what was started stays in the ledger
 */
export async function startCopies(start: Start): Promise<Running[]> {
  const standing = await standingCopies(start);
  const ports = await portsOf(start, standing);
  const begin = async (index: number, signal: AbortSignal): Promise<Running> =>
    standing.get(index) ?? await startCopy(start, { index, port: ports[index]! }, signal);
  const first = await begin(0, start.context.signal);
  const failed = new AbortController();
  const signal = AbortSignal.any([start.context.signal, failed.signal]);
  const others = await Promise.allSettled(
    ports.slice(1).map((_, i) =>
      begin(i + 1, signal).catch((error) => {
        // Nobody waits for the others any more.
        failed.abort(error);
        throw failed.signal.reason;
      })
    ),
  );
  return [
    first,
    ...others.map((other) => {
      if (other.status === "rejected") throw other.reason;
      return other.value;
    }),
  ];
}

async function startCopy(
  { experiment, server, context, clock, limit_ms, kind }: Start,
  copy: { readonly index: number; readonly port: number },
  signal: AbortSignal,
): Promise<Running> {
  const { run_dir, ownership, waiting, log } = context;
  signal.throwIfAborted();
  const around = await surroundings(experiment.name, server, copy, context);
  const origin = `http://127.0.0.1:${copy.port}`;
  const name = `${experiment.name}-${copy.index}`;
  const tags = tagsOf(ownership, experiment.name);
  const nonce = crypto.randomUUID();
  const intent: Resource = {
    ...{ kind, name, id: null },
    tags: { ...tags, nonce, origin, fingerprint: server.fingerprint },
  };
  const log_path = join(
    resolve(run_dir),
    "models",
    "processes",
    `${fileName(experiment.name)}-${copy.index}.log`,
  );
  record(run_dir, "intent", intent);
  const since_ms = clock.now();
  const env = { ...around.env, [markVariable]: JSON.stringify({ nonce, name, tags } satisfies Mark) };
  const command = server.command.map((text) => filledIn(text, copy));
  const { pid, started, ending } = await launch(command, { cwd: server.cwd, env, log_path });
  record(run_dir, "created", { ...intent, id: String(pid), tags: { ...intent.tags, started } });
  await untilReady(
    name,
    {
      health: new URL(server.health_path, origin),
      ...{ log_path, ending, secrets: around.secrets },
      mark: { nonce, first: { pid, started } },
    },
    { clock, since_ms, limit_ms, signal, ...waiting === undefined ? {} : { waiting } },
  );
  for (const words of server.prepare) {
    await prepare(name, words.map((text) => filledIn(text, copy)), server.cwd, { ...around, env }, signal);
  }
  const took_s = ((clock.now() - since_ms) / 1000).toFixed(1);
  log(`${name}: ${server.title} answers at ${origin} after ${took_s} s (process ${pid})`);
  return { ...copy, pid, standing: false };
}

async function prepare(
  name: string,
  words: readonly string[],
  cwd: string,
  { env, secrets }: Surroundings,
  signal: AbortSignal,
): Promise<void> {
  const [program, ...args] = words;
  const { success, stderr } = await new Deno.Command(program!, {
    ...{ args, cwd, env: { ...env }, clearEnv: true, signal },
    ...{ stdin: "null", stdout: "null", stderr: "piped" },
  }).output();
  signal.throwIfAborted();
  if (success) return;
  const said = new TextDecoder().decode(stderr).trim().split("\n").slice(-5).join("\n");
  throw new UserError({
    action: "start a server for",
    thing: name,
    found: `\`${shellCommand(words)}\` failed: ${redact(said, secrets)}`,
  });
}

/** The copies of an earlier start that answer and would be started in the same way; all others of the experiment are removed. */
async function standingCopies(
  { experiment, server, context: { run_dir, log }, kind, remove }: Start,
): Promise<ReadonlyMap<number, Running>> {
  const standing = new Map<number, Running>();
  for (const resource of owed(run_dir)) {
    const index = resource.kind === kind ? indexOf(resource, experiment) : null;
    if (index === null) continue;
    const copy = await standingCopy(resource, index, server);
    if (copy === null) {
      await remove(resource);
      record(run_dir, "deleted", resource);
    } else {
      standing.set(index, copy);
      log(`${resource.name}: goes on at http://127.0.0.1:${copy.port} (process ${copy.pid})`);
    }
  }
  return standing;
}

async function standingCopy(
  { id, tags: { nonce = "", started, origin, fingerprint } }: Resource,
  index: number,
  { copies, first_port, health_path, fingerprint: wanted }: LocalServer,
): Promise<Running | null> {
  if (id === null || started === undefined || origin === undefined) return null;
  const [pid, port] = [Number(id), Number(new URL(origin).port)];
  if (fingerprint !== wanted || index >= copies) return null;
  if (first_port !== null && port !== first_port + index) return null;
  if (!(await processesOf({ nonce, first: { pid, started } })).includes(pid)) return null;
  return await probe(new URL(health_path, origin), health_ms) === 200
    ? { index, port, pid, standing: true }
    : null;
}

/** Which copy of the experiment a resource is; null: it is another's. */
function indexOf({ name }: Resource, experiment: Experiment): number | null {
  const number = name.startsWith(`${experiment.name}-`) ? name.slice(experiment.name.length + 1) : "";
  return /^\d+$/.test(number) ? Number(number) : null;
}

/** The port of each copy. Throws UserError if one that is asked for is taken. */
async function portsOf(
  { experiment, server: { copies, first_port } }: Start,
  standing: ReadonlyMap<number, Running>,
): Promise<number[]> {
  const fresh = freePorts(copies);
  const ports = fresh.map((port, index) =>
    standing.get(index)?.port ?? (first_port === null ? port : first_port + index)
  );
  for (const [index, port] of ports.entries()) {
    if (standing.has(index) || first_port === null || !isTaken(port)) continue;
    const who = await listenerOn(port);
    throw new UserError({
      action: "start a server for",
      thing: experiment.name,
      found: `port ${port} is taken${who === null ? "" : ` by ${who}`}`,
      remedy: "End that, or write another port, or none, in ep_name.",
    });
  }
  return ports;
}

/** A name of its own for every experiment, whatever characters are in it. */
function fileName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]+/g, "_").replace(/^\.+/, "_").slice(0, 80);
  return plain === name ? name : `${plain}-${sha256(name).slice(0, 6)}`;
}
