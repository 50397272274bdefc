/** How one vendor's models speak behind Bedrock's InvokeModel. One module `invoke_*.ts` for one or several of them. */

import type { Draft, Moment, StopReason } from "../dialect.ts";
import type { FailureName, ShapeName } from "../fault_options.ts";
import type { Json } from "./json_body.ts";
import { lacking, textOnly } from "./lacking.ts";
import type { CacheUse } from "./prompt_cache.ts";

/** What a body asks for. */
export interface Invocation {
  readonly prompt: string;
  readonly max_tokens: number | null;
  readonly more_prompt_tokens?: number;
  /** All text before the last cache point; null: there is none. */
  readonly shared?: string | null;
  readonly temperature?: unknown;
  readonly top_p?: unknown;
}

export interface InvokeForm {
  /** Whether a body is of this form, for the model of this id. */
  fits(body: Json, model_id: string): boolean;
  /** Throws Refusal for a body that can't be answered. */
  read(body: Json): Invocation;
  readonly without: ReadonlySet<FailureName | ShapeName>;
  opening(draft: Draft, cache: CacheUse): readonly Json[];
  token(draft: Draft, index: number, text: string): readonly Json[];
  /** null: there is no event without content. */
  empty(draft: Draft, index: number): Json | null;
  tail(draft: Draft): readonly Json[];
  whole(draft: Draft, cache: CacheUse, moment: Moment): Json;
}

/** What the forms share that say text, and nothing else. */
export const plainText = {
  without: lacking(...textOnly, "comments", "empty_deltas"),
  opening: () => [],
  empty: () => null,
} satisfies Partial<InvokeForm>;

/** The whole text of an answer. */
export function textOf({ spoken }: Draft): string {
  return spoken.tokens.join("");
}

/** `stop` or `length`, or what a vendor says instead. */
export function reasonOf({ spoken }: Draft, words: Partial<Record<StopReason, string>> = {}): string {
  return words[spoken.reason] ?? spoken.reason;
}

/** What an answer says unless it says nothing of counts. */
export function counted({ shapes }: Draft, members: Json): Json {
  return shapes.has("no_usage") ? {} : members;
}

/** A count, or null in an answer that says nothing of counts. */
export function count({ shapes }: Draft, tokens: number): number | null {
  return shapes.has("no_usage") ? null : tokens;
}

/** Whether a body is a prompt for a model whose id has one of these names in it. */
export function promptFor(...names: readonly string[]): InvokeForm["fits"] {
  return ({ prompt }, model_id) =>
    typeof prompt === "string" && names.some((name) => model_id.includes(name));
}
