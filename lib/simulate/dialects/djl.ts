/** DJL Serving, as AWS's Large Model Inference container runs it. */

import type { Dialect } from "../dialect.ts";
import type { SimulateOptions } from "../options.ts";
import { Refusal } from "../refusal.ts";
import { containerReading } from "./container.ts";
import { decoded, jsonBody } from "./json_body.ts";
import { serverMessages, shortId } from "./openai_error.ts";

const address = /^\/(?:invocations|predictions\/([^/]+))$/;

/** `POST /invocations` and `/predictions/MODEL`. */
export function djl({ model_id, container }: SimulateOptions): Dialect {
  return {
    method: "POST",
    id_header: "x-request-id",
    serves: (path) => address.test(path),
    newId: (n) => shortId("djl", n),
    refused: ({ status, message }) => ({ status, body: JSON.stringify({ error: message, code: status }) }),
    failed: (code) => ({ status: code, body: JSON.stringify({ error: serverMessages[code], code }) }),
    read(request) {
      const named = decoded(address.exec(request.path)?.[1] ?? model_id);
      if (named !== model_id) throw new Refusal(404, `Failed to find model: ${named}`);
      return containerReading(jsonBody(request.body), container);
    },
  };
}
