import assert from "node:assert/strict";
import { completeOutputs, display, headless, inKernel, notebookFile } from "../../lib/notebook/kernel.ts";
import { runProgram } from "./made_up_kernel.ts";

const load = 'const kernel = await import("lib/notebook/kernel.ts");\n';

Deno.test("outside a kernel nothing is shown, hooked or known", async () => {
  assert.deepEqual([inKernel, headless], [false, false]);
  await display({ "text/plain": "x" }, { id: "a", update: true });
  completeOutputs();
  const { internal } = Deno as unknown as { internal: symbol };
  const { jupyter } = (Deno as unknown as Record<symbol, { jupyter?: object }>)[internal]!;
  assert.equal("broadcastResult" in (jupyter ?? {}), false);
});

Deno.test("the notebook's file is what the front end tells, and nothing otherwise", () => {
  const before = Deno.env.get("JPY_SESSION_NAME");
  try {
    Deno.env.set("JPY_SESSION_NAME", "/n/0_setup.ipynb");
    assert.equal(notebookFile(), "/n/0_setup.ipynb");
    Deno.env.delete("JPY_SESSION_NAME");
    assert.equal(notebookFile(), null);
  } finally {
    if (before !== undefined) Deno.env.set("JPY_SESSION_NAME", before);
  }
});

Deno.test("a display goes to the front end; one with an id can be replaced", async () => {
  const { told, sent } = await runProgram(`${load}
    tell([kernel.inKernel, kernel.headless]);
    await kernel.display({ "text/markdown": "a" });
    await kernel.display({ "text/html": "b" }, { id: "x", metadata: { m: 1 } });
    await kernel.display({ "text/html": "c" }, { id: "x", update: true });`);
  assert.deepEqual(told, [[true, false]]);
  assert.deepEqual(sent, [
    ["display_data", { data: { "text/markdown": "a" }, metadata: {}, transient: {} }],
    ["display_data", { data: { "text/html": "b" }, metadata: { m: 1 }, transient: { display_id: "x" } }],
    ["update_display_data", { data: { "text/html": "c" }, metadata: {}, transient: { display_id: "x" } }],
  ]);
});

/** How long the kernel's end of a cell takes after \`completeOutputs()\` was called twice, and what it gives. */
const hook = `${load}
  const inner = Deno[Deno.internal];
  const original = async (...args) => args.join();
  inner.jupyter = { broadcastResult: original };
  kernel.completeOutputs();
  const once = inner.jupyter.broadcastResult;
  kernel.completeOutputs();
  const from = performance.now();
  const result = await inner.jupyter.broadcastResult(1, 2);
  tell([once !== original, inner.jupyter.broadcastResult === once, result, performance.now() - from]);`;

Deno.test("by hand the end of a cell is held back until its outputs are out, hooked once however often it is opened", async () => {
  const [[hooked, stays, result, ms]] = (await runProgram(hook)).told as [[boolean, boolean, string, number]];
  assert.deepEqual([hooked, stays, result], [true, true, "1,2"]);
  assert.ok(ms >= 24, `${ms} ms`);
});

Deno.test("headless the runner's own fence does it: nothing is hooked", async () => {
  const { told } = await runProgram(hook, { env: { FMBENCH_RUN: "/r" } });
  assert.deepEqual((told[0] as unknown[]).slice(0, 3), [false, true, "1,2"]);
});
