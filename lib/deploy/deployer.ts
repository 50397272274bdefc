/** What every deployment target offers. */

import type { Clock, DeploymentSpec, Endpoint, ProtocolOptions } from "../core/mod.ts";
import type { DeploymentPlan } from "./deployment_plan.ts";
import type { Ownership } from "./ownership.ts";

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
    /** How it serves who asks for optimised latency; absent: as it does by itself. */
    readonly optimized?: { readonly ttft_factor: number; readonly speed_factor: number } | undefined;
    /** What goes wrong there, in the endpoint's own words; null = nothing. */
    readonly faults: Readonly<Record<string, unknown>> | null;
  } | null;
  /** What its deployment script is told; null: nothing is deployed, or it is simulated. */
  readonly deployment: DeploymentSpec | null;
  /** What it pays for an hour of one instance by its own entry, whatever the price file says; absent: that speaks. */
  readonly price_per_hour?: number;
  /** The name of a protocol, or the path of the user's own module. */
  readonly predictor: string;
  readonly api_key_env: string | null;
  /** What its protocol has to be told; absent: nothing. */
  readonly options?: ProtocolOptions;
  /** What stands between a brought endpoint's URL and the prompt, where the prompt goes into the address; no slash leads it. */
  readonly url_format?: string;
}

/** What is known before anything is created. */
export interface PlanContext {
  readonly run_id: string;
  /** The tags of all that the run creates. */
  readonly ownership: Ownership;
  /** The folder of the config: paths in it are relative to that. */
  readonly config_dir: string;
  /** What an hour of instances costs, in the currency of the price file. */
  readonly billing: (instance_type: string, count: number) => Billing;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether there is a token for the Hugging Face Hub; a plan says which variable it goes by, never what it is. */
  readonly has_hub_token: boolean;
}

/** Where and for whom something is deployed. */
export interface DeployContext extends PlanContext {
  /** The run directory: its ledger is written, below it lie prompts, logs and files for containers. */
  readonly run_dir: string;
  readonly log: (message: string) => void;
  /** What is waited for, and since when: shown in terminal and notebook. */
  readonly waiting?: (what: string, waited_s: number) => void;
  /** Aborted when the user stops the step: what was begun stays in the ledger, and nothing more is created. */
  readonly signal: AbortSignal;
  /** @default the system's */
  readonly clock?: Clock;
  /** The token for the Hugging Face Hub: environment, `hf_token.txt`, or what `hf auth login` wrote; null: none. */
  readonly hubToken: () => Promise<string | null>;
  /** How long an endpoint may take to answer for the first time. @default the target's own limit */
  readonly ready_timeout_ms?: number;
}

/** What an hour of a resource costs. */
export interface Billing {
  readonly instance_type: string;
  readonly instance_count: number;
  /** Of all instances together; null: nobody knows. */
  readonly per_hour: number | null;
  readonly currency: string;
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
  /** Absent: it costs nothing by itself. */
  readonly billing?: Billing;
}

/** What a removal works with: a run may be long over, and its config gone. */
export interface RemovalContext {
  /** null: found by its tags, without the run that created it. */
  readonly run_dir: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: (message: string) => void;
  /** @default the system's */
  readonly clock?: Clock;
}

/** Removes one kind of resource that is no deployment: of areas that build on this one. */
export type Remover = Pick<Deployer, "kinds" | "remove" | "findTagged">;

/** How a removal went: it was there and is not any more, or it was not there. */
export type Removal = "removed" | "already gone";

/** Where to look for what carries our tags. */
export interface OrphanScope {
  /** Regions of AWS; empty: no cloud is asked. */
  readonly regions: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: (message: string) => void;
}

/** Something with our tags, found without a ledger. */
export interface TaggedResource extends Resource {
  /** As its tags say. */
  readonly ownership: Ownership;
  /** For people: `SageMaker endpoint fmbench-x in us-east-1`. */
  readonly description: string;
}

/** One deployment target. */
export interface Deployer {
  /** As an endpoint's `deployer` says it. */
  readonly name: string;
  /** Of its entries in the ledger. */
  readonly kinds: readonly string[];
  /** Whether it is this target that the experiment asks for. */
  serves(experiment: Experiment): boolean;
  /**
   * What `deploy` would do, in order. Nothing is created and nothing of the cloud is asked: it works without credentials.
   *
   * @throws {UserError} a refusal: what in the experiment can't be deployed, and what to change
   */
  plan(experiment: Experiment, context: PlanContext): Promise<DeploymentPlan>;
  /**
   * Brings the endpoint to the point where it answers. Whatever it creates is in the ledger before it exists.
   *
   * @throws {UserError} if it doesn't come to answer
   */
  deploy(experiment: Experiment, context: DeployContext): Promise<Endpoint>;
  /**
   * Removes what it created, surely gone when this resolves, and nothing else. An intent without an id is looked for by name
   * and tags.
   *
   * @throws {UserError} if it is still there, or there is no way to tell
   */
  remove(resource: Resource, context: RemovalContext): Promise<Removal>;
  /**
   * What carries our tags, of whatever run; absent: its resources carry none.
   *
   * @throws {UserError} if it can't look
   */
  findTagged?(scope: OrphanScope): Promise<readonly TaggedResource[]>;
  /** Whether the endpoint can be reached now. Never throws. */
  isAlive(endpoint: Endpoint): Promise<boolean>;
}
