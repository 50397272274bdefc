/** What every deployment target offers. */

import type { Endpoint, ProtocolOptions } from "../core/mod.ts";

/** What a deployer needs to know of an entry of `experiments:`. */
export interface Experiment {
  readonly name: string;
  readonly model_id: string;
  /** Of what is brought: its URL, or its name or ARN where the protocol goes by one. Of what is deployed: the name it gets. */
  readonly ep_name: string;
  readonly instance_type: string;
  readonly instance_count: number;
  readonly deploy: boolean;
  readonly region: string | null;
  /** Set for the embedded endpoint. */
  readonly simulate: {
    readonly profile: string;
    readonly accuracy: number;
    readonly seed: number;
    /** What goes wrong there, in the endpoint's own words; null = nothing. */
    readonly faults: Readonly<Record<string, unknown>> | null;
  } | null;
  /** The name of a protocol, or the path of the user's own module. */
  readonly predictor: string;
  readonly api_key_env: string | null;
  /** What its protocol has to be told; absent: nothing. */
  readonly options?: ProtocolOptions;
  /** What stands between a brought endpoint's URL and the prompt, where the prompt goes into the address; no slash leads it. */
  readonly url_format?: string;
}

/** Where and for whom something is deployed. */
export interface DeployContext {
  /** The run directory: its ledger is written, below it lie prompts and logs. */
  readonly run_dir: string;
  readonly log: (message: string) => void;
  /** How long an endpoint may take to answer for the first time. @default the target's own limit */
  readonly ready_timeout_ms?: number;
}

/** Something that a run created, as the ledger knows it. */
export interface Resource {
  /** Which deployer removes it. */
  readonly kind: string;
  /** Unique within kind and run. */
  readonly name: string;
  /** null: only the intent is known; it may exist or not. */
  readonly id: string | null;
  /** What it takes to find it and to be sure that it is this one. */
  readonly tags: Readonly<Record<string, string>>;
}

/** How a removal went: it was there and is not any more, or it was not there. */
export type Removal = "removed" | "already gone";

/** One deployment target. */
export interface Deployer {
  /** Of its entries in the ledger. */
  readonly kind: string;
  /** Whether it is this target that the experiment asks for. */
  serves(experiment: Experiment): boolean;
  /**
   * Brings the endpoint to the point where it answers. Whatever it creates is in the ledger before it exists.
   *
   * @throws {UserError} if it doesn't come to answer
   */
  deploy(experiment: Experiment, context: DeployContext): Promise<Endpoint>;
  /**
   * Removes what it created, surely gone when this resolves, and nothing else.
   *
   * @throws {UserError} if it is still there, or there is no way to tell
   */
  remove(resource: Resource): Promise<Removal>;
  /** Whether the endpoint can be reached now. Never throws. */
  isAlive(endpoint: Endpoint): Promise<boolean>;
}
