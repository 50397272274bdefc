/** The machines that sent the load, how punctual they were, and how well their clocks agreed. */

import {
  escapeMarkdown,
  type FleetFigure,
  type FleetSummary,
  showDuration,
  showNumber,
  showPercent,
} from "../core/mod.ts";
import { paragraphs, table } from "./markdown.ts";

/** Beyond so many workers the table has the machines that stand out. */
const most_rows = 20;

/**
 * One row a worker: schedule error, certificate, skew; then the losses, each with its time. Of a large fleet, those that were lost, are not
 * trusted, or were the least punctual.
 *
 * @param summary null: the load was sent by one machine
 */
export function fleetTable(summary: FleetSummary | null): string {
  if (summary === null) return "One machine sent the load: there is no fleet.";
  const { workers, lag, lag_error } = summary;
  const hosts = new Set(workers.flatMap(({ host }) => host ?? []));
  const shown = workers.length <= most_rows ? workers : standingOut(workers);
  const lost = workers.filter((worker) => worker.lost !== null);
  const wrong = workers.filter(({ trusted }) => !trusted);
  return paragraphs(
    `${workers.length} ${workers.length === 1 ? "worker" : "workers"} on ${hosts.size} ${
      hosts.size === 1 ? "machine" : "machines"
    } sent the load.${
      lag.n === 0
        ? " Nothing was due at a time: a closed loop has no schedule to miss."
        : ` Of ${showNumber(lag.n, 12)} sends that were due at a time, half were late by at most ${
          showDuration(lag.p50_ms)
        }, 99 of 100 by at most ${showDuration(lag.p99_ms)}, the worst by ${showDuration(lag.max_ms)}.`
    }`,
    table(shown, [
      { heading: "Worker", align: "left", cell: ({ segment, worker }) => `${segment} ${worker}` },
      { heading: "Machine", align: "left", cell: ({ host }) => host === null ? "–" : escapeMarkdown(host) },
      { heading: "Certified for", align: "left", cell: certified },
      { heading: "Late, p50", cell: (worker) => showDuration(worker.lag.p50_ms) },
      { heading: "p99", cell: (worker) => showDuration(worker.lag.p99_ms) },
      { heading: "most", cell: (worker) => showDuration(worker.lag.max_ms) },
      { heading: "Clock skew", cell: ({ skew_ms }) => showDuration(skew_ms) },
      { heading: "Trusted", align: "left", cell: ({ trusted }) => trusted ? "yes" : "**no**" },
    ]),
    shown.length < workers.length
      ? `${workers.length - shown.length} more are as good as these, or better; all stand in \`fleet.jsonl\`.`
      : null,
    `Late: send minus due time, by buckets that are right to ${
      showPercent(lag_error)
    }, all sends of a worker together. Clock skew: how far the stamps of a ` +
      "level may be off the controller's clock, by round trips before and after it.",
    wrong.length === 0
      ? null
      : `> **Warning**: the clocks of ${
        listed(wrong)
      } went wrong during a level. Their rows have \`trusted\` false: times within one request ` +
        "hold, how requests of several machines lie to each other does not.",
    lost.length === 0 ? null : lost.map(lossOf).join("\n>\n"),
  );
}

function standingOut(workers: readonly FleetFigure[]): readonly FleetFigure[] {
  const rank = ({ lost, trusted, lag }: FleetFigure) =>
    (lost === null ? 0 : 2e9) + (trusted ? 0 : 1e9) + (lag.p99_ms ?? lag.max_ms ?? 0);
  return workers.toSorted((a, b) => rank(b) - rank(a)).slice(0, most_rows);
}

function certified({ trusted_streams, trusted_rate_rps }: FleetFigure): string {
  const parts = [
    trusted_streams === null ? null : `${showNumber(trusted_streams, 12)} streams`,
    trusted_rate_rps === null ? null : `${showNumber(trusted_rate_rps, 12)}/s`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? "not known" : parts.join(", ");
}

function lossOf({ segment, worker, host, lost }: FleetFigure): string {
  const { at, reason, unfinished } = lost!;
  return `> **Lost**: ${segment} ${worker}${host === null ? "" : ` on ${escapeMarkdown(host)}`} at ${at}: ${
    escapeMarkdown(reason)
  }. ${unfinished} of its requests had no outcome then.`;
}

function listed(workers: readonly FleetFigure[]): string {
  const names = workers.map(({ segment, worker }) => `${segment} ${worker}`);
  return names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");
}
