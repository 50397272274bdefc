import { deepEqual } from "node:assert/strict";
import { readDocument } from "../../lib/config/document.ts";

const faults = (text: string) =>
  readDocument("c.yml", text, {}).faults.map(({ line, column, text }) => `${line}:${column}: ${text}`);

Deno.test("keys that stand deeper than the first of their entry are one fault, at the first of them", () => {
  deepEqual(faults('runs:\n- name: "a"\n    region: {region}\n    ec2:\n    copies: 1\n'), [
    '3:5: the key "region" is indented deeper than "name" on line 2, the first key of the same entry; expected all its ' +
    "keys in column 3, under each other",
  ]);
});

Deno.test("a quoted text that goes on below its key is a fault where it begins", () => {
  deepEqual(faults('a:\n  env:\n    C: "inf.p\n    y"\n    D: "36"\n'), [
    "3:8: the text in quotes goes on in line 4, which is not indented deeper than its key; expected it on one line",
  ]);
});

Deno.test("dots for what was left out, a second document, a link and a web page are called what they are", () => {
  deepEqual(faults("a:\n  .\n  .\n  b: 1\n"), [
    "2:3: a dot stands where something was left out; expected keys with values",
  ]);
  deepEqual(faults("a: 1\n---\nb: 2\n"), ["2:1: a second document begins here; expected one"]);
  deepEqual(faults("../there/config.yml"), [
    '1:1: there is nothing here but the name "../there/config.yml", as in a link where links are not kept; expected ' +
    "keys with values: name that file instead",
  ]);
  deepEqual(faults("<html><body>404</body></html>"), ["1:1: this is a web page; expected YAML"]);
});

Deno.test("10,000 nested levels are one fault, however they are written", () => {
  const shapes = {
    lists: "a: " + "[".repeat(10_000) + "]".repeat(10_000),
    open: "[".repeat(10_000),
    maps: "a: " + "{a: ".repeat(10_000) + "}".repeat(10_000),
    dashes: "- ".repeat(10_000) + "x",
    indented: Array.from({ length: 2_000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"),
    few: "a: " + "[".repeat(70) + "]".repeat(70),
  };
  for (const [shape, text] of Object.entries(shapes)) {
    deepEqual(
      faults(text).map((line) => line.replace(/^\d+:\d+: (the text|"a")/, "")),
      [" is nested deeper than 64 levels; expected a config"],
      shape,
    );
  }
});
