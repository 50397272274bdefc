/** Calls by the signing predictors over the instrument, as a worker makes them. */

import { simulatedCredentials } from "../../../lib/core/mod.ts";
import { type Answer, type Exchange, predictorFor, type PredictorOptions } from "../../../lib/predict/mod.ts";
import type { SendResult, Transport } from "../../../lib/transport/mod.ts";
import { optionsOf } from "./aws_requests.ts";

export interface Called {
  readonly answer: Answer;
  readonly result: SendResult;
  readonly retry_after: string | null;
}

type Begun = Parameters<Awaited<ReturnType<typeof predictorFor>>["begin"]>;

/** Begins, sends once, finishes. */
export async function called(
  transport: Transport,
  options: PredictorOptions,
  prompt: Begun[0] = { prompt: "Where?" },
  parameters: Begun[1] = {},
): Promise<Called> {
  const predictor = await predictorFor(options);
  const { request, reader } = await predictor.begin(prompt, parameters) as Exchange;
  let retry_after: string | null = null;
  const result = await transport.send(request, {
    onHead(head, at_ms) {
      retry_after = head.headers.get("retry-after") ?? null;
      reader.onHead(head, at_ms);
    },
    onData: (bytes, at_ms) => reader.onData(bytes, at_ms),
  }, { limits: { total_ms: 20_000, stall_ms: 10_000 } });
  return { answer: reader.finish(result.failure), result, retry_after };
}

/** Options towards an embedded endpoint, with the keys that it takes. */
export function towards(
  port: number,
  endpoint: Parameters<typeof optionsOf>[0],
  given: Partial<PredictorOptions> = {},
): PredictorOptions {
  return optionsOf({ model_id: "m", ...endpoint, url: `http://127.0.0.1:${port}` }, {
    credentials: () => Promise.resolve(simulatedCredentials),
    ...given,
  });
}
