/**
 * What a deployment script of your own looks like: the types for a TypeScript module that `deployment_script` names. It exports two
 * functions, `deploy` and `remove`. `docs/deploy/own_script.md` has an example. Import these types with `import type`.
 */

/** What is to be deployed: the experiment as the config has it. */
export interface OwnExperiment {
  readonly name: string;
  readonly model_id: string;
  /** `ep_name` of the config: the name that it gets. */
  readonly ep_name: string;
  readonly instance_type: string;
  readonly instance_count: number;
  readonly region: string | null;
  /** How it will be spoken to: a protocol such as `openai_chat`, or the path of a predictor of yours. */
  readonly predictor: string;
  /** `env` of the config; `${NAME}` stands there as it is written, for a variable of the environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly image_uri: string | null;
  /** `inference_spec.container_params` of the config: whatever else your script wants to be told. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * Something that the script created, in JSON: written into the ledger of the run, and handed back when it is to be removed, which may
 * be much later and in another process. No secrets.
 */
export interface OwnResource {
  /** In your words: `process`, `droplet`. */
  readonly kind: string;
  /** Unique among the resources of one deployment and kind. */
  readonly name: string;
  /** null: it may exist or not; look for it by name and tags. */
  readonly id: string | number | null;
  /** Whatever else it takes to find it and to be sure that it is this one. */
  readonly [more: string]: unknown;
}

/** What `deploy` and `remove` have in common. */
export interface OwnContext {
  readonly run_id: string;
  /** For everything that can carry tags. `fmbench:nonce` is this deployment's alone. */
  readonly tags: Readonly<Record<string, string>>;
  /** The same, as labels of Kubernetes and containers. */
  readonly labels: Readonly<Record<string, string>>;
  /** Shown, and written into the log of the run; secrets are taken out. */
  log(message: string): void;
  /** Aborted when the user stops the step, and when time is up: some seconds later the process is ended. */
  readonly signal: AbortSignal;
}

export interface OwnDeployContext extends OwnContext {
  /** The folder of the config. */
  readonly config_dir: string;
  /** The run directory: a place for logs and files. */
  readonly run_dir: string;
  /** The token for the Hugging Face Hub; null: there is none. Only for who asks. */
  hubToken(): Promise<string | null>;
  /**
   * Tells of a resource as soon as it exists, or is about to (`id: null`): in the ledger when this resolves, and removed even if `deploy`
   * never returns. A later one of the same kind and name takes its place.
   */
  created(resource: OwnResource): Promise<void>;
}

/** What answers now. */
export interface OwnDeployed {
  /** Base URL as the predictor wants it, e.g. `http://127.0.0.1:8000/v1`. */
  readonly url?: string;
  /** Of a service of AWS: the endpoint's name. @default `ep_name` */
  readonly endpoint_name?: string;
  /** Everything that was created, beside what `created()` told of, oldest first. */
  readonly resources?: readonly OwnResource[];
  /** Where the server counts, in Prometheus' text form. */
  readonly metrics_url?: string;
}

/** Brings an endpoint to the point where it answers. What it throws is shown. */
export type OwnDeploy = (experiment: OwnExperiment, context: OwnDeployContext) => Promise<OwnDeployed>;

/**
 * Removes one resource, surely gone when it resolves; called again, it finds nothing to do. The youngest comes first. Before anything was
 * told of, `resource` is `{kind: "deployment", name, id: null}`: whatever carries the tags is to go.
 */
export type OwnRemove = (
  resource: OwnResource,
  context: OwnContext,
) => Promise<"removed" | "already gone" | void>;
