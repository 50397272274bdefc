/** What a reader must know before believing a figure. */

import type { AttemptCounts } from "../../analyze/mod.ts";
import { type CellSummary, type Endpoint, showPercent } from "../../core/mod.ts";

/**
 * Sentences, the gravest first; empty when there is nothing to say.
 *
 * @param absence why no panel voted although the config would have had one
 */
export function noticesOf(
  { attempts, repeated }: Pick<AttemptCounts, "attempts" | "repeated">,
  cells: readonly CellSummary[],
  absence: string | null = null,
): string[] {
  const notices: string[] = [];
  if (repeated > 0) {
    notices.push(
      `${
        showPercent(repeated / attempts)
      } of the requests sent a prompt again within a level: they may hit a prompt cache.`,
    );
  }
  if (absence !== null) {
    notices.push(
      `No panel of judges voted; answers are scored without one (evaluation.panel is auto). ${absence}`,
    );
  }
  const cancelled = cells.reduce((sum, cell) => sum + cell.cancelled, 0);
  if (cancelled > 0) {
    const requests = cancelled === 1 ? "request was" : "requests were";
    notices.push(`${cancelled} ${requests} cancelled before the end: in no figure.`);
  }
  const unpriced = [
    ...new Set(cells.filter((cell) => cell.cost_basis === null).map((cell) => cell.instance_type)),
  ];
  if (unpriced.length > 0) {
    notices.push(`There is no price for ${unpriced.join(", ")}: its cost is not known.`);
  }
  if (cells.some((cell) => cell.token_source !== null && cell.token_source !== "server")) {
    notices.push("Some token counts are not the server's own; cost and speed per token rest on them.");
  }
  return notices;
}

/** Experiments that are in no figure because their endpoint did not come to answer. */
export function absenceNotices(experiments: readonly string[], endpoints: readonly Endpoint[]): string[] {
  const absent = experiments.filter((name) =>
    !endpoints.some(({ experiment_name }) => experiment_name === name)
  );
  if (absent.length === 0) return [];
  return [`${absent.join(", ")}: not deployed, and in no figure (deployment.continue_without_failed).`];
}
