/** The vectors of an embedding, out of the forms in which APIs send them. */

import type { Answer } from "./answer.ts";

const bytesOfFloat = 4;

/**
 * The vectors of an answer in the order of its texts; null when it isn't an embedding of `count` texts, each with one vector of
 * finite numbers. OpenAI's entries are put in the order of their `index`; numbers may come as a list, or in base64 as 32-bit floats,
 * little-endian. Of several types of numbers (`embeddingsByType`) the floats count.
 */
export function vectorsOf({ embeddings }: Pick<Answer, "embeddings">, count: number): Float32Array[] | null {
  const lists = listsIn(embeddings);
  if (lists === null || lists.length !== count) return null;
  const vectors: Float32Array[] = [];
  for (const list of lists) {
    const vector = vectorIn(list);
    if (vector === null) return null;
    vectors.push(vector);
  }
  return vectors;
}

function listsIn(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) {
    if (typeof value[0] === "number") return [value];
    return value.every(isEntry) ? inOrder(value).map(({ embedding }) => embedding) : value;
  }
  if (value === null || typeof value !== "object") return null;
  const { float } = value as Record<string, unknown>;
  return listsIn(float);
}

interface Entry {
  readonly embedding: unknown;
  readonly index?: unknown;
}

function isEntry(value: unknown): value is Entry {
  return value !== null && typeof value === "object" && "embedding" in value;
}

function inOrder(entries: readonly Entry[]): readonly Entry[] {
  const places = entries.map(({ index }, i) => typeof index === "number" ? index : i);
  return entries.map((entry, i) => ({ entry, place: places[i]! })).sort((a, b) => a.place - b.place)
    .map(({ entry }) => entry);
}

function vectorIn(value: unknown): Float32Array | null {
  const numbers = typeof value === "string" ? floatsIn(value) : numbersIn(value);
  return numbers !== null && numbers.length > 0 && numbers.every(Number.isFinite) ? numbers : null;
}

/** Some containers wrap the vector of a text in a list of one. */
function numbersIn(value: unknown): Float32Array | null {
  if (!Array.isArray(value)) return null;
  const numbers: readonly unknown[] = value.length === 1 && Array.isArray(value[0]) ? value[0] : value;
  return numbers.every((each) => typeof each === "number") ? Float32Array.from(numbers) : null;
}

function floatsIn(base64: string): Float32Array | null {
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.fromBase64(base64);
  } catch {
    return null;
  }
  if (bytes.length % bytesOfFloat !== 0) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Float32Array.from(
    { length: bytes.length / bytesOfFloat },
    (_, i) => view.getFloat32(i * bytesOfFloat, true),
  );
}
