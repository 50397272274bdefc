/** Requests of the signing predictors, opened as a server would. */

import assert from "node:assert/strict";
import type { AwsCredentials } from "../../../lib/core/mod.ts";
import { type Exchange, predictorFor, type PredictorOptions } from "../../../lib/predict/mod.ts";
import { signatures } from "../../aws/signature.ts";

export const keys: AwsCredentials = {
  access_key_id: "AKIDEXAMPLE",
  secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  session_token: "session+token/with==",
  expires_at_ms: null,
};

type Endpoint = PredictorOptions["endpoint"];

/** Options of a predictor at `http://127.0.0.1:1` in us-west-2. */
export function optionsOf(
  endpoint: Partial<Endpoint> & Pick<Endpoint, "predictor">,
  given: Partial<PredictorOptions> = {},
): PredictorOptions {
  return {
    endpoint: {
      url: "http://127.0.0.1:1",
      model_id: "model:0",
      endpoint_name: "ep",
      region: "us-west-2",
      api_key_env: null,
      ...endpoint,
    },
    stream: false,
    credentials: () => Promise.resolve(keys),
    ...given,
  };
}

type Begun = Parameters<Awaited<ReturnType<typeof predictorFor>>["begin"]>;

/** What is sent: the path, the headers and the JSON body, after its signature was checked. */
export async function sent(
  options: PredictorOptions,
  prompt: Begun[0],
  parameters: Begun[1] = {},
): Promise<{ path: string; headers: Record<string, string>; body: unknown }> {
  const predictor = await predictorFor(options);
  const { request } = await predictor.begin(prompt, parameters) as Exchange;
  const url = new URL(request.url);
  const bytes = typeof request.body === "string" ? new TextEncoder().encode(request.body) : request.body!;
  const lines = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
  const path = request.url.slice(url.origin.length);
  const { carried, due } = await signatures({
    head: [`POST ${path} HTTP/1.1`, ...lines].join("\r\n"),
    body: Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""),
  }, keys.secret_access_key);
  assert.equal(carried, due, "the signature");
  return { path, headers: { ...request.headers }, body: JSON.parse(new TextDecoder().decode(bytes)) };
}
