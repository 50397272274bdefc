import assert from "node:assert/strict";
import { UserError } from "../../lib/core/mod.ts";
import { parseTemplate, slotText } from "../../lib/data/mod.ts";

const render = (text: string, keys: string[] | null, row: Record<string, unknown>) =>
  parseTemplate(text, keys, "t.txt").render(row, "rows.jsonl:3");

Deno.test("parseTemplate fills each slot, also one that stands twice, and drops white space around the template", () => {
  const template = parseTemplate("\n{b}-{a}-{b}\n\n", ["a", "b"], "t.txt");
  assert.deepEqual(template.columns, ["b", "a"]);
  assert.equal(template.render({ a: "1", b: "2", c: "3" }, ""), "2-1-2");
});

Deno.test("parseTemplate reads doubled braces as text, also around a slot", () => {
  assert.equal(render('{{"x": {{{a}}}}}', ["a"], { a: 1 }), '{"x": {1}}');
});

Deno.test("parseTemplate does not look for slots in what a row puts in", () => {
  assert.equal(render("{a}", ["a", "b"], { a: "{b} {{", b: "no" }), "{b} {{");
});

Deno.test("parseTemplate takes column names with spaces, dots and letters of any script", () => {
  assert.equal(
    render("{first name} {a.b} {größe}", ["first name", "a.b", "größe"], {
      "first name": "x",
      "a.b": "y",
      größe: "z",
    }),
    "x y z",
  );
});

Deno.test("parseTemplate brings the whole prompt to NFC, across the edge of a slot", () => {
  assert.equal(render("e{a} Z\u0308", ["a"], { a: "\u0301" }), "\u00e9 Z\u0308");
  assert.equal(render("u{a}", ["a"], { a: "\u0308" }), "ü");
});

Deno.test("parseTemplate without keys is a constant prompt in which braces are text", () => {
  for (const keys of [null, []]) {
    const template = parseTemplate(" Say {hello} }} \n", keys, "t.txt");
    assert.deepEqual(template.columns, []);
    assert.equal(template.render({ hello: "no" }, ""), "Say {hello} }}");
  }
});

Deno.test("a row without the column of a slot is an error that lists its columns", () => {
  assert.throws(
    () => render("{a}", ["a"], { x: 1, y: 2 }),
    new UserError(
      'Cannot fill the prompt template from "rows.jsonl:3": the row has no column "a"; expected one of its columns: ' +
        "x, y. Change datasets.prompt_template_keys and the template's slots, or the data.",
    ),
  );
});

Deno.test("a column of every object's own kind, such as toString, is missing too", () => {
  assert.throws(() => render("{toString}", ["toString"], { a: 1 }), /no column "toString"/);
});

Deno.test("a slot that is not among the keys is an error before any row is read", () => {
  assert.throws(
    () => parseTemplate("{a} {b}", ["a"], "t.txt"),
    /"t.txt": it has the slot \{b\}; expected one of the prompt_template_keys: a\./,
  );
});

Deno.test("a lone brace is an error that names line and column", () => {
  assert.throws(
    () => parseTemplate("one\nab } {a}", ["a"], "t.txt"),
    /a lone \} at line 2, column 4;.* Write \}\} where/,
  );
  assert.throws(() => parseTemplate('{a}\n{"x": 1}', ["a"], "t.txt"), /a lone \{ at line 2, column 1/);
});

Deno.test("slotText joins plain lists by commas, others by lines; null is empty", () => {
  assert.equal(slotText(["red", "green"]), "red, green");
  assert.equal(slotText(["one, two", "three"]), "one, two\nthree");
  assert.equal(slotText([1, true, null]), "1, true, ");
  assert.equal(slotText({ a: [1] }), '{"a":[1]}');
  assert.equal(slotText(null), "");
  assert.equal(slotText(0), "0");
  assert.equal(slotText([]), "");
});

Deno.test("nothing in braces is evaluated: format specs, conversions and attributes are names that no column has", () => {
  for (const slot of ["text:>10", "text!r", "text.__class__", "text[0]", "1 + 1", "process.env"]) {
    assert.throws(
      () => parseTemplate(`{${slot}}`, ["text"], "t.txt"),
      (error) => error instanceof UserError && error.message.includes(`it has the slot {${slot}}`),
    );
  }
  const injected = "{text} {{x}} ${process.env.HOME}";
  assert.equal(parseTemplate("{text}", ["text"], "t.txt").render({ text: injected }, "row 1"), injected);
});
