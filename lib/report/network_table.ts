/** How far the client was from the endpoints. */

import { escapeMarkdown, type NetworkFigure, showDuration, showNumber, showPercent } from "../core/mod.ts";
import { paragraphs, table } from "./markdown.ts";

/** A round trip from this part of the TTFT on is more than a detail of it. */
const largePart = 0.1;

/**
 * The client's region, the round trip to each endpoint beside the TTFT that holds it, and a warning where the round trip is more than 10 % of
 * the TTFT's median or the regions differ.
 *
 * @param client the client's region; null: not known
 */
export function networkTable(figures: readonly NetworkFigure[], client: string | null): string {
  if (figures.length === 0) return "No request was sent.";
  const warnings = figures.flatMap((figure) => warningsOf(figure, client));
  return paragraphs(
    `The load was sent from ${
      client === null ? "a machine whose region is not known" : `region **${escapeMarkdown(client)}**`
    }.`,
    table(figures, [
      {
        heading: "Experiment",
        align: "left",
        cell: ({ experiment_name }) => escapeMarkdown(experiment_name),
      },
      {
        heading: "Region",
        align: "left",
        cell: ({ regions }) => regions.length === 0 ? "not known" : escapeMarkdown(regions.join(", ")),
      },
      { heading: "Connections", cell: ({ connections }) => showNumber(connections, 12) },
      { heading: "Connect, least", cell: ({ connect_least_ms }) => showDuration(connect_least_ms) },
      { heading: "median", cell: ({ connect_p50_ms }) => showDuration(connect_p50_ms) },
      { heading: "Of TTFT p50", cell: (figure) => showPercent(partOf(figure)) },
    ]),
    "Connect: TCP handshakes of new connections. The least is the round trip; what the others took longer, the machines at both ends took. " +
      "Each TTFT holds one round trip; Of TTFT p50: its part of the TTFT of the experiment's fastest load.",
    warnings.length === 0 ? null : warnings.map((text) => `> **Warning**: ${text}`).join("\n>\n"),
  );
}

function partOf({ connect_least_ms, ttft_p50_ms }: NetworkFigure): number | null {
  return connect_least_ms === null || !ttft_p50_ms ? null : connect_least_ms / ttft_p50_ms;
}

function warningsOf(figure: NetworkFigure, client: string | null): string[] {
  const name = `**${escapeMarkdown(figure.experiment_name)}**`;
  const part = partOf(figure);
  const elsewhere = client === null ? [] : figure.regions.filter((region) => region !== client);
  return [
    ...(part !== null && part > largePart
      ? [
        `the round trip to ${name} is ${
          showPercent(part)
        } of its median TTFT. Its latencies are those of this client's place, not of the model alone.`,
      ]
      : []),
    ...(elsewhere.length > 0
      ? [
        `${name} is in ${escapeMarkdown(elsewhere.join(", "))}, the client in ${
          escapeMarkdown(client!)
        }. Its latencies hold the way between them.`,
      ]
      : []),
  ];
}
