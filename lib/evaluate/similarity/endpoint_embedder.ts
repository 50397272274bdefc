/** An endpoint that embeds, by the predictor that speaks its protocol. */

import { type Clock, type Endpoint, isSigned, redact, systemClock, UserError } from "../../core/mod.ts";
import type { Parameters } from "../../predict/mod.ts";
import { inParallel } from "../../storage/mod.ts";
import { type CallRetries, type EndpointAccess, openLine } from "../endpoint_line.ts";
import type { Embedder } from "./embedder.ts";
import { type CallMeans, embeddingCall } from "./embedding_call.ts";
import type { EmbeddingLedger } from "./embedding_ledger.ts";
import { EmbeddingTally } from "./tally.ts";

/** The network and the keys are those of judges. */
export interface EndpointEmbedderOptions extends EndpointAccess {
  readonly endpoint: Endpoint;
  /** Sent as they are: `dimensions`, `input_type`, ... */
  readonly parameters?: Parameters;
  /** Texts in one request at most, within what the protocol allows. @default 32 */
  readonly batch?: number;
  /** Requests in flight at most. @default 4 */
  readonly parallel?: number;
  readonly retries?: CallRetries;
  readonly clock?: Clock;
  /** Keeps what it costs, and the cap. @default nobody does */
  readonly ledger?: EmbeddingLedger;
}

const capReached = "the cap on what judging may cost was reached";

/** A request with these is refused for what is in it: its other texts may pass. */
const refusedForContent = [400, 413, 422];

/**
 * The embedder `endpoint`: `openai_embeddings` (OpenAI and whoever speaks its protocol), `bedrock_invoke` (Titan, Cohere), `sagemaker`
 * and `djl` with `options.body: embeddings`. It is asked for one vector at once, so that a wrong address, key or model shows here.
 *
 * @throws {UserError} for a protocol or a model without vectors, or when that first call fails
 */
export async function endpointEmbedder(options: EndpointEmbedderOptions): Promise<Embedder> {
  const {
    endpoint,
    parameters = {},
    batch = 32,
    parallel = 4,
    retries = {},
    clock = systemClock,
    ledger = null,
  } = options;
  const line = await openLine({ endpoint }, options);
  const { embedsAtOnce } = line;
  if (embedsAtOnce === undefined) {
    await line.close();
    throw withoutVectors(endpoint);
  }
  const signal = options.signal ?? new AbortController().signal;
  const embedder = new EndpointEmbedder(
    nameOf(endpoint, parameters),
    Math.min(batch, embedsAtOnce),
    parallel,
    ledger,
    {
      ...{ line, parameters, clock, signal },
      retries: { attempts: 5, backoff_ms: 1000, longest_ms: 60_000, ...retries },
    },
  );
  const [first] = await embedder.embed(["yes"]);
  if (first || ledger?.reached) return embedder;
  await embedder.close();
  throw new UserError({
    action: "have texts embedded by",
    thing: redact(endpoint.endpoint_name),
    found: embedder.account().error_message ?? "there is no vector in its answer",
    remedy: "No answer was judged. Correct the embedder, or judge without similarity.",
  });
}

class EndpointEmbedder implements Embedder {
  readonly name: string;
  readonly #batch: number;
  readonly #parallel: number;
  readonly #ledger: EmbeddingLedger | null;
  readonly #means: CallMeans;
  readonly #tally = new EmbeddingTally();

  constructor(
    name: string,
    batch: number,
    parallel: number,
    ledger: EmbeddingLedger | null,
    means: CallMeans,
  ) {
    this.#ledger = ledger;
    this.name = name;
    this.#batch = batch;
    this.#parallel = parallel;
    this.#means = means;
  }

  async embed(texts: readonly string[]): Promise<readonly (Float32Array | null)[]> {
    const batches: string[][] = [];
    for (let start = 0; start < texts.length; start += this.#batch) {
      batches.push(texts.slice(start, start + this.#batch));
    }
    this.#tally.add({ texts: texts.length });
    return (await inParallel(batches, this.#parallel, (batch) => this.#embedded(batch))).flat();
  }

  account() {
    return this.#tally.account;
  }

  close(): Promise<void> {
    return this.#means.line.close();
  }

  /** A batch that is refused for what is in it goes again in halves, so that one text costs no other its vector. */
  async #embedded(texts: readonly string[]): Promise<readonly (Float32Array | null)[]> {
    const request = () => embeddingCall(texts, this.#means);
    const made = this.#ledger === null ? await request() : await this.#ledger.pay(texts, request);
    if (made === null) {
      this.#tally.add({ failed: texts.length, error_message: capReached });
      return texts.map(() => null);
    }
    const { vectors, error, http_status, calls, prompt_tokens } = made;
    this.#tally.add({ calls, prompt_tokens });
    if (vectors !== null) return vectors;
    if (texts.length > 1 && refusedForContent.includes(http_status ?? 0)) {
      const half = Math.ceil(texts.length / 2);
      return [...await this.#embedded(texts.slice(0, half)), ...await this.#embedded(texts.slice(half))];
    }
    this.#tally.add({ failed: texts.length, error_message: error?.message ?? null });
    return texts.map(() => null);
  }
}

/** The model, the server where it is not the vendor's own, and whatever else is sent. */
function nameOf(
  { predictor, model_id, endpoint_name, url }: Endpoint,
  parameters: Parameters,
): string {
  const server = !isSigned(predictor) ? url : predictor === "sagemaker" ? endpoint_name : null;
  const asked = Object.keys(parameters).length === 0 ? "" : ` ${JSON.stringify(parameters)}`;
  return redact(`${model_id}${server === null ? "" : ` at ${server}`}${asked}`);
}

function withoutVectors({ endpoint_name, predictor }: Endpoint): UserError {
  return new UserError({
    action: "have texts embedded by",
    thing: redact(endpoint_name),
    found: `${predictor} gives no vectors for this model`,
    expected:
      "openai_embeddings, bedrock_invoke with a model that embeds, or sagemaker or djl with body: embeddings",
  });
}
