/** Embeddings: a vector that a text alone decides, of length 1. */

import { Buffer } from "node:buffer";
import { seededRandom } from "../../core/mod.ts";

/** @param dimensions how many numbers */
export function vectorOf(text: string, dimensions: number): number[] {
  const { normal } = seededRandom(0, ["embedding", text]);
  const numbers = Array.from({ length: dimensions }, normal);
  const length = Math.hypot(...numbers);
  return numbers.map((number) => Math.fround(number / length));
}

/** Numbers as OpenAI sends them in base64: 32-bit floats, little-endian. */
export function inBase64(numbers: readonly number[]): string {
  const bytes = Buffer.alloc(numbers.length * 4);
  numbers.forEach((number, i) => bytes.writeFloatLE(number, i * 4));
  return bytes.toString("base64");
}
