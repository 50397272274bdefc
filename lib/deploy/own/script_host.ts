/** The program that a user's deployment script runs in, with all the rights of the user: one call of `deploy` or `remove`. */

import { pathToFileURL } from "node:url";
import { messageLine, messageOf } from "../../core/mod.ts";
import type { OwnContext, OwnDeploy, OwnDeployContext, OwnRemove, OwnResource } from "./own_script.ts";
import type { FromScript, ScriptTask, ToScript } from "./script_messages.ts";

const exit = Deno.exit;

/** Whole, and in one go: the module may write there, too. */
function say(message: FromScript): void {
  const line = messageLine(message);
  for (let at = 0; at < line.length;) at += Deno.stdout.writeSync(line.subarray(at));
}

type WithoutMark<T> = T extends unknown ? Omit<T, "mark"> : never;

class Host {
  readonly #aborting = new AbortController();
  readonly #questions = new Map<number, (value: string | null) => void>();
  #mark = "";
  #asked = 0;

  take(message: ToScript): void {
    if ("reply" in message) this.#questions.get(message.reply)?.(message.value);
    else if ("abort" in message) this.#aborting.abort(new Error(message.abort));
    else {
      this.#mark = message.mark;
      this.#run(message).then(
        (said) => this.#tell(said),
        (error) => this.#tell({ failed: messageOf(error) }),
      ).finally(() => exit(0));
    }
  }

  #tell(message: WithoutMark<FromScript>): void {
    say({ mark: this.#mark, ...message } as FromScript);
  }

  #ask(question: { readonly hub_token: true } | { readonly created: OwnResource }): Promise<string | null> {
    const { promise, resolve } = Promise.withResolvers<string | null>();
    const ask = this.#asked++;
    this.#questions.set(ask, resolve);
    this.#tell({ ask, ...question });
    return promise;
  }

  async #run({ module: path, call, run_id, tags, labels }: ScriptTask): Promise<WithoutMark<FromScript>> {
    const module: Record<string, unknown> = await import(pathToFileURL(path).href);
    const context: OwnContext = {
      ...{ run_id, tags, labels },
      log: (message) => this.#tell({ log: String(message) }),
      signal: this.#aborting.signal,
    };
    for (const name of ["deploy", "remove"]) {
      if (typeof module[name] !== "function") throw new Error(`it exports no function ${name}()`);
    }
    if ("remove" in call) {
      const removal = await (module["remove"] as OwnRemove)(call.remove, context);
      return { removal: removal === "already gone" ? removal : "removed" };
    }
    const { config_dir, run_dir } = call;
    const deployContext: OwnDeployContext = {
      ...context,
      ...{ config_dir, run_dir },
      hubToken: () => this.#ask({ hub_token: true }),
      created: async (resource) => void await this.#ask({ created: resource }),
    };
    const deployed = await (module["deploy"] as OwnDeploy)(call.deploy, deployContext);
    return { deployed: deployed ?? null };
  }
}

if (import.meta.main) {
  // Standard output is for messages: what the module says goes the other way.
  for (const name of ["log", "info", "debug"] as const) console[name] = console.error;
  // A terminal's Ctrl-C reaches the whole group; this process obeys its parent alone.
  Deno.addSignalListener("SIGINT", () => {});
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGHUP", () => {});
  const host = new Host();
  const input = new Worker(new URL("./script_input.ts", import.meta.url), { type: "module" });
  input.onmessage = ({ data }: MessageEvent<ToScript>) => host.take(data);
}
