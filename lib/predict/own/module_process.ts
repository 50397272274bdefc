/** One process of a user's module as its parent holds it: calls go in, answers come out, and when it has ended nothing more comes. */

import { dirname } from "node:path";
import { type ErrorKind, messageLine, messagesOf, redact, UserError } from "../../core/mod.ts";
import { type Carried, neverCarried } from "../carrying.ts";
import type { Parameters, PredictorOptions, Prompt } from "../predictor.ts";
import type { FromHost, ToHost } from "./host_messages.ts";
import {
  endpointVariables,
  type Environment,
  givenVariables,
  moduleRights,
  reachableHosts,
} from "./module_rights.ts";

/** How a module's process is had. */
export interface ModuleProcessOptions {
  readonly endpoint: PredictorOptions["endpoint"];
  /** Absolute path. */
  readonly module: string;
  /** Where its API keys and the runtime's own variables are taken from. */
  readonly env: Environment;
  /** Limit for one call. */
  readonly timeout_ms: number;
  /** How long it may take to be ready. A module that is imported gives up earlier, unless it never gives way. @default 35000 */
  readonly patience_ms?: number;
  readonly signal?: AbortSignal;
}

/** The host ends by itself once its input does, unless the module never gives way; the keeper ends it whatever it does. */
const programs = {
  keeper: new URL("./keeper.ts", import.meta.url).href,
  host: new URL("./host.ts", import.meta.url).href,
};

/** A call that is over its limit in the process itself is told there; code that never gives way can't tell. */
const grace_ms = 2_000;

export class ModuleProcess {
  readonly #options: ModuleProcessOptions;
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #mark = crypto.randomUUID();
  readonly #ready = Promise.withResolvers<void>();
  readonly #waiting = new Map<number, (carried: Carried) => void>();
  readonly #over: Promise<void>;
  #calls = 0;
  #ended = false;
  /** What it is ended for; null: it is not, or ends by itself. */
  #verdict: { readonly kind: ErrorKind; readonly message: string } | null = null;

  /** @throws {UserError} if the module can't be used; the process has ended then */
  static async start(options: ModuleProcessOptions): Promise<ModuleProcess> {
    const { endpoint, env, timeout_ms, patience_ms = 35_000, signal } = options;
    const started = new ModuleProcess(options, await reachableHosts([endpoint.url], env));
    const kill = () => started.#end("cancelled");
    if (signal?.aborted) kill();
    signal?.addEventListener("abort", kill);
    const timer = setTimeout(() => {
      started.#end(`it was not ready within ${patience_ms / 1000} s: it never gives way`);
    }, patience_ms);
    try {
      started.#tell({ endpoint, timeout_ms, mark: started.#mark });
      await started.#ready.promise;
      return started;
    } catch (error) {
      await started.close();
      signal?.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", kill);
    }
  }

  private constructor(options: ModuleProcessOptions, hosts: readonly string[]) {
    const { endpoint, module, env } = options;
    this.#options = options;
    this.#ready.promise.catch(() => {});
    const deno = Deno.execPath();
    this.#child = new Deno.Command(deno, {
      args: [
        // Whatever it runs is named here; a right to this one program would not do where LD_LIBRARY_PATH is set.
        ...["run", "--quiet", "--no-prompt", "--no-config", "--allow-run", programs.keeper],
        ...[deno, "run", "--quiet", ...moduleRights(module, hosts), programs.host],
      ],
      cwd: dirname(module),
      clearEnv: true,
      env: givenVariables(env, endpointVariables(endpoint)),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#over = this.#listen();
  }

  /** Whether it has ended, by itself or by force. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Never rejects. Of a process that ends in the middle, all calls under way fail. */
  async call(prompt: Prompt, parameters: Parameters, signal: AbortSignal): Promise<Carried> {
    const cancelled = () => neverCarried({ kind: "cancelled", message: "cancelled" }, performance.now());
    if (signal.aborted) return cancelled();
    const id = this.#calls++;
    const { promise, resolve } = Promise.withResolvers<Carried>();
    const cancel = () => {
      this.#tell({ cancel: id });
      resolve(cancelled());
    };
    signal.addEventListener("abort", cancel);
    const limit_ms = this.#options.timeout_ms + grace_ms;
    const timer = setTimeout(() => {
      this.#end(`no answer within ${limit_ms / 1000} s, and it never gave way`, "timeout");
    }, limit_ms);
    this.#waiting.set(id, resolve);
    try {
      if (this.#ended) resolve(this.#lost("it has ended"));
      else this.#tell({ call: id, prompt, parameters });
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
      signal.removeEventListener("abort", cancel);
    }
  }

  /** Ends it at once, whatever it is doing. */
  async close(): Promise<void> {
    this.#end("it was closed");
    await this.#over;
  }

  /** By silence: so it ends as well when this process is killed. */
  #end(message: string, kind: ErrorKind = "stream"): void {
    if (this.#ended || this.#verdict !== null) return;
    this.#verdict = { kind, message };
    this.#writer.close().catch(() => {});
  }

  #tell(message: ToHost): void {
    // A process that is gone shows by the end of its messages.
    this.#writer.write(messageLine(message)).catch(() => {});
  }

  async #listen(): Promise<void> {
    const complaint = lastText(this.#child.stderr);
    for await (const message of messagesOf<Partial<FromHost>>(this.#child.stdout)) {
      if (message.mark !== this.#mark) continue;
      if ("ready" in message) this.#ready.resolve();
      else if ("failed" in message) this.#ready.reject(new UserError(String(message.failed)));
      else if ("done" in message) this.#waiting.get(Number(message.done))?.(message.carried as Carried);
    }
    const { code } = await this.#child.status;
    this.#ended = true;
    await this.#writer.close().catch(() => {});
    const said = await complaint;
    const why = this.#verdict?.message ??
      `its process ended with code ${code}${said === "" ? "" : `: ${said}`}`;
    this.#ready.reject(
      new UserError({
        action: "use the predictor",
        thing: this.#options.module,
        found: this.#told(why),
        remedy: "docs/predictors.md says what it has to be.",
      }),
    );
    for (const resolve of this.#waiting.values()) resolve(this.#lost(why));
  }

  #lost(why: string): Carried {
    const message = this.#told(`${this.#options.module} in the middle of the call: ${why}`);
    return neverCarried({ kind: this.#verdict?.kind ?? "stream", message }, performance.now());
  }

  /** Without keys: what a module complains of may hold them. */
  #told(text: string): string {
    const { endpoint, env } = this.#options;
    const secrets = endpointVariables(endpoint).flatMap((name) => env[name] ?? []);
    return redact(text, secrets);
  }
}

async function lastText(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) text = (text + part).slice(-1000);
  return text.replace(/\s+/g, " ").trim();
}
