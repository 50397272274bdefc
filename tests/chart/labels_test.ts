import assert from "node:assert/strict";
import { alongLine, around, placeTexts } from "../../lib/chart/labels.ts";
import { layPanels } from "../../lib/chart/panels.ts";

const panels = layPanels(["one"]);
const want = (text: string, x: number, y: number, always = false) => ({
  fx: 0,
  fy: 0,
  text,
  candidates: around(x, y, 5),
  always,
  datum: text,
});
const point = (x: number, y: number, half = 5) => ({ fx: 0, fy: 0, x, y, half });

Deno.test("placeTexts() puts a text above its point when that is free, else beside it", () => {
  const [free] = placeTexts([want("8", 100, 100)], [point(100, 100)], panels, 10);
  assert.deepEqual(free!.options, { dx: 0, dy: -12, textAnchor: "middle" });
  const [blocked] = placeTexts([want("8", 100, 100)], [point(100, 100), point(100, 88)], panels, 10);
  assert.deepEqual(blocked!.options, { dx: 8, dy: 0, textAnchor: "start" });
});

Deno.test("placeTexts() leaves out a text that has no free place, unless it must be drawn", () => {
  const wall = [point(100, 100, 60)];
  assert.deepEqual(placeTexts([want("8", 100, 100)], wall, panels, 10), []);
  assert.equal(placeTexts([want("8", 100, 100, true)], wall, panels, 10).length, 1);
});

Deno.test("placeTexts() keeps a text inside its panel and clear of texts placed before", () => {
  const [corner] = placeTexts([want("wide text", 2, 2)], [], panels, 10);
  assert.equal(corner!.options.textAnchor, "start");
  const two = placeTexts([want("16", 100, 100), want("32", 101, 100)], [], panels, 10);
  assert.notDeepEqual(two[0]!.options, two[1]!.options);
});

Deno.test("alongLine() covers the way between two points", () => {
  // 24 pixels in steps of 6: three points between the ends
  assert.deepEqual(alongLine([point(0, 0), point(24, 0)]).map(({ x }) => x), [6, 12, 18]);
});
