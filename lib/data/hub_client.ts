/** Requests to the Hugging Face Hub: its token, its redirects, its refusals. */

import { join } from "node:path";
import process from "node:process";
import { messageOf, UserError } from "../core/mod.ts";

export interface HubOptions {
  /** What is asked for, in the words of errors. @default "data set" */
  readonly kind?: "data set" | "model";
  /** @default `HF_ENDPOINT`, else https://huggingface.co */
  readonly endpoint?: string;
  /** Files that may hold a token, looked at after the environment and before the one that `hf auth login` writes. */
  readonly token_files?: readonly string[];
  /** @default the environment of this process: `HF_ENDPOINT`, `HF_TOKEN`, `HF_HOME`, `HOME`, `XDG_CACHE_HOME` */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Folder for what is downloaded. @default `fmbench/hub` in the user's cache folder */
  readonly cache_dir?: string;
  /** Waits before a request is made again. @default real time */
  readonly wait?: (ms: number) => Promise<void>;
  readonly signal?: AbortSignal;
}

/** What a response says of a file besides its content. */
export interface HubResponse {
  readonly response: Response;
  /** The URL that answered, after all redirects. */
  readonly url: string;
  /** SHA-256 of a large file, git's SHA-1 of a small one: as the Hub itself gives it, not the store it redirects to. */
  readonly etag: string | null;
  readonly size: number | null;
}

const attempts = 5;

/** The Hub could not be reached, or failed, five times in a row. */
export class HubUnreachable extends UserError {}

/** Talks to one Hub. */
export class HubClient {
  readonly endpoint: string;
  readonly cache_dir: string;
  readonly #options: HubOptions;
  readonly #env: Readonly<Record<string, string | undefined>>;
  #token: Promise<string | null> | undefined;

  constructor(options: HubOptions = {}) {
    this.#options = options;
    this.#env = options.env ?? process.env;
    this.endpoint = (options.endpoint ?? (this.#env["HF_ENDPOINT"] || "https://huggingface.co"))
      .replace(/\/+$/, "");
    this.cache_dir = options.cache_dir ??
      join(this.#env["XDG_CACHE_HOME"] || join(this.#home, ".cache"), "fmbench", "hub");
  }

  get #kind(): "data set" | "model" {
    return this.#options.kind ?? "data set";
  }

  get #home(): string {
    return this.#env["HOME"] ?? this.#env["USERPROFILE"] ?? ".";
  }

  /** Waits before attempt number `attempt` (from 1), half a second and then twice as long each time. */
  async pause(attempt: number): Promise<void> {
    this.#options.signal?.throwIfAborted();
    const ms = 500 * 2 ** (attempt - 1);
    await (this.#options.wait ?? ((time) => new Promise((done) => setTimeout(done, time))))(ms);
  }

  /**
   * Makes a request and follows redirects; the token goes to the Hub alone, never to the store it redirects to. Tries
   * again, five times in all, when the Hub can't be reached, is overloaded or fails.
   *
   * @param repo what errors call it: `org/name`
   * @returns the answer, also one that refuses (404, 416, ...), but for 401 and 403
   * @throws {UserError} If access is refused or the Hub can't be reached
   */
  async request(
    repo: string,
    url: string,
    { method = "GET", headers = {} }: { method?: string; headers?: Record<string, string> } = {},
  ): Promise<HubResponse> {
    for (let attempt = 1;; attempt++) {
      let found: string;
      try {
        const answer = await this.#follow(url, method, headers);
        const { status } = answer.response;
        const refused = status === 401 || status === 403;
        const own = new URL(answer.url).origin === new URL(this.endpoint).origin;
        if (refused && own) throw await this.#refusal(repo, answer.response);
        if (!refused && status !== 429 && status < 500) return answer;
        await answer.response.body?.cancel();
        found = `${own ? "the Hub" : "the Hub's store"} answers ${status}`;
      } catch (error) {
        if (error instanceof UserError) throw error;
        this.#options.signal?.throwIfAborted();
        found = `the Hub can't be reached (${messageOf(error)})`;
      }
      if (attempt === attempts) throw this.#unreachable(repo, found);
      await this.pause(attempt);
    }
  }

  /** The JSON that a path of the API answers, and the `next` page if there is one; null for 404 and the like. */
  async json(repo: string, url: string): Promise<{ value: unknown; next: string | null } | null> {
    const { response, url: answered } = await this.request(repo, url);
    if (!response.ok) {
      await response.body?.cancel();
      return null;
    }
    const next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get("link") ?? "")?.[1] ?? null;
    return { value: await response.json(), next: next === null ? null : new URL(next, answered).href };
  }

  async #follow(url: string, method: string, headers: Record<string, string>): Promise<HubResponse> {
    let at = new URL(url);
    let etag: string | null = null;
    let size: number | null = null;
    const hub = new URL(this.endpoint).origin;
    const signal = this.#options.signal;
    for (let hops = 0; hops < 12; hops++) {
      const own = at.origin === hub;
      const token = own ? await this.token() : null;
      const response = await fetch(at, {
        method,
        headers: {
          // Lengths and ranges must be those of the file itself.
          "accept-encoding": "identity",
          ...headers,
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
        redirect: "manual",
        ...(signal === undefined ? {} : { signal }),
      });
      const linked = response.headers.get("x-linked-etag");
      const target = [301, 302, 303, 307, 308].includes(response.status)
        ? response.headers.get("location")
        : null;
      if (etag === null && own && (linked !== null || target === null)) {
        etag = (linked ?? response.headers.get("etag"))?.replace(/^W\//, "").replaceAll('"', "") ?? null;
        const length = response.headers.get("x-linked-size") ??
          (target === null ? response.headers.get("content-length") : null);
        size = length === null ? null : Number(length);
      }
      const next = target === null ? null : new URL(target, at);
      // The store's signed addresses are good for GET alone; the Hub has said all there is to know by then.
      if (next === null || (method === "HEAD" && next.origin !== hub)) {
        return { response, url: at.href, etag, size };
      }
      await response.body?.cancel();
      at = next;
    }
    throw new Error("it redirects in a circle");
  }

  /** The user's token; null when there is none. */
  token(): Promise<string | null> {
    return this.#token ??= this.#findToken();
  }

  async #findToken(): Promise<string | null> {
    const env = this.#env;
    const named = env["HF_TOKEN"]?.trim();
    if (named) return named;
    const own = env["HF_TOKEN_PATH"] ||
      join(env["HF_HOME"] || join(this.#home, ".cache", "huggingface"), "token");
    for (const file of [...this.#options.token_files ?? [], own]) {
      const text = await Deno.readTextFile(file).catch(() => "");
      // FMBench ships a file that holds a request to put the token there.
      if (/^hf_\w+$/.test(text.trim())) return text.trim();
    }
    return null;
  }

  async #refusal(repo: string, response: Response): Promise<UserError> {
    const code = response.headers.get("x-error-code");
    await response.body?.cancel();
    const has = await this.token() !== null;
    const what = code === "GatedRepo"
      ? "its terms have to be accepted first"
      : code === "RepoNotFound"
      ? `there is no such ${this.#kind}, or it is private`
      : "it is gated, private, or not there at all";
    const page = `${this.endpoint}/${this.#kind === "model" ? "" : "datasets/"}${repo}`;
    return new UserError({
      action: `read the ${this.#kind}`,
      thing: this.#kind === "model" ? repo : `hf:${repo}`,
      found: `the Hub refuses it with ${response.status}: ${what}`,
      expected: has ? "a token whose owner may read it" : "a token, there is none",
      remedy: has
        ? `Accept the terms at ${page} with the account that the token belongs to.`
        : `Accept the terms at ${page}, then set HF_TOKEN or put the token into hf_token.txt beside the config.`,
    });
  }

  #unreachable(repo: string, found: string): HubUnreachable {
    return new HubUnreachable({
      action: `read the ${this.#kind}`,
      thing: this.#kind === "model" ? repo : `hf:${repo}`,
      found: `${found}, ${attempts} times in a row`,
      expected: `an answer from ${this.endpoint}`,
      remedy: "Check the network, or HF_ENDPOINT if you use a mirror; what was downloaded so far is kept.",
    });
  }
}
