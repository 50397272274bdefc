/** A user's module and the one object it is imported for. */

import { basename } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { messageOf } from "../../core/mod.ts";
import type { OwnClient, OwnPredictorOptions, OwnProtocol } from "./own_predictor.ts";

/** How long importing a module, or making one request, may take. */
const patience_ms = 30_000;

/** What keeps a module from being used, as parts of a complaint. */
export class ModuleFault extends Error {
  override readonly name = "ModuleFault";
  constructor(readonly found: string, readonly expected?: string) {
    super(found);
  }
}

/** What the class of a module is: one of the two forms. */
export type OwnPredictor = { readonly protocol: OwnProtocol } | { readonly client: OwnClient };

const eitherForm = "request() and answer(), or predict()";

/**
 * Imports a module and makes an instance of its class.
 *
 * @param path absolute
 * @throws {ModuleFault} if that can't be done, or the instance has neither form
 */
export async function importPredictor(path: string, options: OwnPredictorOptions): Promise<OwnPredictor> {
  let module: Record<string, unknown>;
  try {
    module = await inTime(import(pathToFileURL(path).href), "it was not ready");
  } catch (error) {
    throw new ModuleFault(`it can't be imported: ${importFault(error, path)}`);
  }
  const made = module["default"] ?? module["Predictor"];
  if (typeof made !== "function") {
    throw new ModuleFault("it exports no class", "one as default, or under the name Predictor");
  }
  try {
    const instance = new (made as new (options: OwnPredictorOptions) => Record<string, unknown>)(options);
    const fault = shapeFault(instance, options.stream);
    if (fault !== null) throw fault;
    return typeof instance["predict"] === "function"
      ? { client: instance as unknown as OwnClient }
      : { protocol: instance as unknown as OwnProtocol };
  } catch (error) {
    throw error instanceof ModuleFault
      ? error
      : new ModuleFault(`its class can't be made: ${messageOf(error)}`);
  }
}

/** Gives up what takes so long that it will not come; timers can't end code that never gives way. */
export async function inTime<T>(coming: PromiseLike<T>, found: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${found} within ${patience_ms / 1000} s`)), patience_ms);
  });
  try {
    return await Promise.race([coming, late]);
  } finally {
    clearTimeout(timer);
  }
}

function shapeFault(made: Readonly<Record<string, unknown>>, stream: boolean): ModuleFault | null {
  const has = (name: string) => typeof made[name] === "function";
  const { endpointName, framing, endsBy } = made;
  if (typeof endpointName !== "string") {
    return new ModuleFault("its class has no property endpointName", "a text: how it calls the endpoint");
  }
  if (has("predict")) {
    return has("request") ? new ModuleFault("its class has both request() and predict()", eitherForm) : null;
  }
  for (const method of ["request", "answer"]) {
    if (!has(method)) return new ModuleFault(`its class has no method ${method}()`, eitherForm);
  }
  if (framing !== undefined && framing !== "sse" && framing !== "json_lines") {
    return new ModuleFault("its class has a framing that is unknown", '"sse" or "json_lines"');
  }
  if (endsBy !== undefined && endsBy !== "event" && endsBy !== "response") {
    return new ModuleFault("its class has an endsBy that is unknown", '"event" or "response"');
  }
  return !stream || has("event") ? null : new ModuleFault(
    "its class has no method event(), so its answers can't be read piece by piece",
    "event(), or stream: false in inference_spec",
  );
}

const place = /\bat (file:\/\/\S+?):(\d+):(\d+)\s*$/;

/** What the runtime says, on one line: what it draws between the message and the place is left out. */
function importFault(error: unknown, path: string): string {
  const message = stripVTControlCharacters(messageOf(error));
  const [first = ""] = message.split("\n");
  const what = first.replace(/\.$/, "").replace(/^SyntaxError: /, "").replace(
    /^The module's source code could not be parsed: /,
    "",
  );
  const [, url, line, column] = message.match(place) ?? [];
  const said = /lockfile is out of date/.test(what)
    ? "it imports a package that the project does not have"
    : what;
  if (url === undefined || said.includes(url)) return said;
  const file = fileURLToPath(url);
  return `${said} (${file === path ? "" : `${basename(file)}, `}line ${line}, column ${column})`;
}
