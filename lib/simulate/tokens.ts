/** How the embedded endpoint cuts its answers into tokens: a rule of its own, so that counts are known without a tokenizer. */

const piece = /\s*\S{1,6}/gu;

/**
 * Cuts a text into pieces of at most six visible characters, each with the white space before it; white space at the end
 * goes to the last piece. Joined, the pieces are the text. An empty text has none.
 */
export function splitTokens(text: string): string[] {
  const pieces = text.match(piece) ?? [];
  const rest = text.slice(pieces.reduce((length, part) => length + part.length, 0));
  if (rest === "") return pieces;
  const last = pieces.pop() ?? "";
  return [...pieces, last + rest];
}

const known = new Map<string, readonly string[]>();
const mostKnown = 5_000;

/** `splitTokens` that cuts each text once: answers are asked for again and again. */
export function tokensOf(text: string): readonly string[] {
  let tokens = known.get(text);
  if (tokens === undefined) {
    tokens = splitTokens(text);
    if (known.size >= mostKnown) known.clear();
    known.set(text, tokens);
  }
  return tokens;
}

/** Tokens of a text whose count nobody knows: a quarter of its characters, rounded up. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}
