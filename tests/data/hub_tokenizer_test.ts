import assert from "node:assert/strict";
import { join } from "node:path";
import { sha256 } from "../../lib/core/mod.ts";
import { fetchTokenizer } from "../../lib/data/hub_tokenizer.ts";
import { chooseTokenizer } from "../../lib/data/tokenizer_choice.ts";
import { rejectedWith, withFolder } from "./scratch.ts";
import { wordTokenizer } from "./tiny_tokenizers.ts";

const gpt2 = join(import.meta.dirname!, "../../source_data/tokenizers/gpt2");

interface Hub {
  /** `org/name/file` -> content. */
  readonly files: Map<string, string>;
  readonly asked: string[];
  readonly url: string;
}

/** A Hub with models: `gated/...` for the holder of `hf_abcdefghijkl` only; large files come from another origin. */
async function withHub(run: (hub: Hub, options: { endpoint: string; cache_dir: string }) => Promise<void>) {
  const files = new Map<string, string>();
  const asked: string[] = [];
  const stored = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    assert.equal(request.headers.get("authorization"), null, "the store never sees the token");
    return new Response(files.get(new URL(request.url).pathname.slice(1)));
  });
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    asked.push(`${request.method} ${pathname}`);
    if (pathname.startsWith("/gated/") && request.headers.get("authorization") !== "Bearer hf_abcdefghijkl") {
      return new Response("", { status: 401, headers: { "x-error-code": "GatedRepo" } });
    }
    const name = pathname.slice(1).replace("/resolve/main/", "/");
    const content = files.get(name);
    if (content === undefined) {
      return new Response("", { status: 404, headers: { "x-error-code": "EntryNotFound" } });
    }
    if (!name.endsWith("tokenizer.json")) return new Response(content);
    const linked = { "x-linked-size": `${content.length}`, "x-linked-etag": `"${sha256(content)}"` };
    return new Response("", {
      status: 302,
      headers: { location: `http://127.0.0.1:${stored.addr.port}/${name}`, ...linked },
    });
  });
  try {
    const url = `http://127.0.0.1:${server.addr.port}`;
    await withFolder((cache_dir) => run({ files, asked, url }, { endpoint: url, cache_dir }));
  } finally {
    await Promise.all([server.shutdown(), stored.shutdown()]);
  }
}

const bare = { env: {}, wait: () => Promise.resolve() };

Deno.test("fetchTokenizer brings the files that a model has, under the hash of their content", async () => {
  await withHub(async ({ files }, options) => {
    files.set("org/a/tokenizer.json", wordTokenizer(["tide"]));
    files.set("org/a/tokenizer_config.json", '{"chat_template": "x"}');
    files.set("org/b/tokenizer.json", wordTokenizer(["tide"]));
    const a = await fetchTokenizer("org/a", { ...bare, ...options });
    const b = await fetchTokenizer("org/b", { ...bare, ...options });
    assert.equal(a.notice, null);
    assert.deepEqual(Array.from(Deno.readDirSync(a.folder), ({ name }) => name).sort(), [
      "tokenizer.json",
      "tokenizer_config.json",
    ]);
    assert.deepEqual(Array.from(Deno.readDirSync(b.folder), ({ name }) => name), ["tokenizer.json"]);
    assert.notEqual(a.folder, b.folder);
    assert.equal((await fetchTokenizer("org/a", { ...bare, ...options })).folder, a.folder);

    files.set("org/a/tokenizer.json", wordTokenizer(["tide", "sea"]));
    const changed = await fetchTokenizer("org/a", { ...bare, ...options });
    assert.notEqual(changed.folder, a.folder, "a model that changed is another tokenizer");
    assert.match(await Deno.readTextFile(join(changed.folder, "tokenizer.json")), /"sea"/);
  });
});

Deno.test("fetchTokenizer needs a token for a gated model, and keeps it from the store", async () => {
  await withHub(async ({ files, asked }, options) => {
    files.set("gated/model/tokenizer.json", wordTokenizer(["tide"]));
    await rejectedWith(
      fetchTokenizer("gated/model", { ...bare, ...options }),
      /^Cannot read the model "gated\/model": the Hub refuses it with 401: its terms have to be accepted first; expected a token, there is none\. Accept the terms at http:\/\/127\.0\.0\.1:\d+\/gated\/model, then set HF_TOKEN/,
    );
    assert.equal(asked.length, 1, "a refusal is final");
    const env = { HF_TOKEN: "hf_abcdefghijkl" };
    const { folder } = await fetchTokenizer("gated/model", { ...bare, ...options, env });
    assert.equal(await Deno.readTextFile(join(folder, "tokenizer.json")), wordTokenizer(["tide"]));
  });
});

Deno.test("fetchTokenizer refuses what is no model's name, has no tokenizer.json, or no JSON in it", async () => {
  await withHub(async ({ files, asked }, options) => {
    for (const name of ["../../etc", "org/../x", "a/b/c", "", "org/a?x"]) {
      await rejectedWith(fetchTokenizer(name, { ...bare, ...options }), /the name has another form/);
    }
    assert.deepEqual(asked, []);
    await rejectedWith(
      fetchTokenizer("org/none", { ...bare, ...options }),
      /"org\/none": the model has no tokenizer\.json/,
    );
    files.set("org/page/tokenizer.json", "<html>");
    await rejectedWith(fetchTokenizer("org/page", { ...bare, ...options }), /is not JSON/);
  });
});

Deno.test("fetchTokenizer makes do with an earlier copy when the Hub can't be had, and says so", async () => {
  await withHub(async ({ files }, options) => {
    files.set("org/a/tokenizer.json", wordTokenizer(["tide"]));
    const first = await fetchTokenizer("org/a", { ...bare, ...options });
    files.clear();
    const second = await fetchTokenizer("org/a", { ...bare, ...options });
    assert.equal(second.folder, first.folder);
    assert.match(second.notice!, /^The tokenizer of org\/a is that of an earlier run: Cannot fetch/);
  });
});

Deno.test("chooseTokenizer prefers the folder, then the model, then what ships, and records which", async () => {
  await withHub(async ({ files }, options) => {
    const hub = { ...bare, ...options };
    files.set("org/a/tokenizer.json", wordTokenizer(["tide"]));
    await withFolder(async (folder) => {
      await Deno.writeTextFile(join(folder, "tokenizer.json"), wordTokenizer(["sea", "se", "##a"]));
      const all = { folder, model_id: "org/a", shipped: gpt2 };
      const origins = [];
      for (const wishes of [all, { ...all, folder: null }, { ...all, folder: null, model_id: null }]) {
        const { record, counter, notices } = await chooseTokenizer(wishes, hub);
        assert.deepEqual(notices, []);
        assert.equal(record.hash, counter.hash);
        origins.push([record.origin, counter.count("unheard-of tides")]);
      }
      // Whitespace also splits at hyphens: unheard, -, of, tides. GPT-2: un, heard, -, of, and " tides".
      assert.deepEqual(origins, [["tokenizer_prefix", 4], ["hf_tokenizer_model_id", 4], ["shipped", 5]]);
      assert.equal((await chooseTokenizer({ ...all, folder: null }, hub)).record.name, "org/a");
    });
    await rejectedWith(
      chooseTokenizer({ folder: null, model_id: "org/gone", shipped: gpt2 }, hub),
      /the model has no tokenizer\.json/,
    );
  });
});
