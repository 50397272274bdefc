/** OpenAI's embeddings: a text becomes a vector. */

import type { ResponseHead } from "../../transport/mod.ts";
import { type UsageBody, usageOf } from "./openai_body.ts";
import { openaiRequests, withoutImages } from "./openai_request.ts";
import type { Predictor, PredictorOptions } from "../predictor.ts";
import { WholeReader } from "../response_reader.ts";
import { type CapNames, withOwnCap } from "../token_cap.ts";

interface Body {
  readonly id?: string;
  readonly model?: string;
  readonly data?: readonly { readonly embedding?: readonly number[] | string }[];
  readonly usage?: UsageBody | null;
}

/** There is nothing to cap. */
const cap: CapNames = { own: ["max_tokens"], foreign: ["max_new_tokens"] };

const bytesOfFloat = 4;

/** OpenAI's limit on the list `input`. */
const longestInput = 2048;

/**
 * The predictor `openai_embeddings`. It never streams. The text of an answer is `{"embeddings":1,"dimensions":640}`; no token is
 * generated, which is a count of zero and not an unknown one. The cap on the answer's length is not sent.
 *
 * @throws {UserError} if the endpoint's headers can't be made
 */
export function openaiEmbeddings(options: PredictorOptions): Predictor {
  const { request, secrets } = openaiRequests({ ...options, stream: false }, "/embeddings");
  return {
    name: "openai_embeddings",
    begin(prompt, parameters) {
      withoutImages(prompt, "openai_embeddings");
      const { max_tokens: _, ...rest } = withOwnCap(parameters, cap);
      return {
        request: request({ ...rest, input: prompt.texts ?? prompt.prompt }),
        reader: new EmbeddingsReader(secrets),
      };
    },
    embedsAtOnce: longestInput,
    maxTokens: () => null,
  };
}

export class EmbeddingsReader extends WholeReader {
  protected override headers({ headers }: ResponseHead): void {
    this.draft.server_request_id = headers.get("x-request-id") ?? null;
  }

  protected whole(bytes: Uint8Array): void {
    const { draft } = this;
    const body: Body | null = this.said(new TextDecoder().decode(bytes));
    if (body === null) return;
    if (body.id) draft.server_request_id = body.id;
    if (body.model) draft.served_model = body.model;
    const usage = usageOf(body.usage ?? {});
    const dimensions = dimensionsOf(body.data?.[0]?.embedding);
    if (dimensions === null) {
      draft.usage = usage;
      return draft.fail({ kind: "parse", message: "the answer has no data[0].embedding" });
    }
    draft.usage = { ...usage, completion_tokens: 0 };
    draft.text = JSON.stringify({ embeddings: body.data?.length, dimensions });
    draft.embeddings = body.data;
    draft.terminated = true;
  }
}

/** Numbers of a vector; as base64 it is 32-bit floats. null for what is no vector. */
function dimensionsOf(embedding: unknown): number | null {
  if (Array.isArray(embedding)) return embedding.length;
  if (typeof embedding !== "string") return null;
  const padding = embedding.match(/=*$/)?.[0].length ?? 0;
  return Math.floor((embedding.length * 3) / 4 - padding) / bytesOfFloat;
}
