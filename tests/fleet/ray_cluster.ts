/**
 * A real Ray cluster on this machine: a head and more nodes, each on a loopback address of its own. `FMBENCH_TEST_RAY` names a Python that
 * has Ray (`tests/requirements-ray.txt`). Linux: other systems have one loopback address.
 */

import { dirname, join } from "node:path";

/** Ray's own program; null: it is not named, and whatever needs it is skipped. */
export const rayProgram: string | null = Deno.env.get("FMBENCH_TEST_RAY")
  ? join(dirname(Deno.env.get("FMBENCH_TEST_RAY") ?? ""), "ray")
  : null;

export interface RayCluster extends AsyncDisposable {
  /** URL of the dashboard. */
  readonly address: string;
  /** Addresses of the nodes, the head's first. */
  readonly nodes: readonly string[];
  /** Kills what makes a machine a node of the cluster, and nothing else of it, with SIGKILL. */
  killRaylet(node: string): Promise<void>;
  /** Processes that the cluster has begun, by their command, arguments and all; their ids in order. */
  running(command: string): readonly number[];
}

export interface RayClusterOptions {
  readonly nodes?: number;
  /** Cores that a node says it has. The head has as many as the others. */
  readonly cpus?: number;
  /** Other variables for all of its processes. */
  readonly env?: Readonly<Record<string, string>>;
}

/** In the environment of all its processes, so that they are found whatever they call themselves. */
const mark = "FMBENCH_TEST_RAY_CLUSTER";

const patience_ms = 120_000;

/** A node that is gone is noticed after one or two seconds; Ray's own values take 14. */
const impatience = {
  RAY_health_check_initial_delay_ms: "0",
  RAY_health_check_period_ms: "300",
  RAY_health_check_timeout_ms: "1000",
  RAY_health_check_failure_threshold: "3",
};

/** Starts one, each node with one `load_slot`. @throws {Error} with what Ray says, if it does not come up */
export async function rayCluster(options: RayClusterOptions = {}): Promise<RayCluster> {
  const { nodes: count = 2, cpus = 2, env = {} } = options;
  const dir = await Deno.makeTempDir({ prefix: "ray-" });
  const own = dir.split("/").at(-1) ?? "";
  const started: Deno.ChildProcess[] = [];
  const [gcs, dashboard, client] = freePorts(3);
  // Ray takes 127.0.0.1 for the machine's outer address.
  const nodes = Array.from({ length: count }, (_, index) => `127.0.0.${index + 2}`);
  const address = `http://127.0.0.1:${dashboard}`;

  function start(node: string, args: readonly string[]): void {
    started.push(
      new Deno.Command(rayProgram ?? "ray", {
        args: [
          ...["start", "--block", ...args, `--node-ip-address=${node}`, `--num-cpus=${cpus}`, "--num-gpus=0"],
          ...[`--resources={"load_slot":1}`, "--object-store-memory=80000000", "--disable-usage-stats"],
          ...["--include-log-monitor=false", "--min-worker-port=0", "--max-worker-port=0"],
          "--dashboard-agent-listen-port=0",
        ],
        env: { ...impatience, ...env, [mark]: own, PYTHONDONTWRITEBYTECODE: "1" },
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn(),
    );
  }

  const ours = () => processes().filter(({ env }) => env.includes(`${mark}=${own}`));

  async function stop(): Promise<void> {
    // All at once, so that none begins another one.
    await until(() => {
      const left = ours();
      for (const { pid } of left) kill(pid);
      return Promise.resolve(left.length === 0);
    });
    await Promise.all(started.map((child) => child.status));
    await Deno.remove(dir, { recursive: true });
  }

  try {
    start(nodes[0] ?? "", [
      ...["--head", `--port=${gcs}`, `--temp-dir=${dir}`, "--dashboard-host=127.0.0.1"],
      ...[`--dashboard-port=${dashboard}`, `--ray-client-server-port=${client}`],
    ]);
    await until(async () => {
      const answer = await fetch(`${address}/api/version`, { headers: authorization(env) });
      await answer.body?.cancel();
      return answer.ok;
    });
    for (const node of nodes.slice(1)) start(node, [`--address=${nodes[0]}:${gcs}`]);
    await until(async () => {
      const answer = await fetch(`${address}/api/v0/nodes`, { headers: authorization(env) });
      return (await answer.text()).split(`"ALIVE"`).length - 1 === count;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    address,
    nodes,
    killRaylet(node) {
      const raylets = ours().filter(({ command }) =>
        command.includes("raylet/raylet") && command.includes(`--node_ip_address=${node}`)
      );
      if (raylets.length !== 1) throw new Error(`${raylets.length} raylets at ${node}`);
      for (const { pid } of raylets) kill(pid);
      return until(() => Promise.resolve(!ours().some(({ pid }) => pid === raylets[0]?.pid)));
    },
    running: (command) =>
      ours().filter((one) => one.command.trim() === command).map(({ pid }) => pid).sort((a, b) => a - b),
    [Symbol.asyncDispose]: stop,
  };
}

/** As the cluster's own token lets in. */
function authorization(env: Readonly<Record<string, string>>): Record<string, string> {
  const token = env["RAY_AUTH_TOKEN"];
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

interface Process {
  readonly pid: number;
  readonly command: string;
  /** `NAME=value` each. */
  readonly env: readonly string[];
}

/** Of this machine, those that can be looked into and have not ended. */
function processes(): Process[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const env = Deno.readTextFileSync(`/proc/${name}/environ`).split("\0");
      const command = Deno.readTextFileSync(`/proc/${name}/cmdline`).replaceAll("\0", " ");
      return [{ pid: Number(name), command, env }];
    } catch {
      return [];
    }
  });
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = listeners.map(({ addr }) => addr.port);
  for (const listener of listeners) listener.close();
  return ports;
}

/** Looks again and again until something is so. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patience_ms;
  while (!(await holds().catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`it was not so within ${patience_ms} ms: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
