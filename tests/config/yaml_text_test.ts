import { deepEqual, equal } from "node:assert/strict";
import { parseYaml, typedValue } from "../../lib/config/yaml_text.ts";

Deno.test("yes, no, on and off are booleans when bare and text when quoted; y and n are text", () => {
  const text = "[yes, No, ON, off, true, 'yes', y, n]";
  deepEqual(parseYaml(text).toJS(), [true, false, true, false, true, "yes", "y", "n"]);
});

Deno.test("what looks like a time or a date is text", () => {
  deepEqual(parseYaml("[1:30, 2026-11-22]").toJS(), ["1:30", "2026-11-22"]);
});

Deno.test("typedValue reads numbers, yes and no, and lists; all else is the text itself", () => {
  deepEqual(["4", "0.5", "yes", "[1, 4]", ""].map(typedValue), [4, 0.5, true, [1, 4], null]);
  for (const text of ["http://127.0.0.1:8000/v1", "a: b", "#x", "*a", "{a: 1}", "null"]) {
    equal(typedValue(text), text);
  }
});
