import assert from "node:assert/strict";
import { parquetWriteBuffer } from "hyparquet-writer";
import { fetchHubSet, type HubChoice, HubClient, type HubOptions, readRows } from "../../lib/data/mod.ts";
import { downloadFile } from "../../lib/data/hub_download.ts";
import { type HubDataset, type HubServer, withHub } from "./hub_server.ts";
import { jsonLines, rejectedWith, withFolder, zipOf } from "./scratch.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A Parquet file with one column of texts. */
const parquet = (...texts: string[]) =>
  new Uint8Array(parquetWriteBuffer({ columnData: [{ name: "text", data: texts, type: "STRING" }] }));

/** Runs a test with a Hub, a cache folder of its own, and waits that take no time. */
function withSets(
  sets: Readonly<Record<string, HubDataset>>,
  run: (hub: HubServer, options: HubOptions, folder: string) => Promise<void>,
): Promise<void> {
  return withFolder((folder) =>
    withHub(sets, (hub) =>
      run(hub, {
        endpoint: hub.endpoint,
        cache_dir: `${folder}/cache`,
        env: { HOME: folder },
        wait: () => Promise.resolve(),
      }, folder))
  );
}

async function textsOf(
  name: string,
  options: HubOptions & HubChoice,
): Promise<{ texts: unknown[]; notices: readonly string[] }> {
  const { files, notices } = await fetchHubSet(name, options);
  const texts: unknown[] = [];
  for (const file of files) for await (const { value } of readRows(file)) texts.push(value["text"]);
  return { texts, notices };
}

const several: HubDataset = {
  parquet: {
    default: { test: [parquet("d-test")], train: [parquet("d-train-0"), parquet("d-train-1")] },
    other: { "in_domain": [parquet("o-in")] },
  },
};

Deno.test("subset and split lead to the Parquet files of that subset and split", async () => {
  await withSets({ "org/set": several }, async (_, options) => {
    assert.deepEqual((await textsOf("hf:org/set/default/test", options)).texts, ["d-test"]);
    assert.deepEqual((await textsOf("hf:org/set/default/train", options)).texts, ["d-train-0", "d-train-1"]);
  });
});

Deno.test("without a subset it is default, without a split train, and the notice names the choice", async () => {
  await withSets({ "org/set": several }, async (_, options) => {
    const { texts, notices } = await textsOf("hf:org/set", options);
    assert.deepEqual(texts, ["d-train-0", "d-train-1"]);
    assert.deepEqual(notices, ['hf:org/set: the split "train" is read; it has test, train.']);
  });
});

Deno.test("the only subset is taken when none is called default, and the next split when there is no train", async () => {
  const set = { parquet: { plain: { test: [parquet("t")], validation: [parquet("v")] } } };
  await withSets({ "org/set": set }, async (_, options) => {
    const { texts, notices } = await textsOf("hf:org/set/default", options);
    assert.deepEqual(texts, ["v"]);
    assert.match(notices[0]!, /the split "validation" is read/);
  });
});

Deno.test("a split that is written with a hyphen is found under its underscore", async () => {
  await withSets({ "org/set": several }, async (_, options) => {
    const { texts, notices } = await textsOf("hf:org/set/other/in-domain", options);
    assert.deepEqual(texts, ["o-in"]);
    assert.match(notices[0]!, /the split "in_domain" is read/);
  });
});

Deno.test("a subset or split that is not there is an error that lists those that are", async () => {
  await withSets({ "org/set": several }, async (_, options) => {
    await rejectedWith(
      fetchHubSet("hf:org/set/no/train", options),
      /"hf:org\/set\/no\/train": it has no subset "no"; expected one of default, other\./,
    );
    await rejectedWith(
      fetchHubSet("hf:org/set/default/dev", options),
      /subset default has no split "dev"; expected one of test, train\./,
    );
  });
});

Deno.test("several subsets and none called default: the user has to choose", async () => {
  const set = { parquet: { a: { train: [parquet("a")] }, b: { train: [parquet("b")] } } };
  await withSets({ "org/set": set }, async (_, options) => {
    await rejectedWith(fetchHubSet("hf:org/set", options), /it has several subsets; expected one of a, b\./);
  });
});

Deno.test("a gated set says in one message what to do, without a token and with the wrong one", async () => {
  await withSets({ "org/set": { ...several, gatedBy: "hf_right" } }, async (hub, options) => {
    await rejectedWith(
      fetchHubSet("hf:org/set", options),
      /refuses it with 401: its terms have to be accepted first; expected a token, there is none\. Accept the terms at .*\/datasets\/org\/set, then set HF_TOKEN/,
    );
    await rejectedWith(
      fetchHubSet("hf:org/set", { ...options, env: { HF_TOKEN: "hf_wrong" } }),
      /refuses it with 403.*expected a token whose owner may read it/,
    );
    assert.ok(!hub.seen.some(({ path }) => path.includes("resolve")));
  });
});

Deno.test("a token from the environment or a file opens a gated set and never reaches the store", async () => {
  await withSets({ "org/set": { ...several, gatedBy: "hf_right" } }, async (hub, options, folder) => {
    const name = "hf:org/set/default/test";
    assert.deepEqual((await textsOf(name, { ...options, env: { HF_TOKEN: "hf_right" } })).texts, ["d-test"]);
    await Deno.writeTextFile(`${folder}/hf_token.txt`, "hf_right\n");
    const token_files = [`${folder}/none.txt`, `${folder}/hf_token.txt`];
    assert.deepEqual((await textsOf(name, { ...options, token_files })).texts, ["d-test"]);
    await Deno.mkdir(`${folder}/.cache/huggingface`, { recursive: true });
    await Deno.rename(`${folder}/hf_token.txt`, `${folder}/.cache/huggingface/token`);
    assert.deepEqual((await textsOf(name, options)).texts, ["d-test"]);
    const stored = hub.seen.filter(({ at }) => at === "store");
    assert.equal(stored.length, 1, "the cache has it after the first time");
    assert.equal(stored[0]!.authorization, null);
  });
});

Deno.test("a set that is not there is told apart from one that is gated", async () => {
  await withSets({}, async (_, options) => {
    await rejectedWith(fetchHubSet("hf:org/none", options), /there is no such data set, or it is private/);
  });
});

const letters = bytesOf("abcdefghij".repeat(2000));

/** One file of 20,000 bytes, fetched by itself. */
function withLetters(
  run: (hub: HubServer, fetch: () => Promise<Uint8Array>, folder: string) => Promise<void>,
): Promise<void> {
  return withSets(
    { "org/set": { files: { "a.txt": { content: letters } } } },
    (hub, options, folder) =>
      run(hub, async () => {
        const client = new HubClient(options);
        const url = `${hub.endpoint}/datasets/org/set/resolve/main/a.txt`;
        return await Deno.readFile(await downloadFile(client, "org/set", { url, path: "a.txt" }));
      }, folder),
  );
}

const ranges = (hub: HubServer) =>
  hub.seen.filter(({ at, method }) => at === "store" && method === "GET").map(({ range }) => range);

Deno.test("a download that breaks off goes on at the byte where it ended", async () => {
  await withLetters(async (hub, fetch) => {
    hub.cuts.push(5000, 7000);
    assert.deepEqual(await fetch(), letters);
    // 5,000 bytes arrive, then 7,000 more, then the remaining 8,000.
    assert.deepEqual(ranges(hub), [null, "bytes=5000-", "bytes=12000-"]);
  });
});

Deno.test("a later process goes on where an earlier one was stopped", async () => {
  await withLetters(async (hub, fetch) => {
    hub.cuts.push(5000, ...Array(30).fill(0));
    await rejectedWith(fetch(), /(broke off 5 times|5 times in a row)/);
    hub.cuts.length = 0;
    hub.seen.length = 0;
    assert.deepEqual(await fetch(), letters);
    assert.deepEqual(ranges(hub), ["bytes=5000-"]);
  });
});

Deno.test("what does not match its checksum is thrown away and fetched once more", async () => {
  await withLetters(async (hub, fetch) => {
    hub.spoil = 1;
    assert.deepEqual(await fetch(), letters);
    assert.deepEqual(ranges(hub), [null, null]);
  });
});

Deno.test("what does not match its checksum twice is refused, and nothing of it stays", async () => {
  await withLetters(async (hub, fetch, folder) => {
    hub.spoil = 2;
    await rejectedWith(
      fetch(),
      /does not match its checksum, twice \(sha256 \w{12}\.\.\. instead of \w{12}\.\.\.\)/,
    );
    const [entry] = Deno.readDirSync(`${folder}/cache/org--set`);
    const left = [...Deno.readDirSync(`${folder}/cache/org--set/${entry!.name}`)].map(({ name }) => name);
    // The lock is empty, and others may be waiting for it.
    assert.deepEqual(left, ["a.txt.lock"]);
  });
});

Deno.test("a small file is held against git's own hash", async () => {
  await withSets(
    { "org/set": { files: { "train.txt": { content: bytesOf("one\n"), large: false } } } },
    async (hub, options) => {
      hub.spoil = 1;
      assert.deepEqual((await textsOf("hf:org/set", options)).texts, ["one"]);
      assert.equal(
        hub.seen.filter(({ path, method }) => path.endsWith("train.txt") && method === "GET").length,
        2,
      );
    },
  );
});

Deno.test("an overloaded Hub is asked again, five times in all", async () => {
  await withSets({ "org/set": several }, async (hub, options) => {
    hub.overloaded = 4;
    assert.equal((await textsOf("hf:org/set/default/test", options)).texts.length, 1);
    hub.overloaded = 5;
    await rejectedWith(fetchHubSet("hf:org/set", options), /the Hub answers 503, 5 times in a row/);
  });
});

Deno.test("a set without Parquet gives its own files: LongBench's zip, under the organisation's new name", async () => {
  const zip = await zipOf({
    "data/2wikimqa.jsonl": jsonLines([{ text: "long" }]),
    "data/2wikimqa_e.jsonl": jsonLines([{ text: "even 1" }, { text: "even 2" }]),
  });
  const sets = {
    "THUDM/LongBench": { movedTo: "zai-org/LongBench" },
    "zai-org/LongBench": {
      files: {
        "LongBench.py": { content: bytesOf("raise SystemExit"), large: false },
        "README.md": { content: bytesOf("# LongBench"), large: false },
        "data.zip": { content: zip },
      },
    },
  };
  await withSets(sets, async (hub, options) => {
    const { texts, notices } = await textsOf("hf:THUDM/LongBench/2wikimqa_e/test", options);
    assert.deepEqual(texts, ["even 1", "even 2"]);
    assert.deepEqual(notices, ["hf:THUDM/LongBench is now called hf:zai-org/LongBench."]);
    assert.deepEqual((await textsOf("hf:THUDM/LongBench/2wikimqa/test", options)).texts, ["long"]);
    assert.equal(ranges(hub).length, 1, "the archive is fetched once for both subsets");
    assert.ok(!hub.seen.some(({ path }) => path.endsWith(".py")), "no script is fetched");
    await rejectedWith(
      fetchHubSet("hf:THUDM/LongBench/none/test", options),
      /none of its own files is called after none; expected one of data\/2wikimqa.jsonl, data\/2wikimqa_e.jsonl/,
    );
  });
});

Deno.test("a mirror is asked in the Hub's place when HF_ENDPOINT names it", async () => {
  await withSets({ "org/set": several }, async (hub, { cache_dir, wait }) => {
    const env = { HF_ENDPOINT: `${hub.endpoint}/` };
    const { texts } = await textsOf("hf:org/set/default/test", { cache_dir: cache_dir!, wait: wait!, env });
    assert.deepEqual(texts, ["d-test"]);
  });
});

Deno.test("progress tells bytes and the size of the file", async () => {
  await withSets({ "org/set": several }, async (_, options) => {
    const seen: { bytes: number; bytes_total: number | null }[] = [];
    const { files } = await fetchHubSet(
      "hf:org/set/default/test",
      options,
      (progress) => seen.push(progress),
    );
    const size = (await Deno.stat(files[0]!.path)).size;
    assert.deepEqual([seen.at(-1)!.bytes, seen.at(-1)!.bytes_total], [size, size]);
  });
});

Deno.test("of a set that is too large some files are fetched, drawn by the seed, and the notice says how many", async () => {
  const files = Array.from({ length: 10 }, (_, i) => parquet(`row ${i}`));
  await withSets({ "org/set": { parquet: { default: { train: files } } } }, async (hub, options) => {
    const most_bytes = files[0]!.length * 3;
    const { texts, notices } = await textsOf("hf:org/set", { ...options, most_bytes, seed: 1 });
    assert.equal(texts.length, 3);
    assert.match(
      notices[0]!,
      /^hf:org\/set: 3 of its 10 files are read, drawn by the seed: the whole set is more than/,
    );
    assert.equal(ranges(hub).length, 3, "no more is downloaded");
    assert.deepEqual((await textsOf("hf:org/set", { ...options, most_bytes, seed: 1 })).texts, texts);
    const other = await textsOf("hf:org/set", { ...options, most_bytes, seed: 4 });
    assert.notDeepEqual(other.texts, texts);
    const least = await textsOf("hf:org/set", { ...options, most_bytes: 1 });
    assert.equal(least.texts.length, 1, "at least one");
  });
});

Deno.test("when the Hub is gone, a set that was fetched before comes from the cache with a notice; any other does not", async () => {
  await withFolder(async (folder) => {
    const options = {
      cache_dir: `${folder}/cache`,
      env: { HOME: folder },
      wait: () => Promise.resolve(),
      endpoint: "",
    };
    await withHub({ "org/set": several }, async ({ endpoint }) => {
      options.endpoint = endpoint;
      assert.deepEqual((await textsOf("hf:org/set/default/test", options)).texts, ["d-test"]);
    });
    const { texts, notices } = await textsOf("hf:org/set/default/test", options);
    assert.deepEqual(texts, ["d-test"]);
    assert.equal(notices.length, 1);
    assert.match(
      notices[0]!,
      /^hf:org\/set\/default\/test is that of an earlier run: .*the Hub can't be reached .* 5 times in a row/,
    );
    await rejectedWith(textsOf("hf:org/set/default/train", options), /the Hub can't be reached/);
    await rejectedWith(
      textsOf("hf:org/set/default/test", { ...options, seed: 2 }),
      /the Hub can't be reached/,
    );

    const { files: [file] } = await fetchHubSet("hf:org/set/default/test", options);
    await Deno.remove(file!.path);
    await rejectedWith(textsOf("hf:org/set/default/test", options), /the Hub can't be reached/);
  });
});

Deno.test("a set that the Hub refuses is not taken from the cache", async () => {
  const sets: Record<string, HubDataset> = { "org/set": several };
  await withSets(sets, async (_, options) => {
    await textsOf("hf:org/set/default/test", options);
    sets["org/set"] = { ...several, gatedBy: "hf_other" };
    await rejectedWith(textsOf("hf:org/set/default/test", options), /the Hub refuses it with 401/);
  });
});
