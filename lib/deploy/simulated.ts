/**
 * The embedded endpoint as a deployment: a process in a session of its own, so that neither Ctrl-C in the terminal nor the
 * end of a notebook's kernel reaches it. Step 6 removes it; without that it ends after two hours without a request.
 */

import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Endpoint, isSigned, UserError } from "../core/mod.ts";
import type { DeployContext, Deployer, Experiment, Removal, Resource } from "./deployer.ts";
import { owed, record } from "./ledger.ts";
import { simulatedUrl } from "./simulated_url.ts";
import { treeOf } from "./processes/process_resource.ts";
import { markVariable } from "./processes/process_table.ts";
import { endTree, type Mark, startOf } from "./processes/process_tree.ts";
import { health } from "./reachability.ts";
import { firstLine } from "./processes/ready_line.ts";

const kind = "simulated_endpoint";
const simulateDir = fileURLToPath(new URL("../simulate/", import.meta.url));
/**
 * Many short pauses of the garbage collector instead of few that reach into the milliseconds; and none at all, on the way,
 * for the old part of a heap that stays small.
 */
const v8Flags = "--v8-flags=--max-semi-space-size=1,--min-semi-space-size=1,--initial-old-space-size=64";
/** Requests are signed for some region, and it looks at none. */
const regionOfNone = "us-east-1";
const ready_timeout_ms = 30_000;
const health_timeout_ms = 2_000;
const grace_ms = 2_000;

export const simulated: Deployer = {
  name: "simulated",
  kinds: [kind],

  serves: ({ deploy, simulate }) => deploy && simulate !== null,

  plan({ name, simulate }) {
    return Promise.resolve({
      experiment_name: name,
      target: "embedded endpoint",
      actions: [{
        kind: "command",
        what: `the embedded endpoint, profile ${simulate?.profile}, on a free port of this machine`,
      }],
      removal: [{ kind: "command", what: "end its process" }],
      tags: {},
      billing: null,
      needs: [],
    });
  },

  async deploy(experiment: Experiment, context: DeployContext): Promise<Endpoint> {
    const { name, model_id, predictor, instance_type, instance_count, api_key_env, options } = experiment;
    for (const earlier of owed(context.run_dir)) {
      if (earlier.kind !== kind || earlier.name !== name) continue;
      await removeProcess(earlier);
      record(context.run_dir, "deleted", earlier);
    }
    const tags = { nonce: crypto.randomUUID() };
    record(context.run_dir, "intent", { kind, name, id: null, tags });
    const { url, pid, started } = await start(experiment, tags.nonce, context);
    record(context.run_dir, "created", { kind, name, id: String(pid), tags: { ...tags, url, started } });
    context.log(`${name}: started a simulated endpoint at ${url} (process ${pid})`);
    const signed = isSigned(predictor);
    return {
      experiment_name: name,
      endpoint_name: experiment.ep_name,
      predictor,
      url: simulatedUrl(experiment, new URL(url).origin),
      model_id,
      instance_type,
      instance_count,
      region: experiment.region ?? (signed ? regionOfNone : null),
      deployed: true,
      simulated: true,
      api_key_env,
      observed: { process_ids: [pid] },
      ...(options === undefined ? {} : { options }),
    };
  },

  remove: removeProcess,

  async isAlive({ url }) {
    return URL.canParse(url) && (await health(new URL(url), health_timeout_ms))?.["simulated"] === true;
  },
};

async function removeProcess(resource: Resource): Promise<Removal> {
  const mark = treeOf(resource, "It ends by itself after two hours without a request.");
  return await endTree(mark, grace_ms) ? "removed" : "already gone";
}

async function start(experiment: Experiment, nonce: string, context: DeployContext) {
  const run_dir = resolve(context.run_dir);
  const prompts_dir = join(run_dir, "data", "prompts");
  const log_dir = join(run_dir, "simulate");
  await Deno.mkdir(log_dir, { recursive: true });
  const options = {
    ...experiment.simulate,
    model_id: experiment.model_id,
    prompts_dir,
    log_path: join(log_dir, `${fileName(experiment.name)}.jsonl`),
  };
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      v8Flags,
      "--allow-net=127.0.0.1",
      // Relative to its working folder where they are in it: a comma in a path can't be written in a permission list.
      `--allow-read=${relative(run_dir, prompts_dir)},${join(simulateDir, "deadline_thread.ts")}`,
      `--allow-write=${relative(run_dir, log_dir)}`,
      join(simulateDir, "serve.ts"),
      JSON.stringify(options),
    ],
    cwd: run_dir,
    clearEnv: true,
    env: {
      ...plainEnvironment(),
      [markVariable]: JSON.stringify({ nonce, name: experiment.name, tags: {} } satisfies Mark),
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  process.unref();
  const started = await startOf(process.pid) ?? "";
  const limit = context.ready_timeout_ms ?? ready_timeout_ms;
  const [line, complaint] = await firstLine(process.stdout, process.stderr, limit);
  const ready = parseReady(line);
  if (ready !== null) return { url: ready.url, pid: process.pid, started };
  const halfStarted: Resource = {
    kind,
    name: experiment.name,
    id: String(process.pid),
    tags: { nonce, started },
  };
  await removeProcess(halfStarted);
  record(context.run_dir, "deleted", halfStarted);
  throw new UserError({
    action: "start the simulated endpoint of",
    thing: experiment.name,
    found: complaint.trim() || `it was not ready within ${limit} ms`,
  });
}

/** What Deno needs to find its cache; no key of the user gets into the process. */
function plainEnvironment(): Record<string, string> {
  const names = [
    "PATH",
    "HOME",
    "DENO_DIR",
    "XDG_CACHE_HOME",
    "TMPDIR",
    "USERPROFILE",
    "LOCALAPPDATA",
    "SYSTEMROOT",
  ];
  const entries = names.map((name) => [name, Deno.env.get(name)] as const);
  return {
    ...Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined)),
    NO_COLOR: "1",
  };
}

function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]+/g, "_").replace(/^\.+/, "_");
}

function parseReady(line: string): { url: string } | null {
  try {
    const { ready, url } = JSON.parse(line) as { ready?: boolean; url?: string };
    return ready === true && url !== undefined ? { url } : null;
  } catch {
    return null;
  }
}
