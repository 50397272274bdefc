/** SVG to PNG with the shipped font and no other, so that the picture is the same on every machine. */

import { Resvg } from "@resvg/resvg-js";
import { fileURLToPath } from "node:url";

const fontFiles = ["Regular", "Bold"].map((weight) =>
  fileURLToPath(new URL(`../../lib/report/assets/fonts/Arimo-${weight}.ttf`, import.meta.url))
);

/** The picture at `zoom` pixels a unit. */
export function rasterise(
  svg: string,
  zoom = 1,
): { png: Uint8Array; pixels: Uint8Array; width: number; height: number } {
  const image = new Resvg(svg, {
    fitTo: { mode: "zoom", value: zoom },
    font: { fontFiles, defaultFontFamily: "Arimo", loadSystemFonts: false },
  }).render();
  return { png: image.asPng(), pixels: image.pixels, width: image.width, height: image.height };
}

/** `deno run -A tests/chart/raster.ts FOLDER` writes every chart of three shapes of data, to be looked at. */
if (import.meta.main) {
  const { everyChart } = await import("./every_chart.ts");
  const folder = Deno.args[0]!;
  for (const [experiments, levels, payloads] of [[3, 3, 2], [1, 1, 1], [6, 6, 6]] as const) {
    for (const { name, svg } of everyChart(experiments, levels, payloads)) {
      const file = `${folder}/${name}-${experiments}x${levels}x${payloads}`;
      Deno.writeTextFileSync(`${file}.svg`, svg);
      Deno.writeFileSync(`${file}.png`, rasterise(svg, 2).png);
    }
  }
}
