import assert from "node:assert/strict";
import { configSection, header, notices } from "../../lib/report/mod.ts";

Deno.test("header() lists run, date, machine, versions and the sources of steps that were switched off", () => {
  assert.equal(
    header({
      title: "A <b>",
      run_id: "20261122T053000Z-ab",
      date: "2026-11-22T05:30:59.123Z",
      versions: { fmbench: "0.1.0", Deno: "2.9.6" },
      machine: "2 cores",
      sources: [{ step: "3_run_inference", run_id: "20261121T000000Z-cd" }],
    }),
    "# A &lt;b&gt;\n\n" +
      "- **Run**: 20261122T053000Z-ab\n- **Date**: 2026-11-22 05:30 UTC\n- **Load sent by**: 2 cores\n" +
      "- **Made with**: fmbench 0.1.0, Deno 2.9.6\n" +
      "- **Step 3\\_run\\_inference**: not run: its results are those of run 20261121T000000Z-cd",
  );
});

Deno.test("notices() is a quoted list, and nothing without notices", () => {
  assert.equal(notices(["a *b*", "c\nd"]), "> **Notices**\n>\n> - a \\*b\\*\n> - c d");
  assert.equal(notices([]), "");
});

Deno.test("configSection() has a fence longer than any in the text, and no secrets", () => {
  const text = configSection("a: '````'\ntoken: hf_abcdefghijklmn\n");
  assert.match(text, /\n`````yaml\na: '````'\ntoken: \[redacted\]\n`````\n/);
});
