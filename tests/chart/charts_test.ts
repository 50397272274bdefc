import assert from "node:assert/strict";
import { JSDOM } from "jsdom";
import { latencyAgainstConcurrency } from "../../lib/chart/mod.ts";
import { everyChart, withoutWarnings } from "./every_chart.ts";
import { rasterise } from "./raster.ts";
import { budgets, sampleCells } from "./sample_cells.ts";

const shapes = [[3, 3, 2], [1, 1, 1], [6, 6, 6]] as const;
const { window } = new JSDOM("");

/** Numbers rounded to three decimals, so that the last digits of a floating point library do not matter. */
function normalised(svg: string): string {
  return svg.replace(/\d+\.\d+/g, (number) => String(Number(Number(number).toFixed(3)))).replaceAll(
    "><",
    ">\n<",
  );
}

for (const [experiments, levels, payloads] of shapes) {
  const shape = `${experiments} experiments x ${levels} load levels x ${payloads} payload files`;

  Deno.test(`every chart of ${shape} is drawn without a warning and is well-formed SVG`, () => {
    const charts = withoutWarnings(() => everyChart(experiments, levels, payloads));
    assert.equal(charts.length, 14);
    for (const { name, title, caption, svg } of charts) {
      const { documentElement: root } = new window.DOMParser().parseFromString(svg, "image/svg+xml");
      assert.equal(root.nodeName, "svg", name);
      assert.equal(root.getAttribute("xmlns"), "http://www.w3.org/2000/svg");
      assert.equal(root.getAttribute("aria-label"), title);
      assert.match(root.getAttribute("font-family"), /^Arimo/);
      assert.doesNotMatch(svg, /⚠|var\(--|NaN|undefined|<figure|<script/, name);
      assert.ok(caption.length > 40, `${name} tells how to read it`);
    }
  });

  Deno.test(`no chart of ${shape} draws up to its edges, so nothing is clipped`, () => {
    for (const { name, svg } of everyChart(experiments, levels, payloads)) {
      const { pixels, width, height } = rasterise(svg);
      const dark = (x: number, y: number) => pixels[(y * width + x) * 4]! < 200;
      for (let x = 0; x < width; x++) {
        assert.ok(!dark(x, 0) && !dark(x, height - 1), `${name}: ink at column ${x}`);
      }
      for (let y = 0; y < height; y++) {
        assert.ok(!dark(0, y) && !dark(width - 1, y), `${name}: ink at row ${y}`);
      }
    }
  });
}

Deno.test("texts appear in the picture when only the shipped font is there", () => {
  const svg = latencyAgainstConcurrency(sampleCells(1, 1, 1), { budgets })!.svg;
  const ink = (source: string) =>
    rasterise(source).pixels.filter((value, i) => i % 4 === 0 && value < 128).length;
  assert.ok(ink(svg) > 1.5 * ink(svg.replace(/<text[^>]*>[^<]*<\/text>/g, "")));
});

Deno.test("the same rows give the same bytes, however many charts were drawn before", () => {
  const first = everyChart(2, 2, 1);
  assert.deepEqual(everyChart(2, 2, 1), first);
});

Deno.test("ids begin with the chart's name, so that charts can share one page", () => {
  for (const { name, svg } of everyChart(3, 3, 2)) {
    for (const [, id] of svg.matchAll(/\sid="([^"]*)"/g)) assert.ok(id!.startsWith(`${name}-`), id!);
  }
});

Deno.test("no two texts of a chart overlap", () => {
  for (const [experiments, levels, payloads] of shapes) {
    for (const { name, svg } of everyChart(experiments, levels, payloads)) {
      const clashes = overlaps(svg);
      assert.deepEqual(clashes, [], `${name} ${experiments}x${levels}x${payloads}`);
    }
  }
});

Deno.test("markup in a name is text in the chart", () => {
  const cells = sampleCells(1, 2, 1).map((cell) => ({
    ...cell,
    experiment_name: `<script>alert("1")</script>&`,
  }));
  const { svg } = latencyAgainstConcurrency(cells, { budgets })!;
  assert.doesNotMatch(svg, /<script/);
  assert.match(svg, /&lt;script&gt;/);
});

Deno.test("charts look as they did when they were last looked at", async (t) => {
  for (const { name, svg } of everyChart(3, 3, 2, 12)) {
    await t.step(name, async (step) => {
      await step.assertSnapshot(normalised(svg));
    });
  }
});

interface Placed {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Pairs of texts whose boxes meet, by the boxes that the renderer would give them. */
function overlaps(svg: string): string[] {
  const { documentElement: root } = new window.DOMParser().parseFromString(svg, "image/svg+xml");
  const boxes: Placed[] = [];
  for (const node of root.querySelectorAll("text")) {
    const text: string = node.textContent;
    if (text.trim() === "") continue;
    const style = (name: string): string | null => {
      for (let at = node; at; at = at.parentElement) {
        if (at.getAttribute(name) !== null) return at.getAttribute(name);
      }
      return null;
    };
    let [x, y] = [
      Number(node.getAttribute("x") ?? 0),
      offset(node.getAttribute("y"), Number(style("font-size"))),
    ];
    for (let at = node; at; at = at.parentElement) {
      const moved = /translate\(([^,)]+)(?:,([^)]+))?\)/.exec(at.getAttribute("transform") ?? "");
      if (moved) [x, y] = [x + Number(moved[1]), y + Number(moved[2] ?? 0)];
    }
    const size = Number(style("font-size"));
    const width = measured(text, size, style("font-weight") === "bold");
    const left = x -
      (style("text-anchor") === "middle" ? width / 2 : style("text-anchor") === "end" ? width : 0);
    boxes.push({ text, left, right: left + width, top: y - size * 0.7, bottom: y + size * 0.1 });
  }
  return boxes.flatMap((a, i) =>
    boxes.slice(i + 1).filter((b) =>
      a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
    ).map((b) => `${a.text} / ${b.text}`)
  );
}

/** The `y` of a text: a number, or in units of the font size. */
function offset(y: string | null, fontSize: number): number {
  if (y === null) return 0;
  return y.endsWith("em") ? Number.parseFloat(y) * fontSize : Number(y);
}

const widths = new Map<string, number>();

/** Width of the ink of a text in the shipped font: asked of the renderer, not of the code under test. */
function measured(text: string, size: number, bold: boolean): number {
  const key = `${size} ${bold} ${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  const { pixels, width } = rasterise(
    `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="30" font-family="Arimo" font-size="${size}"${
      bold ? ' font-weight="bold"' : ""
    }><text x="2" y="20">${text.replace(/&/g, "&amp;").replace(/</g, "&lt;")}</text></svg>`,
  );
  let last = 0;
  for (let i = 3; i < pixels.length; i += 4) {
    if (pixels[i]! > 60) last = Math.max(last, (i >> 2) % width);
  }
  widths.set(key, last - 1);
  return last - 1;
}
