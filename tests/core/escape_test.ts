import assert from "node:assert/strict";
import { escapeHtml, escapeMarkdown } from "../../lib/core/mod.ts";

Deno.test("escapeHtml() leaves no way into an element or an attribute", () => {
  assert.equal(
    escapeHtml(`<img src="x" onerror='y'>&`),
    "&lt;img src=&quot;x&quot; onerror=&#39;y&#39;&gt;&amp;",
  );
});

Deno.test("escapeMarkdown() makes links, tables, code, HTML and line breaks harmless", () => {
  assert.equal(escapeMarkdown("[a](javascript:b)"), "\\[a\\]\\(javascript:b\\)");
  assert.equal(escapeMarkdown("a|b\nc"), "a\\|b c");
  assert.equal(escapeMarkdown("<script>`x`"), "&lt;script&gt;\\`x\\`");
  assert.equal(escapeMarkdown("# *b* _c_"), "\\# \\*b\\* \\_c\\_");
});

Deno.test("escapeMarkdown() leaves plain words, and escaping twice is not the same as once", () => {
  assert.equal(escapeMarkdown("Grüße, 12 % of 3-4 'words'."), "Grüße, 12 % of 3-4 'words'.");
  assert.equal(escapeMarkdown("a\\|b"), "a\\\\\\|b");
  assert.equal(escapeMarkdown("&lt;b&gt;"), "&amp;lt;b&amp;gt;");
});

Deno.test("escapeMarkdown() makes one line of any kind of line break and the blanks around it", () => {
  assert.equal(escapeMarkdown("a \r\n  b\u2028c\n\n- d"), "a b c - d");
});
