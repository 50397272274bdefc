/** What is behind the paths: models, health and chat completions. Knows requests and answers, not sockets. */

import { seededRandom, sha256, version } from "../core/mod.ts";
import { Answers } from "./answers.ts";
import { type ChatRequest, readChatRequest, Refusal } from "./chat_request.ts";
import { errorBody, modelCard, serverError } from "./chat_response.ts";
import { Completion, type CompletionPlan, type Spoken } from "./completion.ts";
import { DisturbedCompletion, lengthOf } from "./disturbed_completion.ts";
import { spokenOf } from "./disturbed_events.ts";
import { type Disturbance, drawDisturbance } from "./fault_draw.ts";
import { completeFaults, type FailureName, type FaultSettings } from "./fault_options.ts";
import { Freeze } from "./freeze.ts";
import type { Incoming, Request } from "./incoming.ts";
import { type SimulateOptions, timingOf } from "./options.ts";
import { jsonResponse, type Outgoing } from "./outgoing.ts";
import { Scheduler } from "./scheduler.ts";
import { type Asked, SendAccount } from "./send_account.ts";
import { now } from "./time.ts";
import { tokensOf } from "./tokens.ts";
import { TruthLog } from "./truth_log.ts";

/** Failures that take the place of an answer. */
const instead: ReadonlySet<FailureName | null> = new Set(["http_429", "http_500", "reset_before_headers"]);

export class Service {
  readonly #options: SimulateOptions;
  readonly #answers: Answers;
  readonly #scheduler: Scheduler;
  readonly #log: TruthLog;
  readonly #faults: FaultSettings | null;
  readonly #freeze: Freeze;
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
    if (path === "/v1/chat/completions") {
      this.#freeze.begin(request.received_ms);
      if (method === "POST") return await this.#chat(request, incoming, outgoing);
      return refuse(request, outgoing, notAllowed(method, path), { allow: "POST" });
    }
    await this.#thaw(outgoing);
    const content = this.#document(path);
    if (content === null) {
      return refuse(
        request,
        outgoing,
        new Refusal(404, `There is nothing at ${path}.`, { code: "unknown_url" }),
      );
    }
    if (method !== "GET") return refuse(request, outgoing, notAllowed(method, path), { allow: "GET" });
    outgoing.write(jsonResponse(200, JSON.stringify(content), commonHeaders(request)));
  }

  flush(): void {
    this.#log.flush();
  }

  async close(): Promise<void> {
    await this.#scheduler.close();
    this.#log.close();
  }

  #document(path: string): unknown {
    const { model_id, nonce } = this.#options;
    const card = modelCard(model_id, this.#created);
    switch (path) {
      case "/health":
        return { status: "ok", simulated: true, version, model_id, nonce };
      case "/v1/models":
        return { object: "list", data: [card] };
      case `/v1/models/${model_id}`:
        return card;
      default:
        return null;
    }
  }

  async #chat(request: Request, incoming: Incoming, outgoing: Outgoing): Promise<void> {
    const n = ++this.#count;
    const request_id = idOf(request, n);
    const { received_ms } = request;
    const asked: Asked = {
      ...{ n, received_ms, request_id, prompt_key: null, prompt_use: null, fault: null, shapes: [] },
    };
    let chat: ChatRequest;
    try {
      chat = readChatRequest(request.body, this.#options.model_id);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      await this.#thaw(outgoing);
      refuse(request, outgoing, error, { "x-request-id": request_id });
      const about = { streamed: false, prompt_tokens: null, log_tokens: 0 };
      this.#report(new SendAccount(asked, about), received_ms, error.status);
      return;
    }
    const prompt_key = sha256(chat.prompt).slice(0, 16);
    const key = givenId(request) ?? prompt_key;
    const prompt_use = (this.#uses.get(key) ?? 0) + 1;
    this.#uses.set(key, prompt_use);
    const disturbance = this.#faults && drawDisturbance(this.#faults, { key, use: prompt_use, n });
    const { failure = null, shapes = new Set<never>() } = disturbance ?? {};
    const answer = await this.#answers.to(chat.prompt);
    const tokens = tokensOf(answer.text);
    const spoken = this.#spoken(tokens, chat.max_tokens ?? Infinity, disturbance);
    const length = spoken.reasoning.length + spoken.tokens.length;
    const account = new SendAccount(
      { ...asked, prompt_key, prompt_use, fault: failure, shapes: [...shapes] },
      {
        streamed: chat.stream,
        prompt_tokens: answer.prompt_tokens,
        log_tokens: this.#options.log_tokens && this.#options.log_path !== null ? length : 0,
      },
    );
    if (instead.has(failure)) {
      await this.#thaw(outgoing);
      this.#report(account, received_ms, this.#failAtOnce(failure, request, request_id, outgoing));
      return;
    }
    const ended = new AbortController();
    const finish = (status: number) => {
      this.#report(account, received_ms, status);
      ended.abort();
    };
    const plan: CompletionPlan = {
      identity: { id: request_id, model_id: this.#options.model_id, created: Math.floor(Date.now() / 1000) },
      spoken,
      prompt_tokens: answer.prompt_tokens,
      stream: chat.stream ? chat : null,
      chunked: request.minor_version === 1,
      headers: { ...commonHeaders(request), "x-request-id": request_id },
    };
    const completion = disturbance === null
      ? new Completion(plan, outgoing, account, finish)
      : new DisturbedCompletion(plan, { disturbance, settings: this.#faults! }, outgoing, account, finish);
    const completion_tokens = disturbance !== null && chat.stream ? lengthOf(spoken, disturbance) : length;
    const { next: draw } = seededRandom(this.#options.seed, ["jitter", key, prompt_use]);
    const work = { prompt_tokens: answer.prompt_tokens, completion_tokens, draw };
    this.#scheduler.submit(completion, work, received_ms);
    await incoming.closed(ended.signal);
    if (ended.signal.aborted) return;
    this.#scheduler.cancel(completion);
    completion.cancel();
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
  #failAtOnce(
    failure: FailureName | null,
    request: Request,
    request_id: string,
    outgoing: Outgoing,
  ): number {
    if (failure === "reset_before_headers") {
      outgoing.end("reset");
      return 0;
    }
    const headers = { ...commonHeaders(request), "x-request-id": request_id };
    if (failure === "http_429") {
      const retry = { "retry-after": String(this.#faults!.retry_after_s) };
      outgoing.write(jsonResponse(429, serverError(429), { ...headers, ...retry }));
      return 429;
    }
    outgoing.write(jsonResponse(500, serverError(500), headers));
    return 500;
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
function idOf(request: Request, n: number): string {
  return givenId(request) ?? `chatcmpl-${n}-${crypto.randomUUID().slice(0, 8)}`;
}

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
  refusal: Refusal,
  headers: Readonly<Record<string, string>> = {},
): void {
  outgoing.write(jsonResponse(refusal.status, errorBody(refusal), { ...commonHeaders(request), ...headers }));
}

function commonHeaders(request: Request): Record<string, string> {
  const closing = !request.keep_alive || request.minor_version === 0;
  return {
    date: new Date().toUTCString(),
    server: `fmbench-simulate/${version}`,
    connection: closing ? "close" : "keep-alive",
  };
}
