/** Something that answers: deployed by this run or brought by the user. One entry of `models/endpoints.json`. */

import type { ProtocolOptions } from "./protocol.ts";

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
}
