import assert from "node:assert/strict";
import { cachedEmbedder } from "../../../lib/evaluate/similarity/vector_cache.ts";
import { lettersEmbedder } from "./letters_embedder.ts";

async function withFile(act: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await act(`${folder}/evaluations/vectors.jsonl`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What is asked of the embedder itself, and what comes of it, after the file was opened anew. */
async function asking(path: string, texts: string[], name?: string) {
  const inner = lettersEmbedder(name);
  const cached = await cachedEmbedder(inner, path);
  const vectors = (await cached.embed(texts)).map((vector) => vector === null ? null : [...vector]);
  await cached.close();
  return { asked: inner.asked, vectors };
}

Deno.test("a text is embedded once, also over later starts; the order and doubles are kept", () =>
  withFile(async (path) => {
    assert.deepEqual(await asking(path, ["ab", "a", "ab"]), {
      asked: [["ab", "a"]],
      vectors: [[1, 1], [1, 0], [1, 1]],
    });
    assert.deepEqual(await asking(path, ["b", "a"]), { asked: [["b"]], vectors: [[0, 1], [1, 0]] });
    assert.deepEqual(await asking(path, ["b", "ab"]), { asked: [], vectors: [[0, 1], [1, 1]] });
  }));

Deno.test("the file says model, text and numbers: the 32-bit floats 1 and 0 for the text a", () =>
  withFile(async (path) => {
    await asking(path, ["a"]);
    assert.deepEqual(JSON.parse(await Deno.readTextFile(path)), {
      model: "letters",
      sha256: "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
      vector: "AACAPwAAAAA=",
    });
  }));

Deno.test("another model's vectors are not taken", () =>
  withFile(async (path) => {
    await asking(path, ["a"]);
    assert.deepEqual((await asking(path, ["a"], "others")).asked, [["a"]]);
    assert.deepEqual((await asking(path, ["a"])).asked, []);
  }));

Deno.test("a text that could not be embedded is asked for again", () =>
  withFile(async (path) => {
    assert.deepEqual((await asking(path, ["a!", "a"])).vectors, [null, [1, 0]]);
    assert.deepEqual((await asking(path, ["a!", "a"])).asked, [["a!"]]);
  }));

Deno.test("wherever its last line was torn off, the others are kept and new ones can be added", () =>
  withFile(async (path) => {
    await asking(path, ["a", "b"]);
    const whole = await Deno.readFile(path);
    const second = whole.indexOf(0x0a) + 1;
    for (let end = second; end < whole.length; end++) {
      await Deno.writeFile(path, whole.subarray(0, end));
      assert.deepEqual((await asking(path, ["a", "b"])).asked, [["b"]], `torn at ${end}`);
      assert.deepEqual((await asking(path, ["a", "b"])).asked, [], `torn at ${end}, once more`);
    }
  }));

Deno.test("lines that are no vectors are passed over", () =>
  withFile(async (path) => {
    await asking(path, ["a"]);
    await Deno.writeTextFile(
      path,
      'null\n{"model":"letters"}\n{"model":"letters","sha256":"0","vector":"AAA"}\n',
      {
        append: true,
      },
    );
    assert.deepEqual((await asking(path, ["a"])).asked, []);
  }));

Deno.test("vectors longer than what is read in one go come back whole", () =>
  withFile(async (path) => {
    const long = Float32Array.from({ length: 300_000 }, (_, i) => i);
    const inner = { ...lettersEmbedder(), embed: () => Promise.resolve([long]) };
    const first = await cachedEmbedder(inner, path);
    await first.embed(["a"]);
    await first.close();
    const later = await cachedEmbedder(lettersEmbedder(), path);
    assert.deepEqual((await later.embed(["a"]))[0], long);
    await later.close();
  }));
