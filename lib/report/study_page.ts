/** The one page about a study, ready to print: an HTML file that loads nothing from anywhere. */

import { escapeHtml, showNumber, showPercent, type StudyFigures } from "../core/mod.ts";
import { unitOf } from "./markdown.ts";
import {
  amountHeading,
  type AnswerSection,
  basisHeading,
  certaintyHeading,
  studyAnswer,
} from "./study_answer.ts";
import type { StudyContext } from "./study_context.ts";
import { showMinute } from "./study_words.ts";

/** A chart as an SVG document; its title is shown above it. */
export interface StudyPicture {
  readonly title: string;
  readonly svg: string;
}

/** What one page has room for. */
const room = { charts: 2, rows: 4, points: 6, comparisons: 2, characters: 360 } as const;

/** About so many characters go into a line of the page, and into one of a column. */
const lineLength = { wide: 130, column: 60 } as const;
/** With more lines of text than this one chart only has room to be read. */
const linesWithTwoCharts = 26;

/** Sections that stand in two columns; the others take the whole width. */
const sideBySide: readonly string[] = [certaintyHeading, basisHeading];

const assets = new URL("./assets/", import.meta.url);

/**
 * The whole HTML text, light, on A4 and Letter one page: the answer, a table of up to four variants, two charts at most (one where
 * there is much to say), which take the space that is left.
 *
 * @throws Deno.errors.NotFound when the fonts or the style of the report are missing
 */
export function studyPage(
  figures: StudyFigures,
  context: StudyContext,
  charts: readonly StudyPicture[],
): string {
  const { headline, sections } = studyAnswer(figures, context, room.comparisons);
  const wide = sections.find(({ heading }) => heading === amountHeading);
  const beside = sections.filter(({ heading }) => sideBySide.includes(heading));
  const below = sections.filter((one) => one !== wide && !beside.includes(one));
  const tall = (section: AnswerSection, length: number) =>
    shownPoints(section).reduce((sum, point) => sum + Math.ceil(point.length / length), 1);
  const rows = figures.variants.length > room.rows ? 0 : figures.variants.length + 2;
  const lines = rows + Math.max(0, ...beside.map((one) => tall(one, lineLength.column))) +
    [...below, ...(wide === undefined ? [] : [wide])]
      .reduce((sum, one) => sum + tall(one, lineLength.wide), 0);
  const title = `Latency study: ${context.title}`;
  const body = [
    `<header><span>FMBench latency study</span><span>${
      escapeHtml(showMinute(context.date))
    } UTC</span></header>`,
    `<h1>${text(context.title)}</h1>`,
    context.simulated
      ? `<p class="simulated"><strong>Simulated endpoint.</strong> These figures say nothing about any real model.</p>`
      : "",
    `<p class="answer">${text(headline)}</p>`,
    wide === undefined ? "" : `<section class="wide">${sectionHtml(wide)}</section>`,
    variantRows(figures),
    `<div class="pair">${beside.map((one) => `<section>${sectionHtml(one)}</section>`).join("")}</div>`,
    ...below.map((one) => `<section class="wide">${sectionHtml(one)}</section>`),
    `<div class="charts">${
      charts.slice(0, lines > linesWithTwoCharts ? 1 : room.charts).map(pictureHtml).join("\n")
    }</div>`,
    `<footer><span>${escapeHtml(context.title)}, run ${escapeHtml(context.run_id)}${
      context.simulated ? ", simulated endpoint" : ""
    }</span><span>${escapeHtml(showMinute(context.date))} UTC</span></footer>`,
  ].filter((part) => part !== "");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'">
<title>${escapeHtml(title)}</title>
<style>
${fontFaces()}
${Deno.readTextFileSync(new URL("study_page.css", assets))}
</style>
</head>
<body>
<main>
${body.join("\n")}
</main>
</body>
</html>
`;
}

function fontFaces(): string {
  return ([["Regular", 400], ["Bold", 700]] as const).map(([name, weight]) => {
    const bytes = Deno.readFileSync(new URL(`fonts/Arimo-${name}.ttf`, assets));
    const data = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    return `@font-face { font-family: "Arimo"; font-weight: ${weight}; src: url(data:font/ttf;base64,${data}) format("truetype"); }`;
  }).join("\n");
}

/** A text cut to what a page has room for. */
function text(whole: string): string {
  const characters = [...whole.replace(/(\d) (%|ms|s|h|min|days|tokens\/s)(?=\W|$)/g, "$1\u00a0$2")];
  return escapeHtml(
    characters.length <= room.characters
      ? characters.join("")
      : `${characters.slice(0, room.characters).join("")}…`,
  );
}

function sectionHtml(section: AnswerSection): string {
  const items = shownPoints(section).map((point) => `<li>${text(point)}</li>`);
  return `<h2>${escapeHtml(section.heading)}</h2><ul>${items.join("")}</ul>`;
}

function shownPoints({ points }: AnswerSection): string[] {
  const shown = points.length > room.points ? points.slice(0, room.points - 1) : points;
  const left = points.length - shown.length;
  return [...shown, ...(left > 0 ? [`${left} more in the analysis.`] : [])];
}

/** The chart's own style turns dark on dark screens; paper does not. */
function pictureHtml({ title, svg }: StudyPicture): string {
  const light = svg.replace(/^<\?xml[^>]*\?>\s*/, "").replace(/<style>[\s\S]*?<\/style>/g, "");
  const height = Number(/^<svg[^>]*\sheight="([\d.]+)"/.exec(light)?.[1] ?? 300);
  const top = light.replace("<svg", '<svg preserveAspectRatio="xMidYMin meet"');
  return `<figure style="flex-grow: ${height}"><h3>${escapeHtml(title)}</h3>${top}</figure>`;
}

/** The variants where they are few; of more the second chart tells. */
function variantRows({ variants }: StudyFigures): string {
  const rows = variants.filter(({ calls }) => calls > 0);
  if (rows.length === 0 || rows.length > room.rows) return "";
  const unit = unitOf(rows.flatMap(({ ttft_ms }) => [ttft_ms.p50.value, ttft_ms.p90.value]));
  const headings = [
    "Variant",
    `TTFT median (${unit.name})`,
    "slow tail, p90",
    "Speed median (tokens/s)",
    "slow tail, p10",
    "Errors",
    "n",
  ];
  const ms = (value: number | null) => showNumber(value === null ? null : value / unit.ms);
  const lines = rows.map((variant) => [
    variant.experiment_name,
    ms(variant.ttft_ms.p50.value),
    ms(variant.ttft_ms.p90.value),
    showNumber(variant.output_tokens_per_s.p50.value),
    showNumber(variant.output_tokens_per_s.p10.value),
    showPercent(variant.error_rate.value),
    showNumber(variant.ttft_ms.p50.n, 12),
  ]);
  const cells = (tag: "th" | "td", texts: readonly string[]) =>
    `<tr>${texts.map((cell) => `<${tag}>${text(cell)}</${tag}>`).join("")}</tr>`;
  return `<section class="wide"><table><thead>${cells("th", headings)}</thead><tbody>${
    lines.map((line) => cells("td", line)).join("")
  }</tbody></table></section>`;
}
