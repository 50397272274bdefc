import assert from "node:assert/strict";
import { distinct, experimentLooks, looks, stepLooks } from "../../lib/chart/series.ts";

Deno.test("looks() are all different for 49 names, and the first seven differ in colour, symbol alone", () => {
  const names = Array.from({ length: 49 }, (_, i) => `e${i}`);
  const all = looks(names);
  assert.equal(new Set(all.map((look) => `${look.colour} ${look.symbol}`)).size, 49);
  assert.equal(new Set(all.slice(0, 7).map((look) => look.colour)).size, 7);
  assert.equal(new Set(all.slice(0, 7).map((look) => look.symbol)).size, 7);
});

Deno.test("experimentLooks() gives an experiment the same look whether or not the others have rows", () => {
  const order = ["c", "a", "b"];
  const all = experimentLooks(order.map((experiment_name) => ({ experiment_name })), order);
  const alone = experimentLooks([{ experiment_name: "b" }], order);
  assert.deepEqual(alone, [all[2]]);
});

Deno.test("stepLooks() spreads its colours over the whole spectrum", () => {
  const [first, last] = stepLooks(["1", "8"]);
  assert.notEqual(first!.colour, last!.colour);
  assert.equal(new Set(stepLooks(["1", "2", "4", "8", "16", "32"]).map((look) => look.colour)).size, 6);
});

Deno.test("distinct() sorts numbers in names by their value", () => {
  assert.deepEqual(distinct(["c10", "c2", "c2"], (name) => name), ["c2", "c10"]);
});

/** How a colour looks without one kind of cones, in linear light (Machado, Oliveira and Fernandes 2009, severity 1). */
const visions: Readonly<Record<string, readonly (readonly number[])[]>> = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [
    -0.003882,
    -0.048116,
    1.051998,
  ]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [
    -0.01182,
    0.04294,
    0.968881,
  ]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [
    0.004733,
    0.691367,
    0.3039,
  ]],
};

/** CIE L*a*b* of a colour as somebody sees it. */
function seen(hex: string, vision: readonly (readonly number[])[]): [number, number, number] {
  const light = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const [r, g, b] = vision.map((row) =>
    Math.min(1, Math.max(0, row.reduce((sum, weight, i) => sum + weight * light[i]!, 0)))
  ) as [number, number, number];
  const [x, y, z] = [
    (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047,
    0.2126 * r + 0.7152 * g + 0.0722 * b,
    (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883,
  ].map((value) => value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116) as [
    number,
    number,
    number,
  ];
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

Deno.test("the seven colours are told apart by eyes without one kind of cones", () => {
  const colours = looks(Array.from({ length: 7 }, (_, i) => `e${i}`)).map(({ colour }) => colour);
  for (const [name, vision] of Object.entries(visions)) {
    for (const [i, a] of colours.entries()) {
      for (const b of colours.slice(i + 1)) {
        const [from, to] = [seen(a, vision), seen(b, vision)];
        const distance = Math.hypot(...from.map((value, axis) => value - to[axis]!));
        assert.ok(distance > 10, `${a} and ${b} with ${name}: ${distance.toFixed(1)}`);
      }
    }
  }
});
