/** How far the judges of a panel agree, two by two. */

import * as Plot from "@observablehq/plot";
import { type PanelSummary, showNumber, showPercent } from "../core/mod.ts";
import type { Chart } from "./chart.ts";
import { draw } from "./drawing.ts";
import { fontSize, layPanels, panelFrames } from "./panels.ts";
import { fitText, textWidth } from "./text_width.ts";

const nameRoom = 260;
const rowHeight = 54;

/** Fraction of the same verdicts of every two judges, with Cohen's kappa and the answers behind it. null for fewer than two judges. */
export function judgeAgreement(panel: Pick<PanelSummary, "judges" | "pairs" | "kappa"> | null): Chart | null {
  const names = panel?.judges.map(({ judge }) => judge) ?? [];
  const known = panel?.pairs.filter(({ agreement }) => agreement !== null) ?? [];
  if (panel === null || known.length === 0) return null;
  const title = "Do the judges agree?";
  const numbered = names.map((name, i) => fitText(`${i + 1}  ${name}`, nameRoom, fontSize));
  const marginLeft = 20 + Math.max(...numbered.map((name) => textWidth(name, fontSize)));
  const heading = `Fleiss' kappa of all: ${
    panel.kappa === null ? "not defined" : showNumber(panel.kappa, 2)
  }`;
  const panels = layPanels([heading], { panelHeight: rowHeight * names.length, marginLeft, columns: 1 });
  const cells = known.map(({ judge, other, n, agreement, kappa }) => ({
    fx: 0,
    fy: 0,
    x: names.indexOf(other) + 1,
    y: names.indexOf(judge) + 1,
    agreement: agreement!,
    words: showPercent(agreement),
    beyond: `kappa ${kappa === null ? "–" : showNumber(kappa, 2)}`,
    samples: `n = ${showNumber(n, 9)}`,
    about: `${judge} and ${other}: the same verdict on ${showPercent(agreement)} of ${n} answers`,
  }));
  const steps = names.map((_, i) => i + 1);
  const place = { fx: "fx", fy: "fy", x: "x", y: "y" };
  return {
    name: "judge_agreement",
    title,
    caption:
      "Each field: how often the judge of the row and the judge of the column gave the same verdict, where both gave one. Kappa " +
      "takes away what chance alone would make: 1 is full agreement, 0 no more than chance.",
    svg: draw({
      name: "judge_agreement",
      title,
      key: [],
      keyTitle: "",
      blocks: [{
        panels,
        options: {
          x: { type: "band", domain: steps, paddingInner: 0.02, paddingOuter: 0 },
          y: { type: "band", domain: steps, paddingInner: 0.04, paddingOuter: 0 },
        },
        marks: [
          ...panelFrames(panels),
          Plot.cell(cells, {
            ...place,
            fill: "#2b7fb8",
            fillOpacity: (cell) => 0.08 + 0.5 * cell.agreement ** 2,
            title: "about",
          }),
          Plot.text(cells, { ...place, text: "words", dy: -14, fontSize }),
          Plot.text(cells, { ...place, text: "beyond", dy: 2, fontSize: fontSize - 2 }),
          Plot.text(cells, { ...place, text: "samples", dy: 15, fontSize: fontSize - 2 }),
          Plot.axisY(steps, {
            label: null,
            tickSize: 0,
            tickFormat: (step: number) => numbered[step - 1]!,
            fontSize,
          }),
          Plot.axisX(steps, { label: null, tickSize: 0, tickFormat: String, fontSize: fontSize - 1 }),
        ],
        xLabel: "Other judge, by its number",
        yLabel: "Judge",
      }],
    }),
  };
}
