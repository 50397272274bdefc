import assert from "node:assert/strict";
import { columnNames, columns, emptyRecord, type RequestRecord } from "../../lib/core/mod.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;

Deno.test("a record's types derive from the list", () => {
  const derived: [
    Equal<RequestRecord["request_id"], string | null>,
    Equal<RequestRecord["ttft_ms"], number | null>,
    Equal<RequestRecord["trusted"], boolean | null>,
    Equal<RequestRecord["itl_us"], number[] | null>,
  ] = [true, true, true, true];
  assert.deepEqual(derived, [true, true, true, true]);
});

Deno.test("an empty record has every column, null, in the order of the list", () => {
  const record = emptyRecord();
  assert.deepEqual(Object.keys(record), columnNames);
  assert.ok(Object.values(record).every((value) => value === null));
  record.attempt = 1;
  assert.equal(emptyRecord().attempt, null);
});

Deno.test("units follow from names: _ms is milliseconds, _us microseconds, _at a date, token counts are tokens", () => {
  for (const [name, { kind, unit, doc }] of Object.entries(columns)) {
    assert.notEqual(doc, "", name);
    if (name.endsWith("_ms")) assert.deepEqual([kind, unit], ["float", "ms"], name);
    if (name.endsWith("_us")) assert.deepEqual([kind, unit], ["integers", "us"], name);
    if (name.endsWith("_at")) assert.deepEqual([kind, unit], ["text", ""], name);
    if (name.endsWith("_tokens")) assert.deepEqual([kind, unit], ["integer", "tokens"], name);
    if (unit === "ms") assert.match(name, /_ms$/);
  }
});

Deno.test("no two columns say the same", () => {
  const docs = Object.values(columns).map(({ doc }) => doc);
  assert.equal(new Set(docs).size, docs.length);
  assert.equal(new Set(columnNames.map((name) => name.toLowerCase())).size, columnNames.length);
});
