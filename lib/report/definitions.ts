/** How each figure of the report is defined, in a line. */

import type { LatencyStatistic } from "../core/mod.ts";
import { table } from "./markdown.ts";

interface Definition {
  readonly figure: string;
  readonly definition: string;
  /** Where `docs/` says more. */
  readonly more: string;
}

/** @param statistic what the latency budget judges */
export function definitions(statistic: LatencyStatistic = "p95"): string {
  return table(definitionsOf(statistic), [
    { heading: "Figure", align: "left", cell: ({ figure }) => figure },
    { heading: "Definition", align: "left", cell: ({ definition }) => definition },
    { heading: "More in docs", align: "left", cell: ({ more }) => more },
  ]);
}

function definitionsOf(statistic: LatencyStatistic): Definition[] {
  const of = (figure: string, definition: string, more = "figures.md") => ({ figure, definition, more });
  return [
    of("Request", "A request of the measure phase, by its last attempt. Warm-up is in no figure."),
    of("E2E latency", "From just before the first byte is sent to the end of the answer, of successes only."),
    of(
      "Response time",
      "The same from the time the request was due (closed loop: first sent), waits and retries included. " +
        `The latency budget judges its ${statistic}.`,
    ),
    of("TTFT", "From the send to the first token of content, reasoning included."),
    of("TPOT", "Time from the first to the last token / (output tokens − 1) of one answer."),
    of("ITL", "Gaps between the chunks of content of all answers."),
    of(
      "p50, p95, p99",
      "Over all successes together, linear between ranks. Hidden below n = 1/(1 − p), † below 5/(1 − p).",
    ),
    of(
      "Interval (a–b)",
      "95 %. Percentiles by order statistics, wider where successive requests resemble each other; fractions by Wilson's score.",
    ),
    of(
      "In flight, load",
      "Requests held in flight all the time; or arrivals a second (/s), whatever is in flight.",
    ),
    of("Per minute", "Successes within the measured window / its length × 60."),
    of("Error rate", "Failed / finished requests. A failure is never a latency."),
    of("Tokens", "As the server counts them; where it does not, the report says who counted."),
    of("Right", "Right answers / answers with a verdict.", "accuracy.md"),
    of(
      "Cost of a transaction",
      "Instance: hourly price × instances / successes an hour. Tokens: their number × the price of their kind, mean of the successes.",
    ),
    of("Best option", "The cheapest that keeps every budget; ties by latency.", "decision.md"),
    of(
      "Can't be told apart",
      "Neither cost nor latency nor accuracy is shown to be worse at 95 %.",
      "decision.md",
    ),
    of(
      "Not for certain",
      "The 95 % interval of the figure has the budget within it, or is open there.",
      "decision.md",
    ),
  ];
}
