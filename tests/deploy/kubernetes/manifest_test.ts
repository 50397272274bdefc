import assert from "node:assert/strict";
import { inKindOrder } from "../../../lib/deploy/kubernetes/kind_order.ts";
import { manifestObjects } from "../../../lib/deploy/kubernetes/manifest.ts";
import { expanded, variablesIn } from "../../../lib/deploy/kubernetes/variables.ts";

const config = (data: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata:\n${data}\n`;
const read = (text: string, values: Record<string, string> = {}) =>
  manifestObjects(text, "m.yaml", (name) => values[name] ?? "");
const dataOf = (text: string, values: Record<string, string> = {}) => read(config(text), values)[0]?.["data"];

Deno.test("variables are put in as envsubst does, but for $(NAME), $1 and $$NAME", () => {
  const valueOf = (name: string) => `<${name}>`;
  assert.equal(expanded("$A-${B_2}/$1 $(C) $$D $${E} 5$ $", valueOf), "<A>-<B_2>/$1 $(C) $D ${E} 5$ $");
  assert.deepEqual(variablesIn("$A ${B} $$C $(D)"), ["A", "B"]);
});

Deno.test("a value can't change what is written around it", () => {
  const evil = 'x\nkind: Secret #"';
  assert.deepEqual(dataOf(`  a: "$V"\n  b: $V\n  c: |\n    in $V\n`, { V: evil }), {
    a: evil,
    b: evil,
    c: `in ${evil}\n`,
  });
});

Deno.test("an unquoted variable that is the whole value gives a number or a truth value; a quoted one stays a text", () => {
  assert.deepEqual(
    dataOf(`  a: $N\n  b: "$N"\n  c: \${T}\n  d: x$N\n  e: $Z`, { N: "3", T: "true", Z: "007" }),
    {
      a: 3,
      b: "3",
      c: true,
      d: "x3",
      e: "007",
    },
  );
});

Deno.test("YAML is read as Kubernetes reads it: octal modes and yes, but dates and times are texts", () => {
  assert.deepEqual(dataOf("  mode: 0644\n  on: yes\n  date: 2026-11-22\n  time: 12:30:45"), {
    mode: 420,
    true: true,
    date: "2026-11-22",
    time: "12:30:45",
  });
});

Deno.test("several documents, empty ones and lists are taken apart", () => {
  const text = `---\n${config("  a: b")}---\n# nothing\n---\napiVersion: v1\nkind: List\nitems:\n` +
    "  - { apiVersion: v1, kind: Secret, metadata: { name: s } }\n";
  assert.deepEqual(read(text).map(({ kind }) => kind), ["ConfigMap", "Secret"]);
  assert.deepEqual(read(""), []);
});

Deno.test("what is no YAML, or no object, is refused by the file's name", () => {
  assert.throws(() => read("a: [1"), /Cannot deploy the manifests "m\.yaml": Flow sequence/);
  assert.throws(
    () => read("apiVersion: v1\nkind: Pod\n"),
    /an entry lacks metadata\.name; expected objects of Kubernetes/,
  );
});

Deno.test("objects are created in the order in which they need each other, kinds of operators before the Ingress", () => {
  const kinds = ["Ingress", "RayService", "Deployment", "Service", "Secret", "ConfigMap", "Namespace", "Job"];
  assert.deepEqual(inKindOrder(kinds.map((kind) => ({ kind }))).map(({ kind }) => kind), [
    ...["Namespace", "Secret", "ConfigMap", "Service", "Deployment", "Job", "RayService", "Ingress"],
  ]);
});
