/** What each option costs a month as the traffic grows. */

import * as Plot from "@observablehq/plot";
import { type CapacityPlan, fleetAt, type FleetOption, showMoney, showNumber } from "../core/mod.ts";
import { along, axisFor } from "./axis.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { draw } from "./drawing.ts";
import { horizontalAxis, layPanels, panelFrames, panelOf, verticalAxis } from "./panels.ts";
import { experimentLooks } from "./series.ts";
import { shortFile } from "./wording.ts";

export interface FleetCostOptions extends ChartOptions {
  /** ISO code. Default `USD`. */
  readonly currency?: string;
}

interface Step {
  readonly rate: number;
  readonly cost: number;
}

/** Rates that a line is drawn through, for each power of ten. */
const ratesPerDecade = 24;

/**
 * Cost a month over requests a minute, both logarithmic, a line an option that serves and has a price: stairs for what is
 * paid by the hour, a straight line for what is paid by the token. null when there is none.
 */
export function fleetCost(
  plan: CapacityPlan,
  { experiments, currency = "USD" }: FleetCostOptions = {},
): Chart | null {
  const rates = plan.scale.map(({ requests_per_minute }) => requests_per_minute);
  const [first, last] = [Math.min(...rates), Math.max(...rates)];
  const drawn = plan.options.map((option) => ({ option, steps: stepsOf(option, first, last) }))
    .filter(({ steps }) => steps.length > 0);
  if (drawn.length === 0) return null;
  const title = "Which option is the cheapest as traffic grows?";
  const key = experimentLooks(drawn.map(({ option }) => option), experiments);
  const xAxis = axisFor(rates, { ticks: 7 });
  const yAxis = axisFor(drawn.flatMap(({ steps }) => steps.map(({ cost }) => cost)), { ticks: 6 });
  const panels = layPanels([shortFile(plan.payload_file)], { panelHeight: 300, marginLeft: 76 });
  const place = panelOf(panels, shortFile(plan.payload_file));
  const at = { fx: "fx", fy: "fy", x: "rate", y: "cost" };
  const { requests_per_minute: asked } = plan.workload;
  const isShown = asked >= xAxis.domain[0] && asked <= xAxis.domain[1];
  const left = isShown && along(xAxis, asked, panels.panelWidth) > panels.panelWidth / 2;
  return {
    name: "fleet_cost",
    title,
    caption:
      "Each line is one option that serves the workload within its latency limit, with the fewest replicas that carry the traffic; " +
      "the lowest line is the cheapest. Stairs are instances: the first step is paid for even when it is idle. A straight line is " +
      "paid by the token. The marks stand at the rates of the table; the upright line is the workload of the plan.",
    svg: draw({
      name: "fleet_cost",
      title,
      key,
      keyTitle: "Option",
      keyLines: true,
      blocks: [{
        panels,
        options: {
          x: { type: xAxis.type, domain: [...xAxis.domain] },
          y: { type: yAxis.type, domain: [...yAxis.domain] },
        },
        marks: [
          ...panelFrames(panels),
          ...verticalAxis(yAxis),
          ...horizontalAxis(xAxis),
          ...(isShown
            ? [
              Plot.ruleX([asked], {
                stroke: "currentColor",
                strokeOpacity: 0.55,
                strokeDasharray: "3 3",
              }),
              Plot.text([`workload: ${showNumber(asked)}/min`], {
                fx: [place.fx],
                fy: [place.fy],
                x: [asked],
                text: [`workload: ${showNumber(asked)}/min`],
                frameAnchor: "bottom",
                textAnchor: left ? "end" : "start",
                dx: left ? -6 : 6,
                dy: -6,
              }),
            ]
            : []),
          ...key.flatMap(({ name, colour, symbol, dash }): Plot.Markish[] => {
            const { option, steps } = drawn.find((one) => one.option.experiment_name === name)!;
            const line = steps.map((step) => ({ ...place, ...step }));
            const marks = rates.flatMap((rate) => {
              const { replicas, cost_per_month } = fleetAt(option, rate);
              const count = replicas === null ? "" : `, ${showNumber(replicas, 12)} replicas`;
              const about = `${name} at ${showNumber(rate, 12)} requests a minute${count}: ${
                showMoney(cost_per_month, currency)
              } a month`;
              return cost_per_month === null ? [] : [{ ...place, rate, cost: cost_per_month, about }];
            });
            return [
              Plot.line(line, { ...at, stroke: colour, strokeWidth: 1.6, strokeDasharray: dash }),
              Plot.dot(marks, { ...at, symbol, r: 4.5, fill: colour, title: "about" }),
            ];
          }),
        ],
        xLabel: "Requests per minute",
        yLabel: `Cost a month (${currency})`,
      }],
    }),
  };
}

/**
 * Costs at evenly spread rates and, where they are few enough to be seen, on both sides of every stair.
 */
function stepsOf(option: FleetOption, first: number, last: number): Step[] {
  const cost = (rate: number) => fleetAt(option, rate).cost_per_month;
  const decades = Math.log10(last / first);
  const even = Array.from(
    { length: Math.round(decades * ratesPerDecade) + 1 },
    (_, i) => first * 10 ** (i / ratesPerDecade),
  );
  const capacity = option.capacity_per_minute.value;
  const stairs = capacity === null ? [] : Array.from({ length: ratesPerDecade }, (_, i) => (i + 1) * capacity)
    .filter((rate) => rate > first && rate < last);
  const rates = [...even, ...stairs.flatMap((rate) => [rate, rate * (1 + 1e-6)])].sort((a, b) => a - b);
  return rates.flatMap((rate) => {
    const value = cost(rate);
    return value === null || value <= 0 ? [] : [{ rate, cost: value }];
  });
}
