import assert from "node:assert/strict";
import { join } from "node:path";
import { type Payload, sha256 } from "../../lib/core/mod.ts";
import {
  generatePayloads,
  type GenerationOptions,
  type GenerationProgress,
  type GenerationReport,
  loadTokenizer,
  readPayloads,
} from "../../lib/data/mod.ts";
import { withHub } from "./hub_server.ts";
import { jsonLines, rejectedWith, withFolder } from "./scratch.ts";

const gpt2 = join(import.meta.dirname!, "../../source_data/tokenizers/gpt2");

/** Each " sea" is one token and "sea" is one, so a text of n words is n tokens. */
const seas = (words: number) => Array(words).fill("sea").join(" ");

const filter = (payload_file: string, min: number, max: number, language: string | null = "en") => ({
  payload_file,
  language,
  min_length_in_tokens: min,
  max_length_in_tokens: max,
});

/** Runs the generation over rows, by default with the template `{text}`, and reads back what it wrote. */
async function generate(rows: readonly unknown[], options: Partial<GenerationOptions>) {
  return await withFolder(async (folder) => {
    const source = join(folder, "rows.jsonl");
    const output_dir = join(folder, "data", "prompts");
    await Deno.writeTextFile(source, jsonLines(rows));
    let report: GenerationReport;
    try {
      report = await generatePayloads({
        source_files: [source],
        template: "{text}",
        template_keys: ["text"],
        filters: [filter("all.jsonl", 0, 100)],
        ground_truth_col_key: null,
        question_col_key: null,
        tokenizer_dir: gpt2,
        output_dir,
        ...options,
      });
    } finally {
      const left = Array.from(Deno.readDirSync(output_dir), ({ name }) => name);
      assert.deepEqual(left.filter((name) => name.endsWith(".part")), [], "no half-written file stays");
    }
    const payloads = Object.fromEntries(
      await Promise.all(
        report.filters.map(async ({ payload_file }) => [
          payload_file,
          await readPayloads(join(output_dir, payload_file)),
        ]),
      ),
    );
    return { report, payloads };
  });
}

Deno.test("the words of these tests are one token each", async () => {
  const tokenizer = await loadTokenizer(gpt2);
  assert.deepEqual([1, 2, 7].map((words) => tokenizer.count(seas(words))), [1, 2, 7]);
});

Deno.test("generatePayloads sorts rows into half-open token ranges and tells what became of each", async () => {
  const rows = [3, 5, 9, 4, 10, 20].map((words) => ({ text: seas(words), language: "en" }));
  const { report, payloads } = await generate(rows, {
    filters: [filter("short.jsonl", 3, 5), filter("long.jsonl", 5, 10)],
  });
  const tokens = (file: string) =>
    payloads[file].map((payload: { prompt_tokens: number }) => payload.prompt_tokens);
  assert.deepEqual(tokens("short.jsonl"), [3, 4]);
  assert.deepEqual(tokens("long.jsonl"), [5, 9]);
  assert.deepEqual([report.rows_read, report.rows_used, report.rows_outside, report.duplicates], [
    6,
    4,
    2,
    0,
  ]);
  assert.deepEqual(report.filters, [
    { payload_file: "short.jsonl", rows: 2, tokens: { min: 3, median: 3.5, max: 4 } },
    { payload_file: "long.jsonl", rows: 2, tokens: { min: 5, median: 7, max: 9 } },
  ]);
  // 3 to 20 tokens in at most 24 bins of width 1: 18 bins, six of them with a row.
  assert.equal(report.token_histogram.length, 18);
  assert.equal(report.token_histogram.reduce((sum, { rows }) => sum + rows, 0), 6);
  assert.equal(report.tokenizer.name, "gpt2");
  assert.deepEqual(report.notices, []);
});

Deno.test("generatePayloads writes whole payloads: the prompt's hash, its tokens, question and answers", async () => {
  const { payloads } = await generate([{ text: "sea", q: "Which?", a: ["salt", "sea"], language: "en" }], {
    template: "sea {text}",
    question_col_key: "q",
    ground_truth_col_key: "a",
  });
  assert.deepEqual(payloads["all.jsonl"], [{
    payload_id: sha256("sea sea").slice(0, 16),
    prompt: "sea sea",
    prompt_tokens: 2,
    language: "en",
    question: "Which?",
    ground_truth: ["salt", "sea"],
  }]);
});

Deno.test("generatePayloads puts a row into every filter that takes it, by language", async () => {
  const rows = [{ text: seas(2), language: "en" }, { text: seas(3), language: "de" }];
  const { report, payloads } = await generate(rows, {
    filters: [filter("en.jsonl", 0, 10), filter("de.jsonl", 0, 10, "DE"), filter("any.jsonl", 0, 10, null)],
  });
  const counts = Object.values(payloads).map((each) => (each as unknown[]).length);
  assert.deepEqual(counts, [1, 1, 2]);
  assert.equal(report.rows_used, 2);
});

Deno.test("generatePayloads drops rows with the prompt of an earlier one and says so", async () => {
  const rows = [{ text: "sea" }, { text: "sea", other: 1 }, { text: "sea sea" }, { text: "sea" }];
  const { report, payloads } = await generate(rows, { filters: [filter("all.jsonl", 0, 9, null)] });
  assert.equal(payloads["all.jsonl"].length, 2);
  assert.deepEqual([report.rows_read, report.rows_used, report.duplicates], [4, 2, 2]);
  assert.deepEqual(report.notices, ["2 rows were left out because an earlier row has the same prompt."]);
});

Deno.test("generatePayloads says when the language of a filter could not be applied", async () => {
  const { report } = await generate([{ text: "sea" }], {});
  assert.deepEqual(report.notices, [
    'No row has a "language" column; the language of the filters was not applied to them.',
  ]);
  const mixed = await generate([{ text: "sea" }, { text: "sea sea", language: "en" }], {});
  assert.deepEqual(mixed.report.notices, [
    '1 of 2 rows lack a "language" column; the language of the filters was not applied to them.',
  ]);
});

Deno.test("generatePayloads without keys makes one prompt of all rows and says so", async () => {
  const { report, payloads } = await generate([{ x: 1, language: "en" }, { x: 2, language: "en" }], {
    template: "sea {x}",
    template_keys: null,
  });
  assert.deepEqual(payloads["all.jsonl"].map((payload: { prompt: string }) => payload.prompt), ["sea {x}"]);
  assert.equal(report.notices[0], "datasets.prompt_template_keys is empty: every row gives the same prompt.");
});

Deno.test("generatePayloads says that a key has no slot", async () => {
  const { report } = await generate([{ text: "sea", language: "en" }], {
    template_keys: ["text", "context"],
  });
  assert.deepEqual(report.notices, ['The prompt template has no slot for the key "context".']);
});

Deno.test("a filter that takes nothing is an error with the lengths of the data, and no file is left", async () => {
  await rejectedWith(
    generate([{ text: seas(7), language: "en" }], {
      filters: [filter("some.jsonl", 0, 10), filter("none.jsonl", 10, 20)],
    }),
    /"none.jsonl": no prompt in language "en" has 10 to 19 tokens, they have 7 to 7/,
  );
});

Deno.test("a ground truth or question column that no row has is an error that lists the columns", async () => {
  const rows = [{ text: "sea", language: "en" }];
  await rejectedWith(
    generate(rows, { ground_truth_col_key: "answers" }),
    /Cannot use the column "answers": no row of the data has it; expected one of text, language. Change datasets.ground_truth_col_key/,
  );
  await rejectedWith(generate(rows, { question_col_key: "input" }), /Change datasets.question_col_key/);
});

Deno.test("an error in a row names file and line and leaves no file", async () => {
  await rejectedWith(
    generate([{ text: "sea" }, { txt: "sea" }], {}),
    /rows.jsonl:2": the row has no column "text"/,
  );
});

Deno.test("generatePayloads tells how far it is in bytes of all files, up to the end", async () => {
  const seen: GenerationProgress[] = [];
  const rows = Array.from({ length: 250 }, (_, i) => ({ text: `sea ${i}` }));
  await generate(rows, { onProgress: (progress) => seen.push(progress) });
  assert.deepEqual(seen.map((progress) => progress.rows), [100, 200, 250]);
  const size = jsonLines(rows).length;
  assert.equal(seen[0]!.bytes, jsonLines(rows.slice(0, 100)).length);
  assert.deepEqual(seen[2], { rows: 250, bytes: size, bytes_total: size });
});

Deno.test("generatePayloads keeps images beside the prompt, and tells prompts apart by them", async () => {
  // 89 50 4e 47 is a PNG's beginning, ff d8 ff e0 a JPEG's.
  const rows = [
    { text: "sea", image: "89504e470d0a", language: "en" },
    { text: "sea", image: ["ffd8ffe000", "89504e470d0a"], language: "en" },
    { text: "sea", image: "89504e470d0a", language: "en" },
    { text: "sea", image: null, language: "en" },
  ];
  const { report, payloads } = await generate(rows, { image_col: "image" });
  const found = payloads["all.jsonl"] as Payload[];
  assert.deepEqual(found.map(({ images }) => images?.map(({ media_type }) => media_type)), [
    ["image/png"],
    ["image/jpeg", "image/png"],
    undefined,
  ]);
  assert.equal(found[0]!.images![0]!.base64, "iVBORw0K");
  assert.equal(new Set(found.map(({ payload_id }) => payload_id)).size, 3);
  assert.equal(report.duplicates, 1);
  assert.equal(
    found[2]!.payload_id,
    sha256("sea").slice(0, 16),
    "without images the id is that of the prompt",
  );
});

Deno.test("an image column that no row has is an error that lists the columns", async () => {
  await rejectedWith(
    generate([{ text: "sea", language: "en" }], { image_col: "picture" }),
    /Cannot use the column "picture": .* Change datasets.image_col/,
  );
});

Deno.test("generatePayloads keeps the turns of a conversation, and its text as the prompt", async () => {
  const messages = [{ role: "user", content: "Hi" }, { role: "assistant", content: "Hello" }];
  const { payloads } = await generate([{ messages, language: "en" }], {
    template: "{messages}",
    template_keys: ["messages"],
  });
  const [payload] = payloads["all.jsonl"] as Payload[];
  assert.equal(payload!.prompt, "user: Hi\n\nassistant: Hello");
  assert.deepEqual(payload!.messages, messages);
});

Deno.test("generatePayloads reads files of several formats as one stream, in their order", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "a.csv"), 'text,answers\nsea,"[""salt"", ""sea""]"\n');
    await Deno.writeTextFile(join(folder, "b.json"), '[{"text": "sea sea"}]');
    await Deno.writeTextFile(join(folder, "c.txt"), "sea sea sea\n");
    const { payloads, report } = await generate([], {
      source_files: ["a.csv", "b.json", "c.txt"].map((name) => join(folder, name)),
      filters: [filter("all.jsonl", 0, 100, null)],
      ground_truth_col_key: "answers",
    });
    const found = payloads["all.jsonl"] as Payload[];
    assert.deepEqual(found.map(({ prompt_tokens }) => prompt_tokens), [1, 2, 3]);
    assert.deepEqual(found.map(({ ground_truth }) => ground_truth), [["salt", "sea"], null, null]);
    assert.equal(report.rows_read, 3);
  });
});

Deno.test("generatePayloads draws rows of the Hub by the seed and says so", async () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({ text: `sea ${i}`, language: "en" }));
  const files = { "train.jsonl": { content: new TextEncoder().encode(jsonLines(rows)) } };
  await withFolder((folder) =>
    withHub({ "org/set": { files } }, async ({ endpoint }) => {
      const { payloads, report } = await generate([], {
        source_files: ["hf:org/set"],
        sample_rows: 10,
        seed: 3,
        hub: { endpoint, cache_dir: folder, env: { HOME: folder } },
      });
      assert.equal(payloads["all.jsonl"].length, 10);
      assert.equal(report.rows_read, 10);
      assert.deepEqual(report.notices, ["hf:org/set: 10 of 40 rows, drawn by the seed (datasets.ds_N)."]);
    })
  );
});
