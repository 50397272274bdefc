/** What is asked of servers that take `inputs` and `parameters`: TGI, DJL Serving, and many containers behind SageMaker. */

import type { Parameters } from "../predictor.ts";
import { type CapNames, capOf, withOwnCap } from "../token_cap.ts";

const cap: CapNames = { own: ["max_new_tokens"], foreign: ["max_tokens", "max_completion_tokens"] };

export interface GenerateBodyOptions {
  /** The body's own `stream`; absent: the address says whether it streams. */
  readonly stream?: boolean;
  /** Whether parameters go under `parameters`; else beside `inputs`. @default true */
  readonly split?: boolean;
  /**
   * Whether `details` are asked for, which bring token counts and the finish reason; a parameter of that name wins. @default false
   */
  readonly details?: boolean;
}

/**
 * The body of one request. Parameters go out as configured, but for the cap, which is `max_new_tokens` here, and for `stream`,
 * which is the run's choice.
 */
export function generateBody(
  prompt: string,
  parameters: Parameters,
  { stream, split = true, details = false }: GenerateBodyOptions = {},
): Record<string, unknown> {
  const { stream: _, ...configured } = withOwnCap(parameters, cap);
  const asked = { ...(details ? { details: true } : {}), ...configured };
  return {
    ...(split ? { inputs: prompt, parameters: asked } : { ...asked, inputs: prompt }),
    ...(stream === undefined ? {} : { stream }),
  };
}

/** The cap on the answer's length in a request made from these parameters; null when there is none. */
export function generateCap(parameters: Parameters): number | null {
  return capOf(parameters, cap);
}

/** An answer without the prompt, which some servers put before it. */
export function withoutEcho(text: string, prompt: string): string {
  return text.startsWith(prompt) ? text.slice(prompt.length) : text;
}
