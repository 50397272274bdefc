/** A member of the panel: whom it is asked of, in which words, and under which rules. */

import { type Endpoint, judgeSlots, lackingSlots, sha256, UserError } from "../../core/mod.ts";
import type { Parameters } from "../../predict/mod.ts";

/** How a judge is asked: any endpoint that a predictor can talk to will do. Answers are not streamed. */
export interface Judge {
  /** Within the panel: its model id, unless two share it. Names it in every file. */
  readonly name: string;
  readonly endpoint: Endpoint;
  /** Sent as they are: `temperature`, `max_tokens`, ... */
  readonly parameters: Parameters;
  /** The text of the prompt, with the slots `{question}`, `{answer}`, `{ground_truth}` and `{rules}`. */
  readonly template: string;
  /** What stands for `{rules}`. */
  readonly rules: string;
  /**
   * Whether the verdict is asked for in the protocol's own form for structured output: `auto`, where the protocol and the model are
   * known to have one; `yes`, wherever the protocol has one; `no`, never. A judge that refuses it is asked plainly. @default "auto"
   */
  readonly structured?: "auto" | "yes" | "no";
  /** Of the user's own module that it is asked through: another text of it is another judge, another place of it is not. */
  readonly module_sha256?: string;
}

/** Whatever a vote depends on beside the answer: 16 hex digits. Votes that were given under another one are not used again. */
export function fingerprintOf({ endpoint, parameters, template, rules, module_sha256 }: Judge): string {
  const { model_id, endpoint_name } = endpoint;
  const { module, ...options } = endpoint.options ?? {};
  const predictor = module_sha256 ?? module ?? endpoint.predictor;
  const asked = [predictor, model_id, endpoint_name, options, parameters, template, rules];
  return sha256(JSON.stringify(asked)).slice(0, 16);
}

/**
 * Checks a panel without asking anybody.
 *
 * @throws {UserError} without a judge, if two share a name, or if a template has no slot for the answer or for the right one
 */
export function checkPanel(judges: readonly Judge[]): void {
  const action = "judge answers with the panel";
  if (judges.length === 0) {
    throw new UserError({
      action,
      thing: "of no judges",
      found: "there is nobody to ask",
      expected: "a judge",
    });
  }
  const seen = new Set<string>();
  for (const { name, template } of judges) {
    if (seen.has(name)) {
      throw new UserError({ action, thing: name, found: "two judges have this name", remedy: "Rename one." });
    }
    seen.add(name);
    const lacking = lackingSlots(template);
    if (lacking.length === 0) continue;
    throw new UserError({
      action: "ask the judge",
      thing: name,
      found: `its template has no ${lacking.join(" and no ")}`,
      expected: judgeSlots,
    });
  }
}
