import assert from "node:assert/strict";
import { JSDOM } from "jsdom";
import {
  type Chart,
  studyBoxes,
  studyHours,
  studyNetwork,
  studyPageCharts,
  studyPairs,
  studySpread,
  studyTrend,
} from "../../lib/chart/mod.ts";
import type { StudyFigures } from "../../lib/core/mod.ts";
import { withoutWarnings } from "./every_chart.ts";
import { rasterise } from "./raster.ts";
import { emptyStudy, samplePair, sampleStudy, shortPair, variantNames } from "./sample_study.ts";

const { window } = new JSDOM("");

function everyStudyChart(figures: StudyFigures): Chart[] {
  return withoutWarnings(() => [
    studySpread(figures),
    studySpread(figures, "output_tokens_per_s"),
    studyBoxes(figures),
    studyBoxes(figures, "output_tokens_per_s"),
    studyHours(figures),
    studyTrend(figures),
    studyTrend(figures, "output_tokens_per_s"),
    studyPairs(figures),
    studyNetwork(figures),
  ]).filter((chart) => chart !== null);
}

const parsed = (svg: string) => new window.DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
const textsOf = (svg: string): string[] =>
  [...parsed(svg).querySelectorAll("text")].map((node) => node.textContent);
const toldBy = (svg: string): string[] =>
  [...parsed(svg).querySelectorAll("title")].map((node) => node.textContent);

/** Numbers rounded to three decimals, so that the last digits of a floating point library do not matter. */
function normalised(svg: string): string {
  return svg.replace(/\d+\.\d+/g, (number) => String(Number(Number(number).toFixed(3)))).replaceAll(
    "><",
    ">\n<",
  );
}

for (const count of [1, 2, 4, 12]) {
  Deno.test(`every chart of a study of ${count} variants is well-formed, and nothing touches its edges`, () => {
    const charts = everyStudyChart(sampleStudy(count));
    assert.equal(charts.length, count === 1 ? 8 : 9, "without a second variant there are no pairs");
    for (const { name, title, caption, svg } of charts) {
      const root = parsed(svg);
      assert.equal(root.nodeName, "svg", name);
      assert.equal(root.getAttribute("aria-label"), title);
      assert.doesNotMatch(svg, /⚠|var\(--|NaN|undefined|Infinity/, name);
      assert.ok(caption.length > 40, name);
      for (const [, id] of svg.matchAll(/\sid="([^"]*)"/g)) assert.ok(id!.startsWith(`${name}-`), id!);
      const { pixels, width, height } = rasterise(svg);
      const dark = (x: number, y: number) => pixels[(y * width + x) * 4]! < 200;
      for (let x = 0; x < width; x++) assert.ok(!dark(x, 0) && !dark(x, height - 1), `${name}: column ${x}`);
      for (let y = 0; y < height; y++) assert.ok(!dark(0, y) && !dark(width - 1, y), `${name}: row ${y}`);
    }
  });
}

Deno.test("there is no chart of a study without calls", () => {
  assert.deepEqual(everyStudyChart(emptyStudy), []);
  assert.deepEqual(studyPageCharts(emptyStudy), []);
});

Deno.test("a variant has the same colour in all charts of a study, also where others are left out", () => {
  const figures = sampleStudy(3);
  const [, , third] = variantNames(3);
  const without = {
    ...figures,
    spreads: figures.spreads.filter(({ experiment_name }) => experiment_name === third),
    slices: figures.slices.filter(({ experiment_name }) => experiment_name === third),
  };
  for (const chart of [studySpread(without), studyBoxes(without), studyTrend(without)]) {
    assert.match(chart!.svg, /#00875f/, chart!.name);
    assert.doesNotMatch(chart!.svg, /#0072b2/, chart!.name);
  }
});

Deno.test("names of 100 characters are shown in full in rows, or with both their ends", () => {
  const names = ["standard", "optimized"].map((end) =>
    `us.${"a-model-with-a-long-name-".repeat(3)}v1:0 us-east-2 ${end}`
  );
  for (const { name, svg } of everyStudyChart(sampleStudy(2, { names }))) {
    if (name === "study_network") continue;
    const shown = textsOf(svg).filter((text) => text.includes("us.a-model"));
    assert.ok(shown.some((text) => /us-east-2 standard/.test(text)), `${name}: ${shown.join("\n")}`);
    assert.ok(shown.some((text) => /us-east-2 optimized/.test(text)), `${name}: ${shown.join("\n")}`);
  }
});

Deno.test("the spread names median and slow tail: of times the high end, of the speed the low one", () => {
  const figures = sampleStudy(1);
  // 320 ms in the middle, 90 tokens/s; the key has them for every variant.
  assert.ok(textsOf(studySpread(figures)!.svg).some((text) => /p50 320, p90 \d+, p99 \d+ ms/.test(text)));
  const speed = textsOf(studySpread(figures, "output_tokens_per_s")!.svg);
  assert.ok(speed.some((text) => /p50 90, p10 [\d.]+, p1 [\d.]+ tokens\/s/.test(text)), speed.join("\n"));
  assert.ok(!speed.some((text) => /p99/.test(text)));
});

Deno.test("a box plot shows each of the slowest calls as a dot, and the axis goes on to the last of them", () => {
  const figures = sampleStudy(2);
  const [name] = variantNames(2);
  const spreads = figures.spreads.map((spread) =>
    spread.experiment_name === name && spread.figure === "ttft_ms"
      ? { ...spread, quantiles: [...spread.quantiles.slice(0, 200), 60_000], slowest: [60_000, 2000, 1500] }
      : spread
  );
  const { svg } = studyBoxes({ ...figures, spreads })!;
  // 3 of the one, 50 of the other.
  assert.equal(parsed(svg).querySelectorAll('[aria-label="dot"] circle').length, 53);
  assert.match(studyBoxes({ ...figures, spreads })!.caption, /logarithmic/);
  const [x] = [...parsed(svg).querySelectorAll('[aria-label="dot"] circle')].map((dot) =>
    Number(dot.getAttribute("cx"))
  );
  assert.ok(x! > 600 && x! < 784, `the slowest call stands at ${x}`);
  assert.ok(textsOf(svg).some((text) => text.includes("slowest 60 s")));
});

Deno.test("of a slow and a fast variant both boxes are seen: the axis is logarithmic", () => {
  const figures = sampleStudy(2);
  const spreads = figures.spreads.map((spread, i) =>
    i < 3 ? spread : {
      ...spread,
      quantiles: spread.quantiles.map((value) => value * 100),
      slowest: spread.slowest.map((value) => value * 100),
    }
  );
  const { svg } = studyBoxes({ ...figures, spreads })!;
  const boxes = [...parsed(svg).querySelectorAll('[aria-label="rect"] rect')];
  assert.equal(boxes.length, 2);
  for (const box of boxes) assert.ok(Number(box.getAttribute("width")) > 20);
});

Deno.test("hours without a call are crossed out, hours in which all failed are red crosses, and UTC is said", () => {
  const figures = sampleStudy(1);
  const { svg, caption } = studyHours(figures)!;
  const told = toldBy(svg);
  // Thursday until seven: nothing sent. Wednesday at three: all failed.
  assert.equal(told.filter((text) => text.endsWith("no call")).length, 7);
  assert.equal(told.filter((text) => text.includes("no success")).length, 1);
  assert.equal(told.length, 168);
  assert.ok(textsOf(svg).includes("Hour of the day (UTC)"));
  // 161 hours of 6 calls.
  assert.ok(textsOf(svg).some((text) => text.includes("n = 966 calls, 161 of 168 hours")));
  assert.match(caption, /n = 966 calls/);
});

Deno.test("an hour is coloured by its part of the variant's own usual hour", () => {
  const name = variantNames(1)[0]!;
  const hour = (at: number, ttft_p50_ms: number) => ({
    ...{ experiment_name: name, weekday: 0, hour: at, calls: 5, errors: 0, ttft_p50_ms },
    output_tokens_per_s_p50: null,
  });
  // The middle one of three is 1000: 1.6 times it is dark red, 0.6 times it dark blue.
  const { svg } = studyHours({ ...sampleStudy(1), hours: [hour(1, 1000), hour(2, 1600), hour(3, 600)] })!;
  const colours = [...parsed(svg).querySelectorAll('[aria-label="cell"] rect')]
    .map((cell) => cell.getAttribute("fill"));
  assert.deepEqual(colours, ["#f2f0eb", "#b2182b", "#2166ac"]);
});

Deno.test("gaps of a trend are named, and no line is drawn across a long one", () => {
  const figures = sampleStudy(1);
  const { svg } = studyTrend(figures)!;
  const texts = textsOf(svg);
  for (const name of ["no network", "machine slept", "clock set", "keys ended", "restart"]) {
    assert.ok(texts.includes(name), name);
  }
  const pieces = (figures: StudyFigures) => {
    const path = parsed(studyTrend(figures)!.svg).querySelector('[aria-label="line"] path');
    return path.getAttribute("d").split("M").length - 1;
  };
  assert.equal(pieces(sampleStudy(1, { gaps: [] })), 1);
  // The sleep of eleven hours is between two pieces; a gap of a clock that was set is not.
  assert.equal(pieces(sampleStudy(1, { gaps: figures.gaps.filter(({ kind }) => kind === "sleep") })), 2);
  assert.equal(pieces(sampleStudy(1, { gaps: figures.gaps.filter(({ kind }) => kind === "clock_step") })), 1);
});

Deno.test("a gap that was not over lasts to the end of the study", () => {
  const [network] = sampleStudy(1).gaps;
  const { svg } = studyTrend({ ...sampleStudy(1), gaps: [{ ...network!, until_at: null }] })!;
  const band = parsed(svg).querySelector('[aria-label="rect"] rect');
  assert.ok(Number(band.getAttribute("width")) > 500);
});

Deno.test("pairs say which side is the better one, and a line crosses no change where no difference is shown", () => {
  const [a, b] = variantNames(2);
  const figures = { ...sampleStudy(2), pairs: [samplePair(a!, b!, "ttft_ms", -0.01, 0.05)] };
  const { svg } = studyPairs(figures)!;
  const texts = textsOf(svg);
  assert.ok(texts.some((text) => text === "−1 % (−6 % to +4 %), 988 pairs"), texts.join("\n"));
  assert.ok(texts.indexOf("first one faster (better)") < texts.indexOf("first one slower (worse)"));
  const speed = textsOf(studyPairs(sampleStudy(2), ["output_tokens_per_s"])!.svg);
  assert.ok(speed.indexOf("first one slower (worse)") < speed.indexOf("first one faster (better)"));
});

Deno.test("a pair without enough data says so; the fastest variant stands first in its pairs", () => {
  const [a, b] = variantNames(2);
  const short = studyPairs({ ...sampleStudy(2), pairs: [shortPair(a!, b!, "ttft_ms")] })!;
  assert.ok(textsOf(short.svg).some((text) => text === "not enough data, 3 pairs"));
  // Slower by a quarter the one way round is faster by a fifth the other.
  const turned = studyPairs({ ...sampleStudy(2), pairs: [samplePair(b!, a!, "ttft_ms", 0.25, 0.05)] })!;
  assert.ok(textsOf(turned.svg).some((text) => text === "−20 % (−23.1 % to −16.7 %), 988 pairs"));
});

Deno.test("of very many pairs some are drawn, and the caption counts the others", () => {
  const figures = sampleStudy(12);
  // 66 pairs: 11 with the fastest and 6 of one model's profiles, one of them both.
  const { svg, caption } = studyPairs(figures, ["ttft_ms"])!;
  assert.equal(toldBy(svg).length, 16);
  assert.match(caption, /the other 50\./);
  assert.equal(toldBy(studyPairs(figures, ["ttft_ms"], 4)!.svg).length, 4);
});

Deno.test("the network's part of the time is told in words", () => {
  // Service 97 parts, network 3.
  assert.ok(textsOf(studyNetwork(sampleStudy(1))!.svg).some((text) => text.endsWith("(3 % of both)")));
});

Deno.test("markup in the name of a variant is text in every chart of a study", () => {
  const names = [`<script>alert("1")</script>&`, "a | b"];
  const charts = everyStudyChart(sampleStudy(2, { names }));
  for (const { svg, name } of charts) {
    assert.doesNotMatch(svg, /<script/, name);
    if (name !== "study_hours") assert.match(svg, /&lt;script&gt;/, name);
  }
});

Deno.test("two variants share a page with their trend, twelve with the boxes of the five soonest", () => {
  assert.deepEqual(studyPageCharts(sampleStudy(2)).map(({ name }) => name), [
    "study_pairs",
    "study_trend_ttft_ms",
  ]);
  const [pairs, boxes] = studyPageCharts(sampleStudy(12));
  assert.equal(toldBy(pairs!.svg).length, 4);
  assert.equal(boxes!.name, "study_boxes_ttft_ms");
  assert.equal(toldBy(boxes!.svg).length, 5);
});

Deno.test("charts of a study look as they did when they were last looked at", async (t) => {
  for (const chart of everyStudyChart(sampleStudy(2))) {
    await t.step(chart.name, async (step) => {
      await step.assertSnapshot(normalised(chart.svg));
    });
  }
});
