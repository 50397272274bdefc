/** Vectors that were computed before: a file of JSON Lines that is only ever appended to. */

import { dirname } from "node:path";
import { sha256 } from "../../core/mod.ts";
import { writeAll } from "../../storage/mod.ts";
import type { Embedder } from "./embedder.ts";

/** One line: which model's vector of which text. */
interface CachedVector {
  /** `Embedder.name`. */
  readonly model: string;
  /** Of the text, as UTF-8. */
  readonly sha256: string;
  /** 32-bit floats, little-endian, in base64. */
  readonly vector: string;
}

/**
 * The same embedder with a memory: it is asked for a text once, in this run and in all later ones with the same file. A vector is on
 * the disk before it is given out. Texts that could not be embedded are asked for again.
 *
 * The account is of what was asked for since the embedder was opened: what the file has costs nothing and is not counted.
 *
 * A line that was cut off while it was written, or damaged in another way, is passed over. Several processes may append to one file.
 *
 * @param earlier files of other runs, which are only read, and need not be there
 */
export async function cachedEmbedder(
  embedder: Embedder,
  path: string,
  earlier: readonly string[] = [],
): Promise<Embedder> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const known = new Map<string, Float32Array>();
  for (const other of earlier) await addVectorsOf(other, embedder.name, known);
  const file = await Deno.open(path, { read: true, append: true, create: true });
  const torn = await addVectors(file, embedder.name, known);
  if (torn) await writeAll(file, new TextEncoder().encode("\n"));
  return {
    name: embedder.name,
    async embed(texts) {
      const keys = texts.map((text) => sha256(text));
      const missing = new Map<string, string>();
      keys.forEach((key, i) => {
        if (!known.has(key)) missing.set(key, texts[i]!);
      });
      const vectors = missing.size === 0 ? [] : await embedder.embed([...missing.values()]);
      const found = [...missing.keys()].flatMap((key, i) => {
        const vector = vectors[i] ?? null;
        return vector === null ? [] : [[key, vector] as const];
      });
      if (found.length > 0) {
        const lines = found.map(([key, vector]) => lineOf(embedder.name, key, vector)).join("");
        await writeAll(file, new TextEncoder().encode(lines));
        await file.syncData();
      }
      for (const [key, vector] of found) known.set(key, vector);
      return keys.map((key) => known.get(key) ?? null);
    },
    account: () => embedder.account(),
    async close() {
      file.close();
      await embedder.close();
    },
  };
}

function lineOf(model: string, key: string, { buffer, byteOffset, byteLength }: Float32Array): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const line: CachedVector = { model, sha256: key, vector: bytes.toBase64() };
  return JSON.stringify(line) + "\n";
}

async function addVectorsOf(path: string, model: string, known: Map<string, Float32Array>): Promise<void> {
  try {
    using file = await Deno.open(path);
    await addVectors(file, model, known);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Adds the vectors of one model; resolves to whether the file ends within a line. */
async function addVectors(
  file: Deno.FsFile,
  model: string,
  known: Map<string, Float32Array>,
): Promise<boolean> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(1 << 20);
  let rest = "";
  for (let n = await file.read(buffer); n !== null; n = await file.read(buffer)) {
    const lines = (rest + decoder.decode(buffer.subarray(0, n), { stream: true })).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const entry = entryIn(line);
      if (entry?.model === model) known.set(entry.sha256, entry.vector);
    }
  }
  return rest !== "";
}

function entryIn(line: string): { model: string; sha256: string; vector: Float32Array } | null {
  try {
    const { model, sha256, vector } = JSON.parse(line) as CachedVector;
    const bytes = Uint8Array.fromBase64(vector);
    return bytes.length === 0 ? null : { model, sha256, vector: new Float32Array(bytes.buffer) };
  } catch {
    return null;
  }
}
