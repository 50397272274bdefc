/**
 * The sentence model in its own process. What needs a real model runs when FMBENCH_TEST_SENTENCE_MODEL names a folder with
 * config.json, tokenizer.json and onnx/model.onnx, of a MiniLM, say; its packages are fetched then, once.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { cosine, type Embedder, type EmbedderOptions, openEmbedder } from "../../../lib/evaluate/mod.ts";

const folder = Deno.env.get("FMBENCH_TEST_SENTENCE_MODEL");
const model = { ignore: folder === undefined };
const skipped = folder === undefined ? " (skipped: FMBENCH_TEST_SENTENCE_MODEL names no folder)" : "";

type Options = Omit<Extract<EmbedderOptions, { kind: "local" }>, "kind">;

async function opened(options: Options, act: (embedder: Embedder) => Promise<void>): Promise<void> {
  const embedder = await openEmbedder({ kind: "local", ...options });
  try {
    await act(embedder);
  } finally {
    await embedder.close();
  }
}

async function inFolder(act: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir();
  try {
    await act(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

Deno.test("a folder without a model's files is refused before a process is started", () =>
  inFolder(async (path) => {
    const refused = (message: RegExp, options: Options = {}) =>
      assert.rejects(openEmbedder({ kind: "local", folder: path, ...options }), {
        name: "UserError",
        message,
      });
    await refused(/there is no config\.json; expected config\.json, tokenizer\.json and onnx\/model\.onnx/);
    await Deno.writeTextFile(join(path, "config.json"), "{}");
    await refused(/there is no tokenizer\.json/);
    await Deno.writeTextFile(join(path, "tokenizer.json"), "{}");
    await refused(/there is no onnx\/model_quantized\.onnx/, { dtype: "q8" });
    await refused(/there is no onnx\/model_fp16\.onnx/, { dtype: "fp16" });
  }));

Deno.test(
  `what means the same lies close, in vectors of length 1${skipped}`,
  model,
  () =>
    opened({ folder: folder! }, async (embedder) => {
      const texts = [
        "A cat sits on the mat.",
        "A kitten rests on the rug.",
        "The stock market fell sharply today.",
      ];
      const [cat, kitten, stocks] = await embedder.embed(texts);
      assert.ok(cat && kitten && stocks, embedder.account().error_message ?? "");
      const [near, far] = [cosine(cat, kitten)!, cosine(cat, stocks)!];
      assert.ok(near > 0.5 && far < 0.2, `${near}, ${far}`);
      for (const vector of [cat, kitten, stocks]) assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-5);
    }),
);

Deno.test(
  `texts keep their order over batches, whatever their lengths${skipped}`,
  model,
  () =>
    opened({ folder: folder! }, async (embedder) => {
      const texts = Array.from({ length: 70 }, (_, i) => `Number ${i} ` + "and so on ".repeat((i * 7) % 11));
      const [together, ...calls] = await Promise.all([embedder.embed(texts), embedder.embed([texts[69]!])]);
      assert.ok(cosine(together[69]!, calls[0]![0]!)! > 0.999);
      assert.ok(cosine(together[69]!, together[0]!)! < 0.999);
      assert.deepEqual(embedder.account(), {
        ...{ calls: 4, texts: 71, prompt_tokens: null, truncated: 0, failed: 0, error_message: null },
      });
    }),
);

Deno.test(
  `a text that is longer than the model reads is cut, and that is noticed${skipped}`,
  model,
  () =>
    opened({ folder: folder!, max_tokens: 16 }, async (embedder) => {
      const beginning = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen";
      // 14 words and the two marks around them are 16 tokens; a 15th word is one too many.
      const [whole, cut] = await embedder.embed([beginning, `${beginning} fifteen`]);
      assert.equal(embedder.account().truncated, 1);
      assert.ok(cosine(whole!, cut!)! > 0.999999);
    }),
);

Deno.test(
  `when its process has ended, texts have no vector, and it is said why${skipped}`,
  model,
  async () => {
    const embedder = await openEmbedder({ kind: "local", folder: folder! });
    await embedder.close();
    assert.deepEqual(await embedder.embed(["a", "b"]), [null, null]);
    const { failed, error_message } = embedder.account();
    assert.deepEqual([failed, error_message?.startsWith("its process ended")], [2, true]);
  },
);

Deno.test(`a model in a damaged folder says what is wrong${skipped}`, model, () =>
  inFolder(async (path) => {
    await copyModel(path);
    await Deno.writeTextFile(join(path, "onnx", "model.onnx"), "no model");
    await assert.rejects(openEmbedder({ kind: "local", folder: path }), {
      name: "UserError",
      message: /^Cannot start the sentence model ".*": .*(protobuf|onnx)/i,
    });
  }));

Deno.test(
  `a model that is made for another pooling is refused${skipped}`,
  model,
  () =>
    inFolder(async (path) => {
      await copyModel(path);
      await Deno.mkdir(join(path, "1_Pooling"), { recursive: true });
      await Deno.writeTextFile(join(path, "1_Pooling", "config.json"), '{"pooling_mode_cls_token":true}');
      await assert.rejects(
        openEmbedder({ kind: "local", folder: path }),
        /made for another pooling than the mean/,
      );
    }),
);

Deno.test(
  `something that stands for the Hub: files are fetched once and kept${skipped}`,
  model,
  () =>
    inFolder(async (cache_folder) => {
      const fetched: string[] = [];
      const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
        const file = new URL(request.url).pathname.replace("/org/model/resolve/main/", "");
        fetched.push(file);
        const there = await Deno.open(join(folder!, file)).catch(() => null);
        return there === null ? new Response("no such file", { status: 404 }) : new Response(there.readable);
      });
      const options = {
        ...{ model_id: "org/model", cache_folder },
        env: { ...Deno.env.toObject(), HF_ENDPOINT: `http://127.0.0.1:${server.addr.port}` },
      };
      try {
        const embed = () =>
          opened(options, async (embedder) => {
            assert.ok((await embedder.embed(["A cat."]))[0] !== null);
          });
        await embed();
        assert.ok(fetched.includes("onnx/model.onnx") && fetched.includes("tokenizer.json"));
        fetched.length = 0;
        await embed();
        assert.deepEqual(fetched.filter((file) => /onnx|tokenizer\.json$/.test(file)), []);
      } finally {
        await server.shutdown();
      }
      const gone = openEmbedder({ kind: "local", ...options, model_id: "org/other" });
      await assert.rejects(gone, {
        name: "UserError",
        message: /^Cannot start the sentence model "org\/other": /,
      });
    }),
);

/** What a model needs, in another folder. */
async function copyModel(to: string): Promise<void> {
  await Deno.mkdir(join(to, "onnx"));
  for (const file of ["config.json", "tokenizer.json", "tokenizer_config.json"]) {
    await Deno.copyFile(join(folder!, file), join(to, file));
  }
  await Deno.copyFile(join(folder!, "onnx", "model.onnx"), join(to, "onnx", "model.onnx"));
}
