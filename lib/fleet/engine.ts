/** What runs worker programs on other machines: it starts, watches, stops and lists them, and knows nothing of load. */

/** The variable that tells a worker program which one it is: a whole number from 0. */
export const workerVariable = "FMBENCH_WORKER";

/** One segment's worker programs: so many copies of one command. */
export interface FleetJob {
  /** `fleetJobName`; what the engine tells it by from all other jobs. */
  readonly name: string;
  readonly run_id: string;
  readonly segment: string;
  /** Their indexes are 0 to `workers` - 1; each copy finds its own in `FMBENCH_WORKER`. */
  readonly workers: number;
  /** The most on one node; null: as many as have room. */
  readonly per_node: number | null;
  /** What is set aside for each copy. */
  readonly resources: FleetResources;
  /** What each copy runs: in the package's folder where there is one, in the image on Kubernetes. */
  readonly command: readonly string[];
  /** For all copies. May hold secrets: never logged, never in a program's arguments. */
  readonly env: Readonly<Record<string, string>>;
  /** Of Ray: the folder that every copy gets as its working directory; null: none. */
  readonly package_dir: string | null;
  /** Of Kubernetes: the container image. */
  readonly image: string | null;
  /** Of Kubernetes; null: the one that the kubeconfig's context names, else `default`. */
  readonly namespace: string | null;
}

/** For one copy. Every key but these two is a resource of the cluster by its own name, such as `nvidia.com/gpu`. */
export interface FleetResources {
  /** Cores. @default 1: a load process sends from one */
  readonly cpu?: number;
  /** In 10^9 bytes. */
  readonly memory_gb?: number;
  readonly [custom: string]: number | undefined;
}

export type FleetStatus = "pending" | "running" | "succeeded" | "failed" | "stopped";

export interface FleetWorkerState {
  readonly index: number;
  readonly status: FleetStatus;
  /** Where it runs or ran, in the engine's words; null: nowhere yet, or nobody knows any more. */
  readonly node: string | null;
  /** Of a failed one, why; of a pending one, what it waits for; null: nothing is known. For people. */
  readonly reason: string | null;
}

/** A job of ours, found without a record of it. */
export interface FoundJob {
  readonly name: string;
  readonly run_id: string;
  /** UTC, ISO 8601; null: nobody knows. */
  readonly created_at: string | null;
  /** Whether a copy runs, or may still begin to. */
  readonly active: boolean;
}

export interface FleetEngine {
  readonly name: "ray" | "kubernetes";
  /**
   * A look before anything is started: whether the engine answers, lets us, and has room for so many copies.
   *
   * @throws {UserError} that says which figure falls short
   */
  check(job: FleetJob): Promise<void>;
  /**
   * Starts all copies; where some are there already by that name, the missing ones.
   *
   * @throws {UserError} if the engine refuses one, or a job of somebody else has the name
   */
  submit(job: FleetJob): Promise<void>;
  /** One state for every index, in order. Of copies that the engine does not know (any more): `stopped`. */
  states(job: Pick<FleetJob, "name" | "workers">): Promise<readonly FleetWorkerState[]>;
  /** The last lines of a copy; null: they can't be had. Never throws. */
  logs(job: Pick<FleetJob, "name">, index: number): Promise<string | null>;
  /**
   * Stops all copies there are under the name, also of a job of which only some were started, and forgets them. They are surely
   * gone when this resolves; a job that is not there is one that is gone.
   *
   * @throws {UserError} if one is still there, or there is no way to tell
   */
  stop(job: Pick<FleetJob, "name">): Promise<void>;
  /** Every job of ours there is, of whatever run, the oldest first. */
  list(): Promise<readonly FoundJob[]>;
}

/** The most characters: Kubernetes makes host names of it, of 63 characters with a hyphen and the index. */
const most_characters = 56;

/** `fmbench-<run id>-<segment>` in lower case letters, digits and hyphens, as Kubernetes and Ray take it; the run id is cut first. */
export function fleetJobName(run_id: string, segment: string): string {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  const tail = `-${plain(segment)}`;
  return `fmbench-${plain(run_id)}`.slice(0, most_characters - tail.length).replace(/-+$/, "") + tail;
}
