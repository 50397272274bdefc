/** Which embedders there are. */

import type { Embedder } from "./embedder.ts";
import { endpointEmbedder, type EndpointEmbedderOptions } from "./endpoint_embedder.ts";
import { localEmbedder, type LocalEmbedderOptions } from "./local_embedder.ts";
import { cachedEmbedder } from "./vector_cache.ts";

/** An endpoint that embeds, or a sentence model in a process of its own. */
export type EmbedderOptions =
  & (
    | ({ readonly kind: "endpoint" } & EndpointEmbedderOptions)
    | ({ readonly kind: "local" } & LocalEmbedderOptions)
  )
  & {
    /** The file that keeps vectors, `evaluations/vectors.jsonl`, say. @default none are kept */
    readonly cache_file?: string;
    /** Such files of other runs, which are only read. @default none */
    readonly earlier_caches?: readonly string[];
  };

/**
 * Opens an embedder and has it embed one word, so that what is wrong with it is known before answers are judged.
 *
 * @throws {UserError} if it can't embed: an address, key or model that is wrong, a protocol without vectors, weights or packages
 * that can't be had
 */
export async function openEmbedder(options: EmbedderOptions): Promise<Embedder> {
  const { cache_file, earlier_caches } = options;
  const embedder = options.kind === "endpoint"
    ? await endpointEmbedder(options)
    : await localEmbedder(options);
  return cache_file === undefined ? embedder : await cachedEmbedder(embedder, cache_file, earlier_caches);
}
