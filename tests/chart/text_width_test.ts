import assert from "node:assert/strict";
import { fitText, textWidth } from "../../lib/chart/text_width.ts";

Deno.test("textWidth() adds the advance widths of Arimo", () => {
  // A 667, v 500, 1 556 thousandths: 1723 x 10 / 1000
  assert.equal(textWidth("Av1", 10), 17.23);
  assert.equal(textWidth("", 10), 0);
});

Deno.test("textWidth() gives a Chinese character the full font size", () => {
  assert.equal(textWidth("价", 12), 12);
});

Deno.test("fitText() leaves a text that fits and shortens the middle of one that does not", () => {
  assert.equal(fitText("short", 100, 12), "short");
  const short = fitText("payload_en_0-500_with_a_very_long_name", 120, 12);
  assert.match(short, /^payload_.*….*name$/);
  assert.ok(textWidth(short, 12) <= 120);
});
