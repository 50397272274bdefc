import { deepEqual, equal } from "node:assert/strict";
import { z } from "zod";
import { readDocument } from "../../lib/config/document.ts";
import { amount, freeMap, list, section, text, whole } from "../../lib/config/field.ts";
import { validate } from "../../lib/config/validation.ts";

const schema = section({
  general: section({ name: text(), tries: whole(1).default(3) }),
  runs: list(section({ cost: amount("dollars").optional(), set: text().optional() }), "runs").default([]),
  free: freeMap().default({}),
});

const check = (yaml: string) => validate(schema as z.ZodType, readDocument("c.yml", yaml, {}));
const faults = (yaml: string) =>
  check(yaml).faults.map(({ line, column, text }) => `${line}:${column}: ${text}`);

Deno.test("a sound document becomes its value with defaults, empty keys counting as absent", () => {
  deepEqual(check("general: {name: a, tries: }\nruns:\n  - cost: 0\nfree: {x: null}\n").value, {
    general: { name: "a", tries: 3 },
    runs: [{ cost: 0 }],
    free: { x: null },
  });
});

Deno.test("a number where text is wanted is taken as it is written", () => {
  deepEqual(check("general: {name: 1.10}\n").value, {
    general: { name: "1.10", tries: 3 },
    runs: [],
    free: {},
  });
});

Deno.test("every fault is found at once, with its place", () => {
  const lines = faults("general:\n  tries: 1.5\nruns:\n  - cots: 1\n  - cost: -2\n  - 7\nxyz: 1\n");
  deepEqual(lines.toSorted(), [
    '1:1: "general.name" is missing; expected text',
    '2:10: "general.tries" is 1.5; expected a whole number, 1 or more',
    '4:5: unknown key "cots" in "runs[0]"; did you mean "cost"?',
    '5:11: "runs[1].cost" is -2; expected dollars, 0 or more',
    '6:5: "runs[2]" is 7; expected a section with keys (cost, set)',
    '7:1: unknown key "xyz"; expected one of general, runs, free',
  ]);
});

Deno.test("a key in the wrong section is sent to the right one", () => {
  equal(faults("general: {name: a}\ncost: 1\n")[0], '2:1: unknown key "cost"; expected it under "runs"');
});

Deno.test("a misspelt required key is one fault, not two", () => {
  deepEqual(faults("general: {nmae: a}\n"), ['1:11: unknown key "nmae" in "general"; did you mean "name"?']);
});

Deno.test("with faults, what is sound remains, and the sections with faults are named", () => {
  const { value, tainted } = check("general: {name: a, tries: x}\nruns: [{cost: 1, foo: 2}]\n");
  deepEqual(value, { general: { name: "a", tries: 3 }, runs: [{ cost: 1 }], free: {} });
  deepEqual([...tainted], ["general", "runs"]);
});

Deno.test("a secret is not repeated in a fault", () => {
  const withKey = section({ api_key: whole(1) });
  const located = readDocument("c.yml", "api_key: abc123def\n", {});
  equal(
    validate(withKey as z.ZodType, located).faults[0]?.text,
    '"api_key" is [redacted]; expected a whole number, 1 or more',
  );
});

Deno.test("a file that is no map is one fault", () => {
  equal(faults("- 1\n")[0], "1:1: the config is a list; expected a section with keys (general, runs, free)");
});

const nested = section({
  runs: list(
    section({
      ec2: section({ loading: whole(1).optional(), copies: whole(1).optional() }).optional(),
      spec: section({ set: text().optional(), loading: whole(1).optional() }).prefault({}),
      name: text().optional(),
    }),
    "runs",
  ),
});
const nestedFaults = (yaml: string) =>
  validate(nested as z.ZodType, readDocument("c.yml", yaml, {})).faults
    .map(({ line, column, text }) => `${line}:${column}: ${text}`);

Deno.test("keys that slipped out of a section, which is empty for that, are sent back to it by line", () => {
  const yaml = "runs:\n  - name: a\n    ec2:\n    loading: 3\n    spec:\n    set: b\n";
  deepEqual(nestedFaults(yaml), [
    '4:5: unknown key "loading" in "runs[0]"; expected it under "ec2" on line 3, which is empty: indent it',
    '6:5: unknown key "set" in "runs[0]"; expected it under "spec" on line 5, which is empty: indent it',
  ]);
});

Deno.test("of two empty sections that know a key, it slipped out of the one just above it", () => {
  const yaml = "runs:\n  - ec2:\n    spec:\n    loading: 3\n";
  deepEqual(nestedFaults(yaml), [
    '4:5: unknown key "loading" in "runs[0]"; expected it under "spec" on line 3, which is empty: indent it',
  ]);
});

Deno.test("a key that belongs one section deeper is sent there", () => {
  deepEqual(nestedFaults("runs: [{ copies: 3 }]\n"), [
    '1:10: unknown key "copies" in "runs[0]"; expected it under "ec2"',
  ]);
});

Deno.test("where the kind of value is open, digits that a number would lose stay as they are written", () => {
  const { value } = check(
    "general: {name: 010}\nfree: {a: 0755, b: [007], c: 10, d: 0.5, e: 123456789012345678901}\n",
  );
  deepEqual(value, {
    general: { name: "010", tries: 3 },
    runs: [],
    free: { a: "0755", b: ["007"], c: 10, d: 0.5, e: "123456789012345678901" },
  });
  deepEqual(check("general: {name: a, tries: 010}\n").value, {
    general: { name: "a", tries: 10 },
    runs: [],
    free: {},
  });
});

Deno.test("an empty key that nobody knows is not passed over", () => {
  deepEqual(faults("general:\n  name: a\n  tires:\n"), [
    '3:3: unknown key "tires" in "general"; did you mean "tries"?',
  ]);
});
