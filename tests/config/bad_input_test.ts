/** Files that are no configs, and configs that mean harm: one clear message each, quickly, in bounded memory. */

import { deepEqual, equal, ok } from "node:assert/strict";
import { closeSync, openSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { loadConfig, readPrices } from "../../lib/config/mod.ts";
import { UserError } from "../../lib/core/mod.ts";
import { faultsOf, inFolder, minimal } from "./minimal.ts";

/** The message with which a file is refused. */
async function refusal(content: string | Uint8Array): Promise<string> {
  let message = "";
  await inFolder({}, async (folder) => {
    writeFileSync(join(folder, "c.yml"), content);
    message = await messageFor(join(folder, "c.yml"));
    message = message.replaceAll(`${folder}/`, "");
  });
  return message;
}

async function messageFor(path: string): Promise<string> {
  try {
    await loadConfig(path, { env: {}, tmpDir: "/tmp/none" });
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return "";
}

const utf16 = (text: string) => {
  const bytes = new Uint8Array(2 * text.length + 2);
  bytes.set([0xff, 0xfe]);
  for (let i = 0; i < text.length; i++) bytes[2 * i + 2] = text.charCodeAt(i);
  return bytes;
};

Deno.test("a config in another encoding is refused in one line", async () => {
  const remedy = "; expected text in UTF-8. Save it as UTF-8.";
  equal(await refusal(utf16(minimal)), `Cannot read the config "c.yml": it is text in UTF-16${remedy}`);
  const latin1 = new Uint8Array(
    [..."general:\n  name: caf"].map((letter) => letter.charCodeAt(0)).concat(0xe9),
  );
  equal(
    await refusal(latin1),
    `Cannot read the config "c.yml": the byte 0xe9 on line 2, column 12 is not UTF-8${remedy}`,
  );
  equal(
    await refusal("general:\n  na\0me: x\n"),
    `Cannot read the config "c.yml": a NUL stands on line 2, column 5${remedy}`,
  );
  const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x01]);
  equal(
    await refusal(png),
    `Cannot read the config "c.yml": the byte 0x89 on line 1, column 1 is not UTF-8${remedy}`,
  );
});

Deno.test("text that is no YAML, and YAML that is no config, are faults with a place", async () => {
  equal(
    await refusal("just some words\n"),
    'c.yml:1:1: the config is "just some words"; expected a section with keys (extends, general, aws, dir_paths, ' +
      "s3_read_data, run_steps, ...)",
  );
  equal((await refusal("{]\n")).startsWith("c.yml:1:"), true);
  equal(
    await refusal("a: %x\n"),
    "c.yml:1:4: Plain value cannot start with directive indicator character %; expected YAML",
  );
});

Deno.test("100 MB of YAML are refused at once, without being read", async () => {
  await inFolder({}, async (folder) => {
    const path = join(folder, "bomb.yml");
    const file = openSync(path, "w");
    const part = new TextEncoder().encode("- &a [*a, *a]\n".repeat(75_000));
    for (let written = 0; written < 100_000_000; written += part.length) writeSync(file, part);
    closeSync(file);
    const before = Deno.memoryUsage().rss;
    const started = performance.now();
    const message = await messageFor(path);
    equal(
      message.includes('bomb.yml": it holds more than 256 KiB; expected a smaller text file'),
      true,
      message,
    );
    ok(performance.now() - started < 1_000, "it took a second");
    ok(Deno.memoryUsage().rss - before < 50_000_000, "it took 50 MB");
  });
});

Deno.test("aliases that multiply are one fault, quickly, and so are many that do not", async () => {
  const started = performance.now();
  const levels = Array.from(
    { length: 30 },
    (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(", ")}]`,
  );
  for (
    const text of [
      `l0: &l0 [x]\n${levels.join("\n")}\n`,
      `a: &a [x]\nb: [${"*a, ".repeat(20_000)}]\n`,
      "a: &a [*a, *a]\n",
    ]
  ) {
    const lines = (await refusal(text)).split("\n");
    equal(lines.length, 1);
    ok(
      /^c\.yml:\d+:\d+: (aliases are followed more than 1000 times|"a" is nested deeper than 64)/.test(
        lines[0]!,
      ),
      lines[0]!,
    );
  }
  ok(performance.now() - started < 10_000, "it took ten seconds");
});

Deno.test("a config of 10,000 nested levels is one fault", async () => {
  const started = performance.now();
  const lines = (await refusal(`general: ${"[".repeat(10_000)}${"]".repeat(10_000)}\n`)).split("\n");
  deepEqual(lines.map((line) => line.replace(/^c\.yml:1:\d+: /, "")), [
    "the text is nested deeper than 64 levels; expected a config",
  ]);
  ok(performance.now() - started < 5_000, "it took five seconds");
});

Deno.test("no name of a run, a payload file, a language, a template or a script leads out of its folder", async () => {
  const out = "the path leads out of its folder; expected a name inside it, or an absolute path.";
  const name = 'a name without / \\ : * ? " < > |, not starting with a dot';
  deepEqual(await faultsOf(minimal.replace("name: small", "name: ../small")), [
    `c.yml:2:9: "general.name" is "../small"; expected the name of the run: ${name}`,
  ]);
  const text = minimal.replace("ask.txt", "../../ask.txt");
  deepEqual(
    await faultsOf(`${text}    inference_script: ../../mine.ts
    payload_files: [../../payload.jsonl]
`),
    [
      `c.yml:5:25: Cannot read "../../ask.txt": ${out}`,
      `c.yml:10:23: Cannot read "../../mine.ts": ${out}`,
      'c.yml:11:21: "../../payload.jsonl" is produced by no entry of datasets.filters; expected one of payload_all.jsonl',
    ],
  );
  const filters =
    "datasets:\n  filters:\n    - { payload_file: ../payload.jsonl }\n    - { language: ../../en }\n";
  deepEqual(await faultsOf(`${minimal}${filters}`), [
    `c.yml:12:23: "datasets.filters[0].payload_file" is "../payload.jsonl"; expected the name of a payload file: ${name}`,
    'c.yml:13:19: "datasets.filters[1].language" is "../../en"; expected a language code, as in the data\'s ' +
    `\`language\` column: ${name}`,
  ]);
});

Deno.test("a link out of the data folder is a fault", async () => {
  await inFolder(
    { "c/c.yml": minimal, "c/ask.txt": "{question}", "secret.jsonl": "{}\n" },
    async (folder) => {
      symlinkSync(join(folder, "secret.jsonl"), join(folder, "c/rows.jsonl"));
      equal(
        (await messageFor(join(folder, "c/c.yml"))).replaceAll(`${folder}/`, ""),
        'c/c.yml:4:23: Cannot read "rows.jsonl": c/rows.jsonl is a link that leads out of its folder; expected a file in it, ' +
          "or the absolute path of the file.",
      );
    },
  );
});

Deno.test("price files and templates are read with the same care", async () => {
  await inFolder({ "c.yml": `${minimal}pricing: p.yml\n`, "rows.jsonl": "{}\n" }, async (folder) => {
    writeFileSync(join(folder, "ask.txt"), new Uint8Array([0x7b, 0xe9, 0x7d]));
    writeFileSync(join(folder, "p.yml"), utf16("pricing:\n"));
    const message = (await messageFor(join(folder, "c.yml"))).replaceAll(`${folder}/`, "");
    deepEqual(message.split("\n"), [
      'c.yml:5:25: "ask.txt" can\'t be read: the byte 0xe9 on line 1, column 2 is not UTF-8; expected text in UTF-8',
      "p.yml:1:1: it is text in UTF-16; expected text in UTF-8",
    ]);
  });
  equal(readPrices(null).notices.length, 0);
});
