/** What a config says of a fleet, with all that it leaves open settled. */

import type { FleetResources } from "./engine.ts";

export interface FleetSettings {
  readonly engine: "ray" | "kubernetes";
  /** Ray: URL of the dashboard; Kubernetes: a context of the kubeconfig, null: the current one. */
  readonly address: string | null;
  readonly workers: number;
  readonly per_node: number | null;
  readonly resources: FleetResources;
  /** A folder that all machines see under the same path, or `s3://bucket/prefix`; null: the run directory is such a folder. */
  readonly storage: string | null;
  /** `host:port` of this machine where workers are listened for; port 0 = any free one. */
  readonly listen: string;
  /** Host, or `host:port`, under which workers reach that; null: this machine's address on the way to the engine. */
  readonly advertise: string | null;
  readonly image: string | null;
  readonly namespace: string | null;
  /** What each copy runs; null: this program's own command. */
  readonly command: readonly string[] | null;
}
