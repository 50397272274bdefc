/** `evaluations/panel.json`: what the panel of a run did, and what judging cost. */

import { join } from "node:path";
import type { EmbeddingAccount, PanelSummary } from "../../core/mod.ts";
import type { RunPaths } from "../../run/mod.ts";
import { writeAtomic } from "../../storage/mod.ts";

/** The file of a run with what its panel did. */
export function panelFile({ evaluations }: Pick<RunPaths, "evaluations">): string {
  return join(evaluations, "panel.json");
}

/** What the panel of a run did; null: none was asked. */
export async function readPanel(paths: Pick<RunPaths, "evaluations">): Promise<PanelSummary | null> {
  try {
    return JSON.parse(await Deno.readTextFile(panelFile(paths))) as PanelSummary;
  } catch (error) {
    unlessMissing(error);
    return null;
  }
}

/** Keeps what the panel of a run did. */
export async function writePanel(paths: Pick<RunPaths, "evaluations">, panel: PanelSummary): Promise<void> {
  await writeAtomic(panelFile(paths), JSON.stringify(panel, null, 2) + "\n");
}

/** What the panel did with what embedding took beside it, which is part of what judging costs. */
export function withEmbedding(panel: PanelSummary, embedding: EmbeddingAccount | null): PanelSummary {
  const costs = [...panel.judges, ...embedding === null ? [] : [embedding]].map(({ cost }) => cost)
    .filter((cost) => cost !== null);
  return {
    ...panel,
    embedding,
    cost: costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0),
  };
}

function unlessMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
