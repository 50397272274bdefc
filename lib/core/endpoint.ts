/** Something that answers: deployed by this run or brought by the user. One entry of `models/endpoints.json`. */

import { protocolFacts, type ProtocolOptions } from "./protocol.ts";

export interface Endpoint {
  readonly experiment_name: string;
  /** `ep_name` of the config, or the name given at deployment. */
  readonly endpoint_name: string;
  /** Which predictor of `predict/` talks to it: `openai_chat`, ... */
  readonly predictor: string;
  /** Base URL, e.g. `http://127.0.0.1:8000/v1`; of an AWS service, that of the region's own endpoint or of what stands for it. */
  readonly url: string;
  readonly model_id: string;
  readonly instance_type: string;
  /** At least 1. */
  readonly instance_count: number;
  readonly region: string | null;
  /** Whether this run created it; what was brought is never removed. */
  readonly deployed: boolean;
  /** Whether it is the embedded one: reports on it say `simulated endpoint`. */
  readonly simulated: boolean;
  /** Name of the environment variable that holds the API key; the key itself is written nowhere. */
  readonly api_key_env: string | null;
  /** What its protocol has to know beyond that; absent: nothing. */
  readonly options?: ProtocolOptions;
  /** Base URLs of its copies, `url` the first of them, where the client shares requests among them; absent: there is one. */
  readonly replicas?: readonly string[];
  /** Which deployment target made it; absent: it was brought, or is simulated. */
  readonly deployer?: string;
  /** Where its utilisation can be read while load is sent; absent: nowhere. */
  readonly observed?: Observed;
  /** From the call that created it to the first answer, in seconds; absent: it was not measured. */
  readonly ready_after_s?: number;
}

/** The base URLs that its requests go to: those of its copies, where its protocol reaches them by URL, or its own. */
export function urlsOf(
  { url, replicas, predictor }: Pick<Endpoint, "url" | "replicas" | "predictor">,
): readonly string[] {
  const byUrl = (protocolFacts(predictor)?.address ?? "url") === "url";
  return byUrl && replicas !== undefined && replicas.length > 0 ? replicas : [url];
}

/** Where the utilisation of an endpoint can be read. */
export interface Observed {
  /** Servers' own counters, in Prometheus' text form; one for each copy. */
  readonly metrics_urls?: readonly string[];
  /** Its processes on this machine, with all that they start. */
  readonly process_ids?: readonly number[];
  /** Its containers on this machine. */
  readonly containers?: { readonly engine: "docker" | "podman"; readonly names: readonly string[] };
  /** GPUs of this machine, by the index that `nvidia-smi` gives. */
  readonly gpus?: readonly number[];
  readonly cloudwatch?: {
    readonly region: string;
    readonly endpoint_name: string;
    readonly variant_name: string;
  };
}
