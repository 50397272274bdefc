/** One call of a user's deployment script, in a process of its own, as its parent holds it. */

import { dirname } from "node:path";
import { labelKeys, type Ownership, tagsOf } from "../ownership.ts";
import { messageLine, messageOf, messagesOf, redact, UserError } from "../../core/mod.ts";
import type { OwnDeployed, OwnResource } from "./own_script.ts";
import type { FromScript, ScriptTask, ToScript } from "./script_messages.ts";

const program = new URL("./script_host.ts", import.meta.url).href;

/** Arguments of Deno: the script may do what the user may. */
export const scriptArguments: readonly string[] = ["run", "--quiet", "--no-prompt", "--allow-all", program];

/** Whose a deployment is. */
export interface ScriptOwner {
  readonly ownership: Ownership;
  readonly experiment: string;
  readonly nonce: string;
}

export interface ScriptCall {
  /** Absolute path. */
  readonly module: string;
  readonly owner: ScriptOwner;
  readonly call: ScriptTask["call"];
  readonly log: (message: string) => void;
  readonly signal?: AbortSignal;
  /** After that it is told to stop, and ended. */
  readonly limit_ms: number;
  /** How long it may go on after it was told to stop. */
  readonly grace_ms: number;
  readonly hubToken?: () => Promise<string | null>;
  /** Told of what exists, before the script goes on. */
  readonly created?: (resource: OwnResource) => void;
}

/** What came of it. */
export type ScriptOutcome = { readonly deployed: OwnDeployed | null } | {
  readonly removal: "removed" | "already gone";
};

/** Tags and labels that a script gets to write on what it creates. */
export function marksOf({ ownership, experiment, nonce }: ScriptOwner): Pick<ScriptTask, "tags" | "labels"> {
  const tags = { ...tagsOf(ownership, experiment), "fmbench:nonce": nonce };
  const plain = (text: string) => text.replace(/[^\w.-]+/g, "_").slice(0, 63).replace(/^[_.-]+|[_.-]+$/g, "");
  const labels = {
    [labelKeys.run_id]: plain(ownership.run_id),
    [labelKeys.owner]: plain(ownership.owner),
    [labelKeys.expires_at]: plain(ownership.expires_at.replace(/[-:]/g, "")),
    [labelKeys.experiment]: plain(experiment),
    "fmbench.dev/nonce": nonce,
  };
  return { tags, labels };
}

/**
 * Calls `deploy` or `remove` of a module. Its process has ended when this settles.
 *
 * @throws the signal's reason when it is aborted
 * @throws {UserError} if the module can't be used, throws, or takes too long
 */
export async function callScript(options: ScriptCall): Promise<ScriptOutcome> {
  const { module, owner, call, signal, limit_ms, grace_ms } = options;
  signal?.throwIfAborted();
  const child = new Deno.Command(Deno.execPath(), {
    args: [...scriptArguments],
    cwd: dirname(module),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const tell = (message: ToScript) => writer.write(messageLine(message)).catch(() => {});
  const mark = crypto.randomUUID();
  let stopped: string | null = null;
  let kill: ReturnType<typeof setTimeout> | undefined;
  const stop = (why: string) => {
    if (stopped !== null) return;
    stopped = why;
    tell({ abort: why });
    kill = setTimeout(() => end(child), grace_ms);
  };
  // What the script has started may hold the outputs of a process that is gone.
  const over = new AbortController();
  child.status.then(() => setTimeout(() => over.abort(), after_ms));
  const timer = setTimeout(() => stop(`it has not come to an end within ${limit_ms / 1000} s`), limit_ms);
  const onAbort = () => stop("the step was stopped");
  signal?.addEventListener("abort", onAbort);
  const secrets: string[] = [];
  const clean = (text: string) => redact(text, secrets);
  const complaint = relay(child.stderr, over.signal, (line) => options.log(clean(line)));
  let outcome: ScriptOutcome | null = null;
  let failure: string | null = null;
  try {
    tell({ mark, module, run_id: owner.ownership.run_id, ...marksOf(owner), call });
    for await (const message of messagesOf<FromScript>(until(child.stdout, over.signal))) {
      if (message.mark !== mark) continue;
      if ("log" in message) options.log(clean(message.log));
      else if ("hub_token" in message) {
        const token = await options.hubToken?.() ?? null;
        if (token !== null) secrets.push(token);
        tell({ reply: message.ask, value: token });
      } else if ("created" in message) {
        options.created?.(without(message.created, secrets));
        tell({ reply: message.ask, value: null });
      } else {
        if ("failed" in message) failure = message.failed;
        else outcome = "deployed" in message ? { deployed: without(message.deployed, secrets) } : message;
        break;
      }
    }
  } catch (error) {
    if (!over.signal.aborted) failure = messageOf(error);
    end(child);
  } finally {
    clearTimeout(timer);
    const { code } = await child.status;
    clearTimeout(kill);
    signal?.removeEventListener("abort", onAbort);
    await writer.close().catch(() => {});
    const said = await complaint;
    failure ??= `its process ended with code ${code}${said === "" ? "" : `: ${said}`}`;
  }
  if (outcome !== null) return outcome;
  signal?.throwIfAborted();
  throw new UserError({
    action: "deploy" in call ? "deploy by the script" : "remove by the script",
    thing: module,
    found: clean(stopped ?? failure).replace(/[.\s]+$/, ""),
    remedy: "docs/deploy/own_script.md says what it has to be.",
  });
}

/** How long outputs are read once their process has ended. */
const after_ms = 500;

function end(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended already.
  }
}

function until<T>(stream: ReadableStream<T>, signal: AbortSignal): ReadableStream<T> {
  return stream.pipeThrough(new TransformStream<T, T>(), { signal });
}

/** A value of JSON without what this process knows to be secret. */
function without<T>(value: T, secrets: readonly string[]): T {
  let text = JSON.stringify(value);
  for (const secret of secrets) text = text.replaceAll(secret, "[redacted]");
  return JSON.parse(text) as T;
}

/** Hands on line by line, and gives the end of it all. */
async function relay(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
  line: (text: string) => void,
): Promise<string> {
  let kept = "";
  let last = "";
  try {
    for await (const part of until(stream, signal).pipeThrough(new TextDecoderStream())) {
      last = (last + part).slice(-1000);
      const lines = (kept + part).split("\n");
      kept = lines.pop() ?? "";
      for (const one of lines) if (one.trim() !== "") line(one);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return last.replace(/\s+/g, " ").trim();
}
