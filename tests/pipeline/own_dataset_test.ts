import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig } from "../../lib/config/mod.ts";
import { UserError } from "../../lib/core/mod.ts";
import { loadTokenizer } from "../../lib/data/mod.ts";
import { loadConfigFrom } from "../../lib/pipeline/remote_config.ts";
import { shippedTokenizer } from "../../lib/pipeline/steps/tokenizers.ts";
import { onS3 } from "../aws/local_s3.ts";
import { previewSource, writeOwnDataset } from "../../lib/pipeline/own_dataset.ts";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  try {
    await Deno.writeTextFile(join(folder, "ask.txt"), "{context}{input}");
    await Deno.writeTextFile(
      join(folder, "rows.csv"),
      'question,text,label,id\nsea,,"[""a"",""b""]",1\nsea sea sea,"x\ny",c,2\n',
    );
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const options = (folder: string) => ({
  source: join(folder, "rows.csv"),
  file: "mine.jsonl",
  rename: { question: "input", text: "context", label: "answers" },
  drop: ["id"],
  template: join(folder, "ask.txt"),
  folder,
});

Deno.test("previewSource shows each column with its kind and first value", async () => {
  await inFolder(async (folder) => {
    const shown = await previewSource(options(folder));
    assert.match(shown, /\| question +\| string +\| sea +\|/);
    assert.match(shown, /\| id +\| string +\| 1 +\|/);
  });
});

Deno.test("writeOwnDataset writes the rows under their new names and shows them", async () => {
  await inFolder(async (folder) => {
    const { path, rows, preview } = await writeOwnDataset(options(folder));
    assert.equal(path, join(folder, "mine.jsonl"));
    assert.equal(rows, 2);
    assert.deepEqual((await Deno.readTextFile(path)).trim().split("\n").map((line) => JSON.parse(line)), [
      { input: "sea", context: "", answers: '["a","b"]' },
      { input: "sea sea sea", context: "x\ny", answers: "c" },
    ]);
    assert.match(preview, /\| input +\| context +\| answers +\|/);
    assert.deepEqual([...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".part")), []);
  });
});

Deno.test("writeOwnDataset counts the prompts and gives the lines of YAML, without empty ranges", async () => {
  await inFolder(async (folder) => {
    const { histogram, block } = await writeOwnDataset(options(folder));
    // "sea" is 1 token; "x", a line break, "yse", "a", " sea", " sea" are 6 by GPT-2.
    assert.match(histogram, /^2 prompts of 1 to 6 tokens, half of them up to 3\.5; counted by gpt2\./);
    assert.equal(
      block,
      [
        "```yaml",
        "s3_read_data:",
        `  source_data_files: ["${join(folder, "mine.jsonl")}"]`,
        "  prompt_template_file: ask.txt",
        "datasets:",
        "  prompt_template_keys: [context, input]",
        "  question_col_key: input",
        "  ground_truth_col_key: answers",
        "  filters:",
        "    - { min_length_in_tokens: 0, max_length_in_tokens: 500, payload_file: payload_0-500.jsonl }",
        "metrics:",
        "  dataset_of_interest: 0-500",
        "```",
      ].join("\n"),
    );
  });
});

Deno.test("the lines of YAML make a config with an endpoint that loads and finds the file", async () => {
  await inFolder(async (folder) => {
    const { block, path } = await writeOwnDataset(options(folder));
    const config = block.split("\n").slice(1, -1).join("\n") + `
general: { name: mine }
experiments:
  - { name: one, instance_type: sim.large, simulate: { profile: sim-large } }
`;
    await Deno.writeTextFile(join(folder, "c.yml"), config);
    const { files, config: loaded } = await loadConfig(join(folder, "c.yml"), { env: {}, tmpDir: folder });
    assert.deepEqual(files.source_data, [path]);
    assert.equal(loaded.metrics.dataset_of_interest, "payload_0-500.jsonl");
  });
});

Deno.test("a name that leads elsewhere, a missing column and a name given twice are refused", async () => {
  await inFolder(async (folder) => {
    const given = options(folder);
    for (
      const [change, expected] of [
        [{ file: "../mine.jsonl" }, /not a plain file name/],
        [{ rename: { query: "input" } }, /has no column "query"; expected one of question, text, label, id/],
        [{ rename: { question: "text" } }, /two columns are called "text"/],
        [{ rename: {} }, /the row has no column "context"/],
      ] as const
    ) {
      await assert.rejects(
        writeOwnDataset({ ...given, ...change }),
        (error) => error instanceof UserError && expected.test(error.message),
        String(expected),
      );
    }
    assert.deepEqual(Array.from(Deno.readDirSync(folder), ({ name }) => name).sort(), [
      "ask.txt",
      "rows.csv",
    ]);
  });
});

Deno.test("made-up prompts become rows of exactly so many tokens, under the name that the template wants", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "only.txt"), "Say: {input}");
    const given = {
      source: "synthetic:tokens=40,rows=3",
      file: "made.jsonl",
      rename: { prompt: "input" },
      template: join(folder, "only.txt"),
      folder,
    };
    assert.match(await previewSource(given), /\| prompt +\| string +\| \w+/);
    const { path, rows, histogram, block } = await writeOwnDataset(given);
    const { count } = await loadTokenizer(shippedTokenizer);
    const inputs = (await Deno.readTextFile(path)).trim().split("\n").map((line) => JSON.parse(line).input);
    assert.deepEqual(inputs.map((input) => count(`Say: ${input}`)), [40, 40, 40]);
    assert.equal(new Set(inputs).size, 3);
    assert.equal(rows, 3);
    assert.match(histogram, /^3 prompts of 40 to 40 tokens/);
    assert.match(block, /prompt_template_keys: \[input\]/);
    await assert.rejects(writeOwnDataset({ ...given, rename: {} }), /input/);
  });
});

onS3("an s3:// folder gets the file, and the lines of YAML read it from there", async (server) => {
  await server.createBucket("read-from");
  await inFolder(async (folder) => {
    const surroundings = { ...server.env, XDG_CACHE_HOME: join(folder, "cache") };
    for (const [key, value] of Object.entries(surroundings)) Deno.env.set(key, value);
    const bucket = await server.folder("s3://read-from");
    try {
      const { path, block } = await writeOwnDataset({
        ...options(folder),
        folder: "s3://read-from/sets/mine",
      });
      assert.equal(path, "s3://read-from/sets/mine/mine.jsonl");
      assert.equal((await bucket.readText("sets/mine/mine.jsonl")).split("\n").length, 3);
      assert.match(
        block,
        /read_bucket: read-from\n +source_data_prefix: "sets\/mine"\n +source_data_files: \["mine.jsonl"\]/,
      );
      const config = block.split("\n").slice(1, -1).join("\n") + `
general: { name: mine }
experiments:
  - { name: one, instance_type: sim.large, simulate: { profile: sim-large } }
`;
      await Deno.writeTextFile(join(folder, "c.yml"), config);
      const { files } = await loadConfigFrom(join(folder, "c.yml"), { tmpDir: join(folder, "tmp") });
      assert.equal(
        await Deno.readTextFile(files.source_data[0]!),
        await bucket.readText("sets/mine/mine.jsonl"),
      );
      const plain = await writeOwnDataset({ ...options(folder), folder: "s3://read-from" });
      assert.equal(plain.path, "s3://read-from/source_data/mine.jsonl");
    } finally {
      for (const key of Object.keys(surroundings)) Deno.env.delete(key);
      bucket.close();
    }
  });
});
