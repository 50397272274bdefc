/** What the tests of containers work with: a made-up machine, and an engine that is a program of the tests. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DeploymentSpec } from "../../../lib/core/mod.ts";
import type { DeployContext, Experiment } from "../../../lib/deploy/mod.ts";
import type { Machine } from "../../../lib/deploy/containers/containers_plan.ts";
import { containersTarget } from "../../../lib/deploy/containers/runtime/containers.ts";
import * as usual from "../scene.ts";
import { type Behaviour, containersIn, type FakeContainer } from "./runtime_fake_engine.ts";

/** A spec in which nothing is said. */
export const spec: DeploymentSpec = {
  ...usual.nothingSaid,
  script: "ec2_container",
  image_uri: "localhost/server:1",
  container: { ...usual.nothingSaid.container, type: "vllm" },
};

/** A c5.xlarge: two cores with two threads each. */
export const c5: Machine = {
  kind: "cpu",
  accelerators: 0,
  cores_per_device: 1,
  cpus: 4,
  threads_per_core: 2,
  memory_gib: 8,
  instance_type: "c5.xlarge",
};

/** An experiment on that machine. @param port where requests go */
export function containerExperiment(port: number, changes: Partial<DeploymentSpec> = {}): Experiment {
  return {
    ...usual.experiment,
    name: "first one",
    ep_name: `http://127.0.0.1:${port}`,
    instance_type: "c5.xlarge",
    simulate: null,
    deployment: { ...spec, ...changes },
  };
}

/** A target that takes this machine for a given one, and asks often. */
export function targetOn(machine: Machine) {
  return containersTarget({
    patience: { probe_timeout_ms: 1_000, first_pause_ms: 20, longest_pause_ms: 50 },
    removal: { grace_s: 1, limit_ms: 300, pause_ms: 20 },
    instanceType: () => Promise.resolve(machine.instance_type),
    probe: (instance_type) => Promise.resolve({ machine: { ...machine, instance_type }, said: [] }),
  });
}

export const quickTarget = targetOn(c5);

/** What a client of the engine was told. */
export interface Call {
  readonly engine: string;
  readonly args: readonly string[];
  readonly stdin: string | null;
  readonly docker_host: string | null;
}

export interface FakeScene extends AsyncDisposable {
  readonly run: string;
  readonly context: DeployContext;
  readonly logged: readonly string[];
  readonly waited: readonly string[];
  /** The port of a block of free ones. */
  readonly port: number;
  behave(changes: Partial<Behaviour>): Promise<void>;
  calls(): Promise<Call[]>;
  containers(): Promise<FakeContainer[]>;
  /** Puts a container into another state. */
  set(container: FakeContainer): Promise<void>;
}

const program = fileURLToPath(new URL("runtime_fake_engine.ts", import.meta.url));

/** A run, and engines of the given names in its `PATH`. */
export async function fakeScene(engines: readonly string[] = ["docker"]): Promise<FakeScene> {
  const { run, context, logged } = await usual.scene();
  const state = await Deno.makeTempDir();
  const bin = await Deno.makeTempDir();
  for (const name of engines) {
    const text =
      `#!/bin/sh\nexec '${Deno.execPath()}' run -A --no-check --no-config '${program}' ${name} '${state}' "$@"\n`;
    await Deno.writeTextFile(join(bin, name), text, { mode: 0o755 });
  }
  let behaviour: Behaviour = { images: ["localhost/server:1"], registry: [], password: null };
  const behave = async (changes: Partial<Behaviour>) => {
    behaviour = { ...behaviour, ...changes };
    await Deno.writeTextFile(join(state, "behaviour.json"), JSON.stringify(behaviour));
  };
  await behave({});
  const waited: string[] = [];
  const home = await Deno.makeTempDir();
  const cache = Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME") ?? "", ".cache", "deno");
  return {
    run,
    logged,
    waited,
    port: freePorts(4),
    behave,
    context: {
      ...context,
      env: { PATH: bin, HOME: home, DENO_DIR: cache },
      waiting: (what) => waited.push(what),
    },
    async calls() {
      const text = await Deno.readTextFile(join(state, "calls.jsonl")).catch(() => "");
      return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Call);
    },
    containers: () => containersIn(state),
    set: (container) => Deno.writeTextFile(join(state, `${container.id}.json`), JSON.stringify(container)),
    async [Symbol.asyncDispose]() {
      for (const { pid } of await containersIn(state)) if (pid !== null) kill(pid);
      for (const folder of [run, state, bin, home]) await Deno.remove(folder, { recursive: true });
    },
  };
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

/** The first of so many ports in a row that nobody listens at; none that the system gives to connections in the meantime. */
export function freePorts(count: number): number {
  for (let tries = 0; tries < 100; tries++) {
    const first = 15_000 + Math.floor(Math.random() * 14_000);
    const open: Deno.Listener[] = [];
    try {
      for (let next = 0; next < count; next++) {
        open.push(Deno.listen({ hostname: "127.0.0.1", port: first + next }));
      }
      return first;
    } catch {
      continue;
    } finally {
      for (const listener of open) listener.close();
    }
  }
  throw new Error("no free ports in a row");
}
