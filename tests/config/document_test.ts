import { deepEqual, equal } from "node:assert/strict";
import { markOf, readDocument } from "../../lib/config/document.ts";

const read = (text: string, values: Record<string, string> = {}) => readDocument("c.yml", text, values);
const faults = (text: string) =>
  read(text).faults.map(({ line, column, text }) => `${line}:${column}: ${text}`);

Deno.test("values and keys know their line and column", () => {
  const located = read("a:\n  - b: 1\n    c: two\n");
  deepEqual(markOf(located, ["a", 0, "c"]), { file: "c.yml", line: 3, column: 8 });
  deepEqual(markOf(located, ["a", 0, "c"], "key"), { file: "c.yml", line: 3, column: 5 });
});

Deno.test("what is not there is marked where the thing around it stands", () => {
  const located = read("x: 1\na:\n  b: 1\n");
  deepEqual(markOf(located, ["a", "c"]), { file: "c.yml", line: 2, column: 1 });
  deepEqual(markOf(located, ["z"]), { file: "c.yml", line: 1, column: 1 });
});

Deno.test("an unquoted placeholder is text, typed by what it becomes, and later columns do not move", () => {
  const located = read("r: {region}\nn: {n}\nq: '{n}'\nu: http://{host}/v1\nf: [{n}, 2]\nz: !!str x\n", {
    region: "eu-west-1",
    n: "4",
    host: "h",
  });
  deepEqual(located.value, { r: "eu-west-1", n: 4, q: "4", u: "http://h/v1", f: [4, 2], z: "x" });
  equal(markOf(located, ["f", 1]).column, 10);
});

Deno.test("a placeholder may be a part of a bare value and of a key", () => {
  deepEqual(read("{k}: {a}-{b}\n", { k: "key", a: "1", b: "2" }).value, { key: "1-2" });
});

Deno.test("a placeholder without a value is a fault where it stands", () => {
  deepEqual(faults("a:\n  b: x-{model}\n"), ['2:8: {model} in "a.b" has no value; expected -A model=value']);
});

Deno.test("of a key given twice the last value counts, with a notice that says whether it is another", () => {
  const twice = read("a:\n  b: { c: 1, d: 2 }\n  b: { c: 3 }\n");
  deepEqual([twice.faults, twice.value], [[], { a: { b: { c: 3 } } }]);
  deepEqual(twice.notices.map(({ line, key, text }) => [line, key, text]), [
    [3, "a.b", "stands here again with another value than on line 2; this one, the last, counts"],
  ]);
  deepEqual(markOf(twice, ["a", "b", "c"]), { file: "c.yml", line: 3, column: 11 });
  deepEqual(markOf(twice, ["a", "b", "d"]).line, 3);
  const same = read("a:\n  b: 1\n  b: 1\n");
  deepEqual([same.faults.length, same.notices[0]?.line, same.notices[0]?.key], [0, 3, "a.b"]);
});

Deno.test("broken YAML is a fault with line and column", () => {
  deepEqual(faults('a: 1\nb: "x\n'), [
    "2:4: the text in quotes has no end; expected a closing quotation mark",
  ]);
  equal(faults("a: [1\nb: 2\n").length > 0, true);
});

Deno.test("anchors and merge keys are followed; own keys win over merged ones", () => {
  const located = read("base: &b { x: 1, y: 2 }\nown:\n  <<: *b\n  y: 3\nagain: *b\n");
  deepEqual(located.value, { base: { x: 1, y: 2 }, own: { y: 3, x: 1 }, again: { x: 1, y: 2 } });
});

Deno.test("aliases that multiply without end are a fault, not a crash", () => {
  const levels = Array.from(
    { length: 12 },
    (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(", ")}]`,
  );
  const located = read(`l0: &l0 [x]\n${levels.join("\n")}\n`);
  equal(located.faults.length > 0, true);
});

Deno.test("a map as a key, and the key __proto__, are faults", () => {
  equal(faults("? {a: 1}\n: 2\n")[0], "1:3: a map or a list stands as a key; expected a name");
  equal(faults("__proto__: 1\n")[0], '1:1: "__proto__" can\'t be a key; expected another name');
});

Deno.test("the source of a number is kept for where text is wanted", () => {
  equal(read("v: 1.10\n").sources.get('["v"]'), "1.10");
});

Deno.test("{{name}} is literal also where it is not quoted, and a payload file's own names may have single braces", () => {
  const located = read("f: {{lang}}_x\nn: {payload_file: p_{lang}_{min}}\n");
  deepEqual([located.faults, located.value], [[], { f: "{lang}_x", n: { payload_file: "p_{lang}_{min}" } }]);
});

Deno.test("a tag that means nothing is a fault", () => {
  equal(faults("a: !!python/object:os.system x\n")[0]?.startsWith("1:4: Unresolved tag"), true);
});

Deno.test("the slots of a described protocol are left to its requests; a value for one of them is filled in, other names need one", () => {
  const text =
    'inference_spec: { rest: { body: { a: "{prompt}", b: {model} } }, headers: { m: "{model}" }, model_id: "{model}" }\n';
  deepEqual(read(text, { model: "m-1" }).value, {
    inference_spec: { rest: { body: { a: "{prompt}", b: "m-1" } }, headers: { m: "m-1" }, model_id: "m-1" },
  });
  deepEqual(faults(text), [
    '1:104: {model} in "inference_spec.model_id" has no value; expected -A model=value',
  ]);
  deepEqual(faults("inference_spec: { rest: { path: '/{promt}' } }\n"), [
    '1:35: {promt} in "inference_spec.rest.path" has no value; expected -A promt=value',
  ]);
});

Deno.test("what stands for the port and the number of a server's copy is not asked for, elsewhere it is", () => {
  const located = read(
    'command: [s, "{port}"]\nenv: { A: "{copy}" }\nmetrics_url: "h:{port}"\nother: "{port}"\n',
  );
  deepEqual(located.value, {
    command: ["s", "{port}"],
    env: { A: "{copy}" },
    metrics_url: "h:{port}",
    other: "{port}",
  });
  deepEqual(located.faults.map(({ line, text }) => [line, text]), [
    [4, '{port} in "other" has no value; expected -A port=value'],
  ]);
});
