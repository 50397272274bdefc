/** The last values of a study, in words. */

import { type Level, showNumber } from "../../core/mod.ts";
import { outputTokensPerS } from "../../metrics/mod.ts";
import type { Attempt } from "../attempt.ts";

/** `haiku optimized: TTFT 0.31 s, 84 tokens/s`; what is not known is left out. */
export function lastValues(
  { endpoint }: Pick<Level, "endpoint">,
  attempt: Pick<Attempt, "sent_ms" | "ended_ms" | "first_token_ms" | "last_token_ms" | "completion_tokens">,
): string {
  const { sent_ms, ended_ms, first_token_ms } = attempt;
  const seconds = (from: number | null, to: number) =>
    from === null ? "–" : `${showNumber((to - from) / 1000)} s`;
  const speed = outputTokensPerS(attempt);
  const values = [
    first_token_ms === null
      ? `E2E ${seconds(sent_ms, ended_ms)}`
      : `TTFT ${seconds(sent_ms, first_token_ms)}`,
    ...speed === null ? [] : [`${showNumber(speed)} tokens/s`],
  ];
  return `${endpoint.experiment_name}: ${values.join(", ")}`;
}
