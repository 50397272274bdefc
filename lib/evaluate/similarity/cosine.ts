/** How near texts are to each other, as the angle between their vectors. */

/**
 * The cosine of the angle between two vectors, from -1 to 1; null where there is no angle: one of them is zero, or they are not of
 * the same model (another length).
 */
export function cosine(a: Float32Array, b: Float32Array): number | null {
  if (a.length !== b.length) return null;
  let [dot, squareA, squareB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    dot += x * y;
    squareA += x * x;
    squareB += y * y;
  }
  const lengths = Math.sqrt(squareA * squareB);
  if (lengths === 0 || !Number.isFinite(lengths)) return null;
  return Math.max(-1, Math.min(1, dot / lengths));
}

/** The cosine of an answer and the nearest of the right answers; null when it can't be told for any of them. */
export function nearestCosine(
  answer: Float32Array | null,
  truths: readonly (Float32Array | null)[],
): number | null {
  if (answer === null) return null;
  let nearest: number | null = null;
  for (const truth of truths) {
    const near = truth === null ? null : cosine(answer, truth);
    if (near !== null && (nearest === null || near > nearest)) nearest = near;
  }
  return nearest;
}
