/** The answers of TGI and of LMI to `inputs`. */

import type { Draft, StopReason, Whole, Wording } from "../dialect.ts";
import type { Event } from "../framing.ts";
import type { GenerateRequest } from "./generate_request.ts";

const finishReasons: Readonly<Record<StopReason, string>> = {
  stop: "eos_token",
  length: "length",
  tool_calls: "eos_token",
};

/** An id that the text alone decides. */
function idOf(text: string): number {
  let id = 7;
  for (const sign of text) id = (id * 31 + (sign.codePointAt(0) ?? 0)) % 32_000;
  return id;
}

const said = (value: unknown): Event => ({ data: JSON.stringify(value) });

/** What both have in common: the last event of a stream has the whole text. */
abstract class GenerateWording implements Wording {
  protected readonly draft: Draft;
  protected readonly request: GenerateRequest;

  constructor(draft: Draft, request: GenerateRequest) {
    this.draft = draft;
    this.request = request;
  }

  abstract token(index: number, text: string): Event[];
  abstract tail(): Event[];
  abstract error(): Event;
  abstract whole(): Whole;

  opening(): Event[] {
    return [];
  }

  around(): null {
    return null;
  }

  empty(): null {
    return null;
  }

  protected get text(): string {
    return this.request.echo + this.draft.spoken.tokens.join("");
  }

  /** Whether token `index` is the last one of a stream that is not cut. */
  protected isLast(index: number): boolean {
    return !this.draft.cut && index === this.draft.spoken.tokens.length - 1;
  }

  /** Reason and counts, as far as they are asked for and told. */
  protected details(): Record<string, unknown> | null {
    const { spoken: { reason }, counts, shapes } = this.draft;
    if (!this.request.details || shapes.has("no_usage")) return null;
    return { finish_reason: finishReasons[reason], generated_tokens: counts.completion_tokens };
  }
}

/**
 * Text Generation Inference. An answer that ends by itself has an event of its own for the token that ends it; one that
 * reached its limit ends with the event of its last token.
 */
export class TgiWording extends GenerateWording {
  /** @param listed whether an answer in one piece is a list of one, as its path for other services has it */
  constructor(draft: Draft, request: GenerateRequest, readonly listed: boolean) {
    super(draft, request);
  }

  token(index: number, text: string): Event[] {
    const ends = this.draft.spoken.reason === "length" && this.isLast(index);
    return [this.#event(index + 1, text, false, ends)];
  }

  tail(): Event[] {
    const { reason, tokens } = this.draft.spoken;
    return reason === "length" ? [] : [this.#event(tokens.length + 1, "</s>", true, true)];
  }

  error(): Event {
    return said({ error: "Request failed during generation, by simulation.", error_type: "generation" });
  }

  whole(): Whole {
    const { tokens } = this.draft.spoken;
    const { counts, shapes } = this.draft;
    const details = this.details();
    const all = {
      generated_text: this.text,
      ...(details === null ? {} : {
        details: {
          ...details,
          seed: null,
          prefill: [],
          tokens: tokens.map((text) => tokenOf(text, false)),
        },
      }),
    };
    const headers: Record<string, string> = this.listed || shapes.has("no_usage") ? {} : {
      "x-prompt-tokens": String(counts.prompt_tokens),
      "x-generated-tokens": String(counts.completion_tokens),
    };
    return { body: JSON.stringify(this.listed ? [all] : all), headers };
  }

  #event(index: number, text: string, special: boolean, ends: boolean): Event {
    const details = ends ? this.details() : null;
    return said({
      index,
      token: tokenOf(text, special),
      generated_text: ends ? this.text : null,
      details: details === null
        ? null
        : { ...details, seed: null, input_length: this.draft.counts.prompt_tokens },
    });
  }
}

function tokenOf(text: string, special: boolean) {
  return { id: idOf(text), text, logprob: -0.25, special };
}

/** AWS's Large Model Inference container (DJL Serving): the last token's line has the whole text. */
export class LmiWording extends GenerateWording {
  token(index: number, text: string): Event[] {
    const token = { id: idOf(text), text, log_prob: -0.25 };
    if (!this.isLast(index)) return [said({ token })];
    return [said({ token, generated_text: this.text, ...this.#more() })];
  }

  tail(): Event[] {
    return [];
  }

  error(): Event {
    return said({ error: "The server is overloaded, by simulation.", code: 503 });
  }

  whole(): Whole {
    return { body: JSON.stringify({ generated_text: this.text, ...this.#more() }) };
  }

  #more() {
    const details = this.details();
    return details === null ? {} : { details: { ...details, inputs: this.request.prompt } };
  }
}
