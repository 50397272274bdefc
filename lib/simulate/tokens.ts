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

/** Tokens of a text whose count nobody knows: a quarter of its characters, rounded up. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}
