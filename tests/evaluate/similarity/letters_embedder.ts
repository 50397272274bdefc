/** An embedder for tests whose vectors can be worked out by hand: how many "a" and how many "b" a text has. */

import type { Embedder } from "../../../lib/evaluate/mod.ts";

const count = (text: string, letter: string) => text.split(letter).length - 1;

/** Notes what it is asked for; a text with "!" can't be embedded. */
export function lettersEmbedder(name = "letters"): Embedder & { readonly asked: string[][] } {
  const asked: string[][] = [];
  return {
    name,
    asked,
    embed(texts) {
      asked.push([...texts]);
      const vectors = texts.map((text) =>
        text.includes("!") ? null : Float32Array.from([count(text, "a"), count(text, "b")])
      );
      return Promise.resolve(vectors);
    },
    account: () => ({
      calls: asked.length,
      texts: asked.flat().length,
      ...{ prompt_tokens: null, truncated: 0, failed: 0, error_message: null },
    }),
    close: () => Promise.resolve(),
  };
}
