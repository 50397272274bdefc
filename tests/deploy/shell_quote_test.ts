import assert from "node:assert/strict";
import fc from "fast-check";
import { shellCommand, shellQuote } from "../../lib/deploy/shell_quote.ts";

/** Runs scripts with bash, one for all: starting it a thousand times takes long. */
async function outputs(scripts: readonly string[]): Promise<string[]> {
  const script = scripts.map((each) => `${each}\nprintf '\\0\\0'\n`).join("");
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, script);
  const { stdout, stderr } = await new Deno.Command("bash", {
    args: ["--norc", path],
    env: { LC_ALL: "C.UTF-8" },
  }).output();
  await Deno.remove(path);
  assert.equal(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout).split("\0\0").slice(0, -1);
}

Deno.test("harmless words stay readable, all others go between single quotes", () => {
  assert.deepEqual(
    ["vllm/vllm-openai:v0.9.1", "--model", "", "two words", "it's", "$HOME", "A=b", "a;b", "~"].map(
      shellQuote,
    ),
    [
      "vllm/vllm-openai:v0.9.1",
      "--model",
      "''",
      "'two words'",
      "'it'\\''s'",
      "'$HOME'",
      "'A=b'",
      "'a;b'",
      "'~'",
    ],
  );
  assert.throws(() => shellQuote("a\0b"), RangeError);
});

Deno.test("bash reads back the very text, whatever it is", async () => {
  const nasty = fc.string({
    unit: fc.constantFrom(..."'\"\\$`!*?[]{}()<>|&;~#=\n\r\t -ab%^é😀"),
    maxLength: 30,
  });
  const texts = fc.sample(fc.oneof(nasty, fc.string({ unit: "grapheme", maxLength: 40 })), {
    numRuns: 2000,
    seed: 1,
  })
    .filter((text) => !text.includes("\0"));
  const read = await outputs(texts.map((text) => `printf %s ${shellQuote(text)}`));
  assert.ok(texts.length > 1900);
  assert.deepEqual(read, texts);
});

Deno.test("a command stays one command with the words that it was given, and its first word is no assignment", async () => {
  const words = fc.array(
    fc.string({ unit: fc.constantFrom(..."'\"$`\\;&|\n =ab-{}"), maxLength: 12 }),
    { minLength: 1, maxLength: 6 },
  );
  const commands = fc.sample(words, { numRuns: 300, seed: 2 });
  const shown = commands.map((each) => `${shellCommand(["printf", "%s\\1", ...each])}`);
  const read = await outputs(shown);
  assert.deepEqual(read, commands.map((each) => each.map((word) => `${word}\x01`).join("")));
  assert.equal(shellCommand(["A=b", "c"]), "'A=b' c");
});
