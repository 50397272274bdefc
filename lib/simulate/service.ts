/** What is behind the paths: models, health and answers in every protocol. Knows requests and answers, not sockets. */

import { seededRandom, sha256, version } from "../core/mod.ts";
import { type Answer, Answers } from "./answers.ts";
import { Completion, type CompletionPlan } from "./completion.ts";
import type { Dialect, ErrorAnswer, Reading, Spoken } from "./dialect.ts";
import { modelCard } from "./dialects/chat_wording.ts";
import { dialectsOf } from "./dialects/all.ts";
import { openaiManner } from "./dialects/openai_error.ts";
import { cutting, DisturbedCompletion, lengthOf } from "./disturbed_completion.ts";
import { spokenOf } from "./disturbed_events.ts";
import { type Disturbance, drawDisturbance, possible } from "./fault_draw.ts";
import { completeFaults, type FailureName, type FaultSettings } from "./fault_options.ts";
import { Freeze } from "./freeze.ts";
import type { Incoming, Request } from "./incoming.ts";
import { type SimulateOptions, timingOf } from "./options.ts";
import { type Outgoing, wholeResponse } from "./outgoing.ts";
import { Refusal } from "./refusal.ts";
import { Scheduler } from "./scheduler.ts";
import { type Asked, SendAccount } from "./send_account.ts";
import { now } from "./time.ts";
import { tokensOf } from "./tokens.ts";
import { TruthLog } from "./truth_log.ts";

/** Failures that take the place of an answer. */
const instead: ReadonlySet<FailureName | null> = new Set(["http_429", "http_500", "reset_before_headers"]);

/** A request on its way to its answer. */
interface Exchange {
  readonly dialect: Dialect;
  readonly request: Request;
  readonly incoming: Incoming;
  readonly outgoing: Outgoing;
  readonly asked: Asked;
  /** The header that tells the client its id. */
  readonly id: Readonly<Record<string, string>>;
}

export class Service {
  readonly #options: SimulateOptions;
  readonly #answers: Answers;
  readonly #scheduler: Scheduler;
  readonly #log: TruthLog;
  readonly #faults: FaultSettings | null;
  readonly #freeze: Freeze;
  readonly #dialects: readonly Dialect[];
  readonly #created = Math.floor(Date.now() / 1000);
  /** How often each key was asked: a repetition gets jitter and faults of its own. */
  readonly #uses = new Map<string, number>();
  #count = 0;

  /** Throws UserError for an unknown profile and what the file system throws for the log. */
  constructor(options: SimulateOptions) {
    const timing = timingOf(options);
    this.#options = options;
    this.#faults = completeFaults(options.faults, options.seed);
    this.#freeze = new Freeze(this.#faults?.freeze ?? null);
    this.#dialects = dialectsOf(options);
    this.#answers = new Answers(options);
    this.#log = new TruthLog(options.log_path);
    this.#scheduler = new Scheduler(timing, this.#freeze);
  }

  /** Reads the prompts that are there already. */
  prepare(): Promise<void> {
    return this.#answers.refresh();
  }

  /** Answers one request; resolves when the response has been handed over or its client has left. */
  async handle(request: Request, incoming: Incoming, outgoing: Outgoing): Promise<void> {
    const { method, path } = request;
    const dialect = this.#dialects.find((each) => each.serves(path));
    if (dialect !== undefined) {
      this.#freeze.begin(request.received_ms);
      if (method === dialect.method) return await this.#answer(dialect, request, incoming, outgoing);
      return refuse(request, outgoing, dialect.refused(notAllowed(method, path)), { allow: dialect.method });
    }
    await this.#thaw(outgoing);
    const content = this.#document(path);
    if (content === null) {
      const nothing = new Refusal(404, `There is nothing at ${path}.`, { code: "unknown_url" });
      return refuse(request, outgoing, openaiManner.refused(nothing));
    }
    if (method !== "GET") {
      return refuse(request, outgoing, openaiManner.refused(notAllowed(method, path)), { allow: "GET" });
    }
    outgoing.write(wholeResponse(200, JSON.stringify(content), commonHeaders(request)));
  }

  flush(): void {
    this.#log.flush();
  }

  async close(): Promise<void> {
    await this.#scheduler.close();
    this.#log.close();
  }

  #document(path: string): unknown {
    const { model_id } = this.#options;
    const card = modelCard(model_id, this.#created);
    switch (path) {
      case "/health":
        return { status: "ok", simulated: true, version, model_id };
      case "/v1/models":
        return { object: "list", data: [card] };
      case `/v1/models/${model_id}`:
        return card;
      default:
        return null;
    }
  }

  async #answer(
    dialect: Dialect,
    request: Request,
    incoming: Incoming,
    outgoing: Outgoing,
  ): Promise<void> {
    const n = ++this.#count;
    const request_id = givenId(request) ?? dialect.newId(n);
    const id = { [dialect.id_header]: request_id };
    const asked: Asked = {
      ...{ n, received_ms: request.received_ms, request_id },
      ...{ prompt_key: null, prompt_use: null, right: null, fault: null, shapes: [], served_latency: null },
    };
    const exchange = { dialect, request, incoming, outgoing, asked, id };
    let reading: Reading;
    try {
      reading = dialect.read(request);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return await this.#refuse(exchange, error);
    }
    await this.#speak(exchange, reading);
  }

  async #refuse({ dialect, request, outgoing, asked, id }: Exchange, refusal: Refusal): Promise<void> {
    await this.#thaw(outgoing);
    const answer = dialect.refused(refusal);
    refuse(request, outgoing, answer, id);
    const about = { streamed: false, prompt_tokens: null, log_tokens: 0 };
    this.#report(new SendAccount(asked, about), asked.received_ms, answer.status);
  }

  /** Has the engine say the answer, or a fault strike it. */
  async #speak(exchange: Exchange, reading: Reading): Promise<void> {
    const { dialect, request, incoming, outgoing, asked, id } = exchange;
    const { n, received_ms, request_id } = asked;
    const prompt_key = sha256(reading.prompt).slice(0, 16);
    const key = givenId(request) ?? prompt_key;
    const prompt_use = (this.#uses.get(key) ?? 0) + 1;
    this.#uses.set(key, prompt_use);
    const disturbance = this.#faults &&
      possible(drawDisturbance(this.#faults, { key, use: prompt_use, n }), reading.without);
    const { failure = null, shapes = new Set<never>() } = disturbance ?? {};
    const streamed = reading.framing !== null;
    const { latency = null } = reading;
    const served_latency = latency !== null && shapes.has("served_standard") ? "standard" : latency;
    const { text, right, prompt_tokens } = await this.#known(reading);
    const tokens = reading.embed === undefined ? tokensOf(text) : [];
    const spoken = this.#spoken(tokens, reading.max_tokens ?? Infinity, disturbance);
    const length = spoken.reasoning.length + spoken.tokens.length;
    const account = new SendAccount(
      { ...asked, prompt_key, prompt_use, right, fault: failure, shapes: [...shapes], served_latency },
      {
        streamed,
        prompt_tokens,
        log_tokens: this.#options.log_tokens && this.#options.log_path !== null ? length : 0,
      },
    );
    if (instead.has(failure)) {
      await this.#thaw(outgoing);
      const status = this.#failAtOnce(failure, exchange);
      this.#report(account, received_ms, status);
      return;
    }
    const ended = new AbortController();
    const finish = (status: number) => {
      this.#report(account, received_ms, status);
      ended.abort();
    };
    const counts = { prompt_tokens, completion_tokens: length, reasoning_tokens: spoken.reasoning.length };
    const { model_id } = this.#options;
    const plan: CompletionPlan = {
      draft: {
        ...{ id: request_id, model_id, created: Math.floor(Date.now() / 1000), spoken, counts, shapes },
        cut: streamed && cutting.has(failure),
      },
      reading,
      failed: dialect.failed,
      chunked: request.minor_version === 1,
      headers: { ...commonHeaders(request), ...id },
    };
    const completion = disturbance === null
      ? new Completion(plan, outgoing, account, finish)
      : new DisturbedCompletion(plan, { disturbance, settings: this.#faults! }, outgoing, account, finish);
    const completion_tokens = disturbance !== null && streamed
      ? lengthOf(spoken, disturbance)
      : Math.max(1, length);
    const pace = served_latency === "optimized" ? this.#options.optimized : undefined;
    // Where modes are asked for they are compared, and so are models: with the same noise their difference would have none.
    const labels = ["jitter", key, prompt_use, ...latency === null ? [] : [latency, model_id]];
    const { next: draw } = seededRandom(this.#options.seed, labels);
    const prefill = Math.max(0, prompt_tokens - (reading.cached_tokens ?? 0));
    const work = { prompt_tokens: prefill, completion_tokens, draw, ...pace === undefined ? {} : { pace } };
    this.#scheduler.submit(completion, work, received_ms);
    await incoming.closed(ended.signal);
    if (ended.signal.aborted) return;
    this.#scheduler.cancel(completion);
    completion.cancel();
  }

  /** The answer to the prompt, and how many tokens the request has. */
  async #known({ prompt, embed, more_prompt_tokens = 0 }: Reading) {
    let prompt_tokens = more_prompt_tokens;
    let said: Pick<Answer, "text" | "right"> = { text: "", right: null };
    for (const each of embed ?? [prompt]) {
      const answer = await this.#answers.to(each);
      prompt_tokens += answer.prompt_tokens;
      said = answer;
    }
    return { ...said, prompt_tokens };
  }

  #spoken(tokens: readonly string[], limit: number, disturbance: Disturbance | null): Spoken {
    if (disturbance !== null) return spokenOf(tokens, limit, disturbance.shapes, this.#faults!);
    return {
      reasoning: [],
      tokens: tokens.slice(0, limit),
      reason: limit < tokens.length ? "length" : "stop",
    };
  }

  /** Answers with an error, or not at all. Returns the status that was sent; 0 for none. */
  #failAtOnce(failure: FailureName | null, { dialect, request, id, outgoing }: Exchange): number {
    if (failure === "reset_before_headers") {
      outgoing.end("reset");
      return 0;
    }
    const { retry_after_s, exception } = this.#faults!;
    if (failure === "http_429") {
      const answer = dialect.failed(429, null);
      refuse(request, outgoing, answer, { ...id, "retry-after": String(retry_after_s) });
      return answer.status;
    }
    const answer = dialect.failed(500, exception);
    refuse(request, outgoing, answer, id);
    return answer.status;
  }

  /** Nothing is sent during the freeze, whatever it is. */
  async #thaw(outgoing: Outgoing): Promise<void> {
    const at = now();
    const wait = this.#freeze.thawed(at) - at;
    if (wait <= 0) return;
    outgoing.pause(wait);
    await outgoing.flushed();
  }

  #report(account: SendAccount, received_ms: number, status: number): void {
    this.#log.add(account.truth(status, this.#freeze.frozenBetween(received_ms, now())));
  }
}

/** The client's own id where it gives one, so that both sides' records can be joined. */
function givenId({ headers }: Request): string | null {
  const given = headers.get("x-request-id") ?? "";
  return /^[\x21-\x7e]{1,128}$/.test(given) ? given : null;
}

function notAllowed(method: string, path: string): Refusal {
  return new Refusal(405, `${method} is not allowed for ${path}.`, { code: "method_not_allowed" });
}

function refuse(
  request: Request,
  outgoing: Outgoing,
  answer: ErrorAnswer,
  headers: Readonly<Record<string, string>> = {},
): void {
  const all = { ...commonHeaders(request), ...headers, ...answer.headers };
  outgoing.write(wholeResponse(answer.status, answer.body, all));
}

function commonHeaders(request: Request): Record<string, string> {
  const closing = !request.keep_alive || request.minor_version === 0;
  return {
    date: new Date().toUTCString(),
    server: `fmbench-simulate/${version}`,
    connection: closing ? "close" : "keep-alive",
  };
}
