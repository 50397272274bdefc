import { deepEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { splitWords, UnsplittableError } from "../../../lib/deploy/containers/split_words.ts";

Deno.test("a line of arguments is split at blanks that stand in no quotes", () => {
  deepEqual(splitWords("--max-model-len 150000  --enable-chunked-prefill\n"), [
    "--max-model-len",
    "150000",
    "--enable-chunked-prefill",
  ]);
  deepEqual(splitWords(`--override '{"rope": [1, 2]}' --name="a b" c\\ d ''`), [
    "--override",
    '{"rope": [1, 2]}',
    "--name=a b",
    "c d",
    "",
  ]);
  deepEqual(splitWords(`"a\\"b\\n" 'a\\b' x#1 x~`), ['a"b\\n', "a\\b", "x#1", "x~"]);
  deepEqual(splitWords(" "), []);
});

Deno.test("what a shell would expand or run is refused, and so is a quote that is not closed", () => {
  for (
    const [line, why] of [
      ["--model $MODEL", /"\$"/],
      ['--model "$MODEL"', /"\$"/],
      ["a; rm -rf b", /";"/],
      ["a `b`", /"`"/],
      ["a > b", /">"/],
      ["a | b", /"\|"/],
      ["*.bin", /"\*"/],
      ["~/models", /"~"/],
      ["# not said", /"#"/],
      ["'a", /single quote/],
      ['"a', /double quote/],
      ["a\\", /backslash/],
    ] as const
  ) {
    throws(
      () => splitWords(line),
      (error: Error) => error instanceof UnsplittableError && why.test(error.message),
    );
  }
});

Deno.test({
  name: "what is split is split as sh does it",
  ignore: Deno.build.os === "windows",
  fn: () => {
    const characters = fc.constantFrom(
      "a",
      "-",
      "=",
      " ",
      "'",
      '"',
      "\\",
      "{",
      "}",
      "[",
      ",",
      "$",
      ";",
      "#",
      "~",
      "\t",
      "é",
    );
    let accepted = 0;
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 14 }), (line) => {
        let words: string[];
        try {
          words = splitWords(line);
        } catch {
          return;
        }
        accepted += 1;
        const { stdout } = new Deno.Command("sh", {
          args: ["-c", `for word in ${line}\ndo printf '%s\\0' "$word"\ndone`],
          stderr: "null",
        }).outputSync();
        // A pattern of brackets that matches nothing stays as it is.
        const read = new TextDecoder().decode(stdout).split("\0").slice(0, -1);
        deepEqual(words, read, JSON.stringify(line));
      }),
      { numRuns: 300, seed: 1 },
    );
    if (accepted < 50) throw new Error(`only ${accepted} lines were split`);
  },
});
