/** Which predictors there are, by the name that an endpoint gives. */

import { UserError } from "../core/mod.ts";
import { openaiChat } from "./openai_chat.ts";
import type { Predictor, PredictorFactory, PredictorOptions } from "./predictor.ts";

const predictors = new Map<string, PredictorFactory>([["openai_chat", openaiChat]]);

/** The names an endpoint may give. */
export function predictorNames(): string[] {
  return [...predictors.keys()];
}

/** The predictor that talks to an endpoint. Throws UserError when its name is not known. */
export function predictorFor(options: PredictorOptions): Predictor {
  const { predictor } = options.endpoint;
  const make = predictors.get(predictor);
  if (make === undefined) {
    throw new UserError({
      action: "talk to the endpoint by the protocol",
      thing: predictor,
      found: "there is no such predictor",
      expected: `one of ${predictorNames().join(", ")}`,
    });
  }
  return make(options);
}
