/** What is behind the paths: models, health and chat completions. Knows requests and answers, not sockets. */

import { seededRandom, sha256, version } from "../core/mod.ts";
import { Answers } from "./answers.ts";
import { type ChatRequest, readChatRequest, Refusal } from "./chat_request.ts";
import { errorBody, modelCard } from "./chat_response.ts";
import { Completion, jsonResponse } from "./completion.ts";
import type { Incoming, Request } from "./incoming.ts";
import { type SimulateOptions, timingOf } from "./options.ts";
import type { Outgoing } from "./outgoing.ts";
import { Scheduler } from "./scheduler.ts";
import { now } from "./time.ts";
import { splitTokens } from "./tokens.ts";
import { TruthLog } from "./truth_log.ts";

export class Service {
  readonly #options: SimulateOptions;
  readonly #answers: Answers;
  readonly #scheduler: Scheduler;
  readonly #log: TruthLog;
  readonly #created = Math.floor(Date.now() / 1000);
  /** How often each prompt was asked: a repetition gets a jitter of its own. */
  readonly #uses = new Map<string, number>();
  #count = 0;

  /** Throws UserError for an unknown profile and what the file system throws for the log. */
  constructor(options: SimulateOptions) {
    const timing = timingOf(options);
    this.#options = options;
    this.#answers = new Answers(options);
    this.#log = new TruthLog(options.log_path);
    this.#scheduler = new Scheduler(timing);
  }

  /** Reads the prompts that are there already. */
  prepare(): Promise<void> {
    return this.#answers.refresh();
  }

  /** Answers one request; resolves when the response has been handed over or its client has left. */
  async handle(request: Request, incoming: Incoming, outgoing: Outgoing): Promise<void> {
    const { method, path } = request;
    if (path === "/v1/chat/completions") {
      if (method === "POST") return await this.#chat(request, incoming, outgoing);
      return refuse(request, outgoing, notAllowed(method, path), { allow: "POST" });
    }
    const content = this.#document(path);
    if (content === null) {
      return refuse(
        request,
        outgoing,
        new Refusal(404, `There is nothing at ${path}.`, { code: "unknown_url" }),
      );
    }
    if (method !== "GET") return refuse(request, outgoing, notAllowed(method, path), { allow: "GET" });
    outgoing.send(jsonResponse(200, JSON.stringify(content), commonHeaders(request)));
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
    const id = idOf(request, n);
    let chat: ChatRequest;
    try {
      chat = readChatRequest(request.body, this.#options.model_id);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuse(request, outgoing, error, { "x-request-id": id });
      this.#logRefusal(n, id, request, error.status);
      return;
    }
    const answer = await this.#answers.to(chat.prompt);
    const tokens = splitTokens(answer.text);
    const kept = tokens.slice(0, chat.max_tokens ?? tokens.length);
    const ended = new AbortController();
    const completion = new Completion(
      {
        identity: { id, model_id: this.#options.model_id, created: Math.floor(Date.now() / 1000) },
        tokens: kept,
        reason: kept.length < tokens.length ? "length" : "stop",
        prompt_tokens: answer.prompt_tokens,
        stream: chat.stream ? chat : null,
        chunked: request.minor_version === 1,
        headers: { ...commonHeaders(request), "x-request-id": id },
        n,
        received_ms: request.received_ms,
      },
      outgoing,
      (truth) => {
        this.#log.add(truth);
        ended.abort();
      },
    );
    const { next: draw } = this.#jitter(chat.prompt);
    const work = { prompt_tokens: answer.prompt_tokens, completion_tokens: kept.length, draw };
    this.#scheduler.submit(completion, work, request.received_ms);
    await incoming.closed(ended.signal);
    if (ended.signal.aborted) return;
    this.#scheduler.cancel(completion);
    completion.cancel();
  }

  #jitter(prompt: string) {
    const key = sha256(prompt).slice(0, 16);
    const use = (this.#uses.get(key) ?? 0) + 1;
    this.#uses.set(key, use);
    return seededRandom(this.#options.seed, ["jitter", key, use]);
  }

  #logRefusal(n: number, request_id: string, { received_ms }: Request, status: number): void {
    this.#log.add({
      n,
      received_ms,
      first_send_ms: null,
      last_send_ms: null,
      done_ms: now(),
      deadline_error_ms_max: null,
      ttft_ms: null,
      prompt_tokens: null,
      completion_tokens: null,
      status,
      request_id,
    });
  }
}

/** The client's own id where it gives one, so that both sides' records can be joined. */
function idOf(request: Request, n: number): string {
  const given = request.headers.get("x-request-id") ?? "";
  return /^[\x21-\x7e]{1,128}$/.test(given) ? given : `chatcmpl-${n}-${crypto.randomUUID().slice(0, 8)}`;
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
  outgoing.send(jsonResponse(refusal.status, errorBody(refusal), { ...commonHeaders(request), ...headers }));
}

function commonHeaders(request: Request): Record<string, string> {
  const closing = !request.keep_alive || request.minor_version === 0;
  return {
    date: new Date().toUTCString(),
    server: `fmbench-simulate/${version}`,
    connection: closing ? "close" : "keep-alive",
  };
}
