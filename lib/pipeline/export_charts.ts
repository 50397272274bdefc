/** The charts of a run under the names that FMBench gives its own. */

import { fileURLToPath } from "node:url";
import { join } from "node:path";

/** FMBench's chart -> the one of ours that answers the same question. */
export const chartNames: Readonly<Record<string, string>> = {
  "business_summary": "cost_against_latency",
  "tokens_vs_latency": "latency_against_prompt_tokens",
  "concurrency_vs_inference_latency": "latency_against_concurrency",
  "error_rates": "error_rate_by_load",
  "accuracy_trajectory_per_payload": "accuracy_by_prompt_length",
  "overall_candidate_model_majority_voting_accuracy": "accuracy_by_experiment",
};

/** Pixels a unit of the drawing. */
const zoom = 2;

/** Writes every chart that the run has as `charts/<our name>.svg`, and as PNG under FMBench's name where there is one. */
export async function exportCharts(from: string, to: string): Promise<void> {
  const drawn = await Array.fromAsync(Deno.readDir(from)).catch(() => []);
  const names = drawn.filter(({ name }) => name.endsWith(".svg")).map(({ name }) => name.slice(0, -4));
  if (names.length === 0) return;
  await Deno.mkdir(join(to, "charts"), { recursive: true });
  for (const name of names) await Deno.copyFile(join(from, `${name}.svg`), join(to, "charts", `${name}.svg`));
  for (const [theirs, ours] of Object.entries(chartNames)) {
    if (!names.includes(ours)) continue;
    await Deno.writeFile(
      join(to, `${theirs}.png`),
      await png(await Deno.readTextFile(join(from, `${ours}.svg`))),
    );
  }
}

/** The picture, with the shipped font and no other. */
async function png(svg: string): Promise<Uint8Array> {
  // Native code, loaded only for this.
  const { Resvg } = await import("@resvg/resvg-js");
  const fontFiles = ["Regular", "Bold"].map((weight) =>
    fileURLToPath(new URL(`../report/assets/fonts/Arimo-${weight}.ttf`, import.meta.url))
  );
  return new Resvg(svg, {
    fitTo: { mode: "zoom", value: zoom },
    background: "white",
    font: { fontFiles, defaultFontFamily: "Arimo", loadSystemFonts: false },
  }).render().asPng();
}
