/** Bedrock's InvokeModel and InvokeModelWithResponseStream, in the form of the model's vendor. */

import type { Dialect, Draft, Moment, Reading, Whole, Wording } from "../dialect.ts";
import { base64Chunks } from "../event_stream.ts";
import type { Event } from "../framing.ts";
import type { Request } from "../incoming.ts";
import type { SimulateOptions } from "../options.ts";
import { Refusal } from "../refusal.ts";
import { bedrockManner } from "./aws_manner.ts";
import { checkBedrockKey, checkBedrockModel, checkSampling, checkUnit } from "./bedrock_model.ts";
import { embeddingOf } from "./invoke_embedding.ts";
import type { InvokeForm } from "./invoke_form.ts";
import { invokeForms } from "./invoke_forms.ts";
import { type Json, jsonBody } from "./json_body.ts";
import { lacking, textOnly } from "./lacking.ts";
import { type CacheUse, PromptCache } from "./prompt_cache.ts";
import { wholeOnly } from "./whole_only.ts";

const address = /^\/model\/([^/]+)\/invoke(-with-response-stream)?$/;
const latencyHeader = "x-amzn-bedrock-performanceconfig-latency";
const tierHeader = "x-amzn-bedrock-service-tier";

/** `POST /model/ID/invoke` and `/invoke-with-response-stream`. */
export function bedrockInvoke(options: SimulateOptions): Dialect {
  const { model_id } = options;
  const cache = new PromptCache();
  return {
    ...bedrockManner,
    method: "POST",
    serves: (path) => address.test(path),
    read(request) {
      checkBedrockKey(request, options);
      const [, segment = "", streaming] = address.exec(request.path) ?? [];
      checkBedrockModel(segment, model_id);
      const body = jsonBody(request.body);
      const asked = askedIn(request);
      const embedding = embeddingOf(body, model_id);
      if (embedding !== null) {
        if (streaming !== undefined) {
          throw new Refusal(400, "The model is unsupported for model streaming", {
            code: "ValidationException",
          });
        }
        const { prompt, embed, answer } = embedding;
        const compose = (draft: Draft) => {
          const body = JSON.stringify(answer(draft.id, draft.counts.prompt_tokens));
          return wholeOnly((moment) => ({
            body,
            headers: { ...servedOf(asked, draft), ...countHeaders(draft, moment, 0) },
          }));
        };
        const latency = asked[latencyHeader] ?? null;
        const without = withServed(lacking(...textOnly));
        return { prompt, embed, latency, max_tokens: null, framing: null, without, compose };
      }
      const form = invokeForms.find(({ fits }) => fits(body, model_id));
      if (form === undefined) {
        throw new Refusal(400, "Malformed input request, please reformat your input and try again.", {
          code: "ValidationException",
        });
      }
      checkUnit(body, "temperature", "top_p");
      const { shared = null, temperature, top_p, ...reading } = form.read(body);
      checkSampling(model_id, temperature, top_p);
      const use = cache.look(shared);
      return {
        ...reading,
        latency: asked[latencyHeader] ?? null,
        cached_tokens: use.read,
        framing: streaming === undefined ? null : base64Chunks,
        without: withServed(form.without),
        compose(draft) {
          cache.keep(shared);
          return new InvokeWording(draft, form, use, asked);
        },
      } satisfies Reading;
    },
  };
}

/** Only Bedrock can serve something else than it was asked for. */
function withServed(without: InvokeForm["without"]): InvokeForm["without"] {
  return new Set([...without].filter((name) => name !== "served_standard"));
}

/** What the headers ask for, under the names of the answer's. */
function askedIn({ headers }: Request): Readonly<Record<string, string>> {
  const names = [latencyHeader, tierHeader];
  return Object.fromEntries(
    names.flatMap((name) => headers.has(name) ? [[name, headers.get(name) ?? ""]] : []),
  );
}

function servedOf(asked: Readonly<Record<string, string>>, { shapes }: Draft): Record<string, string> {
  if (!shapes.has("served_standard")) return asked;
  return Object.fromEntries(
    Object.keys(asked).map((name) => [name, name === tierHeader ? "default" : "standard"]),
  );
}

class InvokeWording implements Wording {
  readonly headers: Readonly<Record<string, string>>;
  readonly #draft: Draft;
  readonly #form: InvokeForm;
  readonly #cache: CacheUse;

  constructor(draft: Draft, form: InvokeForm, cache: CacheUse, asked: Readonly<Record<string, string>>) {
    this.headers = { "x-amzn-bedrock-content-type": "application/json", ...servedOf(asked, draft) };
    this.#draft = draft;
    this.#form = form;
    this.#cache = cache;
  }

  opening(): Event[] {
    return eventsOf(this.#form.opening(this.#draft, this.#cache));
  }

  token(index: number, text: string): Event[] {
    return eventsOf(this.#form.token(this.#draft, index, text));
  }

  around(): null {
    return null;
  }

  empty(index: number): Event | null {
    const event = this.#form.empty(this.#draft, index);
    return event === null ? null : { data: JSON.stringify(event) };
  }

  /** The last event has Bedrock's own counts and times. */
  tail(moment: Moment): Event[] {
    const events = [...this.#form.tail(this.#draft)];
    if (this.#draft.shapes.has("no_usage")) return eventsOf(events);
    const { prompt_tokens, completion_tokens } = this.#draft.counts;
    const { read, written } = this.#cache;
    const metrics = {
      inputTokenCount: Math.max(0, prompt_tokens - read - written),
      outputTokenCount: completion_tokens,
      invocationLatency: Math.round(moment.elapsed_ms),
      firstByteLatency: Math.round(moment.first_ms),
      ...(read + written === 0 ? {} : { cacheReadInputTokenCount: read, cacheWriteInputTokenCount: written }),
    };
    const last = { ...events.pop(), "amazon-bedrock-invocationMetrics": metrics };
    return eventsOf([...events, last]);
  }

  error(exception: string | null): Event {
    return bedrockManner.broken(exception);
  }

  whole(moment: Moment): Whole {
    const body = this.#form.whole(this.#draft, this.#cache, moment);
    const { read, written } = this.#cache;
    const { "x-amzn-bedrock-content-type": _, ...served } = this.headers;
    return {
      body: JSON.stringify(body),
      headers: { ...served, ...countHeaders(this.#draft, moment, read + written) },
    };
  }
}

function countHeaders(
  { counts, shapes }: Draft,
  { elapsed_ms }: Moment,
  cached: number,
): Record<string, string> {
  return {
    "x-amzn-bedrock-invocation-latency": String(Math.round(elapsed_ms)),
    ...(shapes.has("no_usage") ? {} : {
      "x-amzn-bedrock-input-token-count": String(Math.max(0, counts.prompt_tokens - cached)),
      "x-amzn-bedrock-output-token-count": String(counts.completion_tokens),
    }),
  };
}

function eventsOf(bodies: readonly Json[]): Event[] {
  return bodies.map((body) => ({ data: JSON.stringify(body) }));
}
