import { deepEqual } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { decode, readTextFile } from "../../lib/config/text_file.ts";
import { inFolder } from "./minimal.ts";

const bytes = (...values: number[]) => new Uint8Array(values);
const expected = "text in UTF-8";

Deno.test("UTF-8 is read, also with a byte order mark", () => {
  deepEqual(decode(new TextEncoder().encode("na\u00efve \u{1f600}\n")), { text: "na\u00efve \u{1f600}\n" });
  deepEqual(decode(bytes(0xef, 0xbb, 0xbf, 0x61)), { text: "a" });
});

Deno.test("UTF-16 is called that, with a byte order mark and without", () => {
  deepEqual(decode(bytes(0xff, 0xfe, 0x61, 0)), { found: "it is text in UTF-16", expected });
  deepEqual(decode(bytes(0xfe, 0xff, 0, 0x61)), { found: "it is text in UTF-16", expected });
  deepEqual(decode(bytes(0x61, 0, 0x3a, 0)), { found: "it looks like text in UTF-16", expected });
});

Deno.test("the first byte that is not UTF-8 is named with its place", () => {
  const latin1 = bytes(...[..."a: 1\nb: caf"].map((letter) => letter.charCodeAt(0)), 0xe9, 0x0a, 0xe9);
  // Line 2 is \`b: caf\` and then the byte: column 7.
  deepEqual(decode(latin1), { found: "the byte 0xe9 on line 2, column 7 is not UTF-8", expected });
  // Two bytes of a character of three, at the end.
  deepEqual(decode(bytes(0x61, 0xe2, 0x82)), {
    found: "the byte 0xe2 on line 1, column 2 is not UTF-8",
    expected,
  });
});

Deno.test("a NUL is named with its place", () => {
  deepEqual(decode(bytes(0x61, 0x0a, 0x62, 0, 0x63)), {
    found: "a NUL stands on line 2, column 2",
    expected,
  });
});

Deno.test("no more is read than a file may hold, however much there is", async () => {
  await inFolder({}, (folder) => {
    const path = join(folder, "big.yml");
    writeFileSync(path, "a".repeat(11));
    const found = "it holds more than 10 bytes";
    deepEqual(readTextFile(path, 10), { found, expected: "a smaller text file" });
    deepEqual(readTextFile(path, 11), { text: "a".repeat(11) });
    deepEqual(readTextFile("/dev/zero"), {
      found: "it holds more than 4096 KiB",
      expected: "a smaller text file",
    });
  });
});

Deno.test("a file that is not there, and a folder, are no text", () => {
  deepEqual(readTextFile("/tmp/none.yml"), { found: "there is no such file", expected: "a text file" });
  deepEqual("found" in readTextFile("/tmp"), true);
});
