import assert from "node:assert/strict";
import { UserError } from "../../lib/core/mod.ts";
import { show } from "../../lib/notebook/show.ts";
import { runProgram } from "./made_up_kernel.ts";

const chart = { name: "cost", title: "Cost <b>", caption: "What it costs.", svg: "<svg/>" };

Deno.test("outside a kernel showing does nothing harmful", async () => {
  await show("text", null, undefined, 42, { some: "value" });
});

Deno.test("a chart needs an open step: without one it refuses with the step's message and writes nothing", async () => {
  await assert.rejects(show(chart), (error) => error instanceof UserError && /not open/.test(error.message));
});

Deno.test("a text is Markdown, nothing shows nothing, anything else is displayed as the kernel does", async () => {
  const { sent } = await runProgram(`
    const { show } = await import("lib/notebook/show.ts");
    await show("# a", null, undefined, 42, "b");
    await show({ svg: "no caption" });`);
  assert.deepEqual(sent.map(([kind, { data, value }]) => [kind, data ?? value]), [
    ["display_data", { "text/markdown": "# a" }],
    ["display", "42"],
    ["display_data", { "text/markdown": "b" }],
    ["display", "[object Object]"],
  ]);
});

Deno.test("two prices are no formula in JupyterLab; code and formulas stay as they are", async () => {
  const texts = [
    "from \\$1 to \\$2 or \\\\(x\\\\)",
    "`a\\$b` costs \\$1",
    "```sh\necho \\$1\n```\n\\$2",
    "\\`\\$1\\`",
    "$x^2$",
  ];
  const { sent } = await runProgram(`
    const { show } = await import("lib/notebook/show.ts");
    await show(...${JSON.stringify(texts)});`);
  assert.deepEqual(sent.map(([, { data }]) => (data as Record<string, string>)["text/markdown"]), [
    "from <span>\\$</span>1 to <span>\\$</span>2 or <span>\\\\</span>(x<span>\\\\</span>)",
    "`a\\$b` costs <span>\\$</span>1",
    "```sh\necho \\$1\n```\n<span>\\$</span>2",
    "\\`<span>\\$</span>1\\`",
    "$x^2$",
  ]);
});

Deno.test("a chart is drawn with title and caption, and kept as a file of the run", async () => {
  const root = await Deno.makeTempDir();
  try {
    const { sent } = await runProgram(`
      const { show } = await import("lib/notebook/show.ts");
      const { setOpenStep } = await import("lib/notebook/step.ts");
      const { runPaths } = await import("lib/run/mod.ts");
      setOpenStep({ run: { id: "r", paths: runPaths(${JSON.stringify(root)}) } });
      await show(${JSON.stringify(chart)});`);
    assert.equal(await Deno.readTextFile(`${root}/charts/cost.svg`), "<svg/>");
    assert.deepEqual(sent.map(([, { data, metadata }]) => [data, metadata]), [
      [{ "text/markdown": "### Cost &lt;b&gt;" }, {}],
      [{ "image/svg+xml": "<svg/>", "text/plain": "Cost <b>" }, {
        fmbench: { file: "charts/cost.svg", alt: "Cost <b>" },
      }],
      [{ "text/markdown": "*What it costs.*" }, {}],
    ]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
