import assert from "node:assert/strict";
import { parseSeries } from "../../lib/observe/prometheus.ts";

const all = (text: string) => parseSeries(text, () => true);

Deno.test("a line has a name, labels and a value; time stamps, exemplars and comments are left out", () => {
  const text = [
    "# HELP a What it is.",
    "# TYPE a gauge",
    "a 1",
    'b{x="1",y="two"} 2.5 1395066363000',
    'c:d_total{} 1e+03 # {trace_id="abc"} 0.67 1520879607.789',
    "",
    "# EOF",
  ].join("\n");
  assert.deepEqual(all(text), [
    { name: "a", labels: {}, value: 1 },
    { name: "b", labels: { x: "1", y: "two" }, value: 2.5 },
    { name: "c:d_total", labels: {}, value: 1000 },
  ]);
});

Deno.test("a label may hold brackets, commas, and what is escaped", () => {
  const [series] = all('a{path="C:\\\\DIR\\\\",text="say \\"hi\\", {you}\\nthere",} 3');
  assert.deepEqual(series!.labels, { path: "C:\\DIR\\", text: 'say "hi", {you}\nthere' });
  assert.equal(series!.value, 3);
});

Deno.test("infinite is a value, not a number is none; odd lines do not hide the others", () => {
  const text = ["a +Inf", "b -Inf", "c NaN", "d", "{e} 1", 'f{x="1} 2', "<html>", "g 0x", "h 7"].join("\r\n");
  assert.deepEqual(all(text).map(({ name, value }) => [name, value]), [["a", Infinity], ["b", -Infinity], [
    "h",
    7,
  ]]);
});

Deno.test("only the names that are asked for are read, and no others that begin like them", () => {
  const text = "num 1\nnum_waiting 2\nnum_waiting_by_reason 3\n";
  assert.deepEqual(parseSeries(text, (name) => name === "num_waiting"), [
    { name: "num_waiting", labels: {}, value: 2 },
  ]);
});
