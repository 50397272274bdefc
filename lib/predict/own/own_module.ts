/** The user's own predictor: a TypeScript module that `inference_script` names. What it has to be says `own_predictor.ts`. */

import { messageOf, UserError } from "../../core/mod.ts";
import { clipped } from "../failure.ts";
import { ownCall } from "./own_module_call.ts";
import { importPredictor, inTime, ModuleFault } from "./own_module_import.ts";
import { OwnProtocolReader } from "./own_module_reader.ts";
import { requestBy } from "./own_module_request.ts";
import { holdStrayErrors } from "./own_module_stray.ts";
import type { OwnParameters, OwnPredictorOptions, OwnPrompt, OwnProtocol } from "./own_predictor.ts";
import type { Exchange, Predictor, PredictorOptions } from "../predictor.ts";
import { requestHeaders } from "../request_headers.ts";
import { usualCap } from "../rest/rest_template.ts";
import { capOf } from "../token_cap.ts";

/**
 * The predictor that the module at `options.module` exports. From then on, what is thrown in this process where nobody waits for
 * it no longer ends it.
 *
 * @throws {UserError} if the module can't be imported, or what it exports is no predictor
 */
export async function ownModule(options: PredictorOptions): Promise<Predictor> {
  const { endpoint, stream } = options;
  const path = endpoint.options?.module ?? endpoint.predictor;
  const { headers, secrets } = requestHeaders(options);
  holdStrayErrors();
  try {
    const own = await importPredictor(path, ownOptions(options, headers));
    const begin: Predictor["begin"] = "client" in own
      ? (asked, parameters) => {
        const prompt = ownPrompt(asked);
        return ownCall((context) => own.client.predict(prompt, parameters, context), secrets);
      }
      : (asked, parameters) => exchange(own.protocol, ownPrompt(asked), parameters, { stream, secrets });
    return { name: endpoint.predictor, begin, maxTokens: (parameters) => capOf(parameters, usualCap) };
  } catch (error) {
    if (!(error instanceof ModuleFault)) throw error;
    throw new UserError({
      action: "use the predictor",
      thing: path,
      found: clipped(error.found, secrets),
      ...error.expected === undefined ? {} : { expected: error.expected },
      remedy: "docs/predictors.md says what it has to be.",
    });
  }
}

function ownOptions(
  { endpoint, stream, env = {} }: PredictorOptions,
  headers: OwnPredictorOptions["headers"],
): OwnPredictorOptions {
  const { endpoint_name, url, model_id, region } = endpoint;
  const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    endpoint: { name: endpoint_name, url, model_id, region },
    stream,
    headers,
    env: Object.fromEntries(set),
  };
}

/** Nothing but what is asked: the payload that it comes from knows the right answer, too. */
function ownPrompt({ prompt, images, messages }: OwnPrompt): OwnPrompt {
  return { prompt, ...images === undefined ? {} : { images }, ...messages === undefined ? {} : { messages } };
}

/** What the user's code throws is told without secrets. */
function exchange(
  protocol: OwnProtocol,
  prompt: OwnPrompt,
  parameters: OwnParameters,
  { stream, secrets }: { stream: boolean; secrets: readonly string[] },
): Exchange | Promise<Exchange> {
  const redacted = (error: unknown) => new Error(clipped(messageOf(error), secrets));
  const made = (value: unknown): Exchange => ({
    request: requestBy(value),
    reader: new OwnProtocolReader(protocol, stream, secrets),
  });
  try {
    const given: unknown = protocol.request(prompt, parameters);
    if (!(given instanceof Promise)) return made(given);
    return inTime(given, "request() gave nothing").then(made).catch((error) => {
      throw redacted(error);
    });
  } catch (error) {
    throw redacted(error);
  }
}
