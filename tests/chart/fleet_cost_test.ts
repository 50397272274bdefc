import assert from "node:assert/strict";
import { JSDOM } from "jsdom";
import { fleetCost } from "../../lib/chart/mod.ts";
import { withoutWarnings } from "./every_chart.ts";
import { rasterise } from "./raster.ts";
import { sampleOptions, samplePlan } from "./sample_plan.ts";

const { window } = new JSDOM("");
const draw = (options = sampleOptions) => withoutWarnings(() => fleetCost(samplePlan(options)));

Deno.test("a line for each option that serves and has a price, a mark at each rate of the table", () => {
  const { svg, title } = draw()!;
  const { documentElement: root } = new window.DOMParser().parseFromString(svg, "image/svg+xml");
  assert.equal(root.getAttribute("aria-label"), title);
  assert.doesNotMatch(svg, /⚠|NaN|undefined/);
  const told = [...root.querySelectorAll("title")].map((node) => node.textContent);
  // Three options, seven rates.
  assert.equal(told.length, 21);
  // 10,000 / 560 = 17.9: 18 x 1.2 x 730 = 15,768. The API: 10,000 x 43,800 x 0.0005.
  assert.ok(
    told.includes("sim-small at 10,000 requests a minute, 18 replicas: $15,768 a month"),
    told.join("\n"),
  );
  assert.ok(told.includes("sim-tokens at 10,000 requests a minute: $219,000 a month"));
  assert.ok(!svg.includes("sim-slow"));
  assert.match(svg, /workload: 2,000\/min/);
});

Deno.test("the stairs of instances are upright where the next one is needed", () => {
  const { svg } = draw(sampleOptions.slice(0, 1))!;
  const { documentElement: root } = new window.DOMParser().parseFromString(svg, "image/svg+xml");
  const path = root.querySelector('[aria-label="line"] path')!.getAttribute("d")!;
  const points = [...path.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) =>
    [Number(x), Number(y)] as const
  );
  const upright = points.slice(1).filter(([x, y], i) =>
    Math.abs(x - points[i]![0]) < 0.01 && Math.abs(y - points[i]![1]) > 0.5
  );
  assert.ok(upright.length >= 20, `${upright.length} stairs`);
});

Deno.test("no chart without a price, and none when nothing serves", () => {
  assert.equal(draw([sampleOptions[3]!]), null);
  assert.equal(draw([{ ...sampleOptions[0]!, basis: null, cost_per_replica_month: null }]), null);
});

Deno.test("a workload beyond the table, and markup in a name, do no harm", () => {
  const plan = samplePlan([{ ...sampleOptions[0]!, experiment_name: "<script>1</script>" }]);
  const far = { ...plan, workload: { ...plan.workload, requests_per_minute: 1e9 } };
  const { svg } = withoutWarnings(() => fleetCost(far))!;
  assert.doesNotMatch(svg, /<script|workload:/);
});

Deno.test("nothing is drawn up to the edges, and the same plan gives the same bytes", () => {
  const { svg } = draw()!;
  assert.equal(draw()!.svg, svg);
  const { pixels, width, height } = rasterise(svg);
  const dark = (x: number, y: number) => pixels[(y * width + x) * 4]! < 200;
  for (let x = 0; x < width; x++) assert.ok(!dark(x, 0) && !dark(x, height - 1), `ink at column ${x}`);
  for (let y = 0; y < height; y++) assert.ok(!dark(0, y) && !dark(width - 1, y), `ink at row ${y}`);
});

Deno.test("the chart looks as it did when it was last looked at", async (t) => {
  await t.assertSnapshot(
    draw()!.svg.replace(/\d+\.\d+/g, (number) => String(Number(Number(number).toFixed(3))))
      .replaceAll("><", ">\n<"),
  );
});
