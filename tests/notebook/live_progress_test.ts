import assert from "node:assert/strict";
import type { ProgressEvent } from "../../lib/core/mod.ts";
import { progressHtml } from "../../lib/notebook/live_progress.ts";
import { runProgram } from "./made_up_kernel.ts";

function event(change: Partial<ProgressEvent> = {}): ProgressEvent {
  return {
    at: "2026-01-01T00:00:00.000Z",
    step: "3_run_inference",
    label: "one",
    done: 1,
    total: 4,
    errors: 0,
    rate_per_s: null,
    eta_s: null,
    ...change,
  };
}

/** The text that a reader sees. */
const textOf = (html: string) => html.replaceAll(/<br>/g, "\n").replaceAll(/<[^>]*>/g, "").trim();

Deno.test("the bar stands where the count is", () => {
  assert.match(progressHtml(event()), /<progress value="0\.25" max="1"/);
  assert.match(progressHtml(event({ done: 4 })), /<progress value="1" max="1"/);
  assert.match(progressHtml(event({ done: 0, total: 0 })), /<progress value="0" max="1"/);
});

Deno.test("only what is known is said", () => {
  assert.equal(textOf(progressHtml(event())), "1 of 4\none");
  assert.equal(
    textOf(progressHtml(event({ done: 1200, total: 48000, rate_per_s: 12.34, errors: 3, eta_s: 90 }))),
    "1,200 of 48,000 · 12.3/s · 3 errors · 1 min 30 s left\none",
  );
  assert.equal(textOf(progressHtml(event({ done: 4, eta_s: 0 }))), "4 of 4\none");
});

Deno.test("a label is text, whatever a config puts into it", () => {
  const html = progressHtml(event({ label: '<img src=x onerror="alert(1)">&' }));
  assert.ok(html.includes("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;"), html);
  assert.ok(!html.includes("<img"));
});

Deno.test("one display is replaced as events come; those in between are left out, the last one is drawn", async () => {
  const { sent } = await runProgram(`
    const { LiveProgress } = await import("lib/notebook/live_progress.ts");
    const live = new LiveProgress();
    const event = ${JSON.stringify(event())};
    for (let done = 0; done < 50; done++) live.update({ ...event, done, total: 50 });
    live.update({ ...event, done: 50, total: 50 });
    await live.settle();`);
  assert.deepEqual(sent.map(([kind]) => kind), ["display_data", "update_display_data"]);
  const contents = sent.map(([, content]) => content as { data: Record<string, string>; transient: unknown });
  assert.deepEqual(contents.map(({ data }) => textOf(data["text/html"]!).split("\n")[0]), [
    "0 of 50",
    "50 of 50",
  ]);
  assert.deepEqual(contents[0]!.transient, contents[1]!.transient);
});

Deno.test("settling draws what is still waiting, without a time left: it will not come true", async () => {
  const { sent } = await runProgram(`
    const { LiveProgress } = await import("lib/notebook/live_progress.ts");
    const live = new LiveProgress();
    const event = ${JSON.stringify(event({ total: 9, eta_s: 60 }))};
    for (const done of [1, 2, 3]) live.update({ ...event, done });
    await live.settle();`);
  const texts = sent.map(([, { data }]) =>
    textOf((data as Record<string, string>)["text/html"]!).split("\n")[0]
  );
  assert.deepEqual(texts, ["1 of 9 · 1 min 0 s left", "3 of 9"]);
});
