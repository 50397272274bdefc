import assert from "node:assert/strict";
import { JSDOM } from "jsdom";
import { studyPageCharts } from "../../lib/chart/mod.ts";
import { studyPage } from "../../lib/report/mod.ts";
import { emptyStudy, sampleStudy } from "../chart/sample_study.ts";
import { studyContext } from "./study_context.ts";

const page = (count: number, names?: readonly string[], context = {}) => {
  const figures = sampleStudy(count, names === undefined ? {} : { names });
  return studyPage(figures, { ...studyContext, ...context }, studyPageCharts(figures));
};
const documentOf = (html: string) => new JSDOM(html).window.document;

Deno.test("the page holds the answer, its sections, a table and two charts, and names the run", () => {
  const document = documentOf(page(2));
  assert.match(
    document.querySelector(".answer").textContent,
    /^Choose .* by 64\u00a0ms \(20\u00a0% less\)\.$/,
  );
  assert.deepEqual([...document.querySelectorAll("h2")].map((node) => node.textContent), [
    "By how much (in brackets 95 % intervals)",
    ...["How sure", "What it rests on", "What stands against it", "What to do next"],
  ]);
  assert.equal(document.querySelectorAll("tbody tr").length, 2);
  assert.equal(document.querySelectorAll("figure svg").length, 2);
  assert.match(document.querySelector("header").textContent, /23 Nov 2026 08:00 UTC/);
  assert.match(document.querySelector("footer").textContent, /a study, run 2026-11-23T08-00-00-ab12/);
  assert.equal(document.querySelector(".simulated"), null);
});

Deno.test("the page loads nothing from anywhere, runs nothing, and is light", () => {
  const html = page(4);
  for (const [, url] of html.matchAll(/url\(([^)]{0,40})/g)) {
    assert.match(url!, /^(data:font\/ttf;base64,|#)/);
  }
  const document = documentOf(html);
  assert.equal(document.querySelectorAll("script, link, img, iframe, base").length, 0);
  for (const node of document.querySelectorAll("[href], [src]")) {
    assert.match(node.getAttribute("href") ?? node.getAttribute("src"), /^#/);
  }
  assert.match(html, /default-src 'none'/);
  assert.doesNotMatch(html, /prefers-color-scheme/);
  assert.match(html, /@page/);
});

Deno.test("a simulated endpoint is said at the top and at the foot", () => {
  const document = documentOf(page(2, undefined, { simulated: true }));
  assert.match(document.querySelector(".simulated").textContent, /Simulated endpoint/);
  assert.match(document.querySelector("footer").textContent, /simulated endpoint/);
});

Deno.test("twelve variants, one, and none give a page; of many comparisons two are told", () => {
  const many = documentOf(page(12));
  assert.equal(many.querySelector(".wide").querySelectorAll("li").length, 3);
  assert.match(many.querySelector(".wide").textContent, /9 other comparisons in the analysis/);
  assert.equal(many.querySelectorAll("table").length, 0);
  assert.match(documentOf(page(1)).querySelector(".answer").textContent, /^No choice/);
  const empty = documentOf(studyPage(emptyStudy, studyContext, []));
  assert.match(empty.querySelector(".answer").textContent, /^Nothing was measured/);
});

Deno.test("where there is much to say one chart is left, large enough to be read", () => {
  const figures = sampleStudy(4);
  const notices = Array.from({ length: 3 }, () => "word ".repeat(60));
  const html = studyPage({ ...figures, notices }, studyContext, studyPageCharts(figures));
  assert.equal(documentOf(html).querySelectorAll("figure").length, 1);
});

Deno.test("markup in names, title and run is text on the page", () => {
  const attack = `<script>alert("1")</script><img src=x onerror=alert(2)>`;
  const html = page(2, [attack, `" onload="alert(3)`], {
    title: attack,
    run_id: attack,
    client_region: attack,
  });
  const document = documentOf(html);
  assert.equal(document.querySelectorAll("script, img").length, 0);
  assert.equal(document.querySelector("h1").textContent, attack);
  for (const node of document.querySelectorAll("*")) {
    for (const { name } of node.attributes) assert.doesNotMatch(name, /^on/);
  }
});
