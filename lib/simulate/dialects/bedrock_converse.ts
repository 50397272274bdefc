/** Bedrock's Converse and ConverseStream. */

import type { Dialect } from "../dialect.ts";
import { namedEvents } from "../event_stream.ts";
import type { SimulateOptions } from "../options.ts";
import { bedrockManner } from "./aws_manner.ts";
import { checkBedrockKey, checkBedrockModel, checkSampling } from "./bedrock_model.ts";
import { readConverse } from "./converse_request.ts";
import { ConverseWording } from "./converse_wording.ts";
import { jsonBody } from "./json_body.ts";
import { PromptCache } from "./prompt_cache.ts";

const address = /^\/model\/([^/]+)\/converse(-stream)?$/;
/** Every stream begins with the role alone, and there are no comments. */
const without = new Set(["role_only_first", "comments"] as const);

/** `POST /model/ID/converse` and `/converse-stream`. */
export function bedrockConverse(options: SimulateOptions): Dialect {
  const { model_id } = options;
  const cache = new PromptCache();
  return {
    ...bedrockManner,
    method: "POST",
    serves: (path) => address.test(path),
    read(request) {
      checkBedrockKey(request, options);
      const [, segment = "", streaming] = address.exec(request.path) ?? [];
      checkBedrockModel(segment, model_id);
      const asked = readConverse(jsonBody(request.body));
      checkSampling(model_id, asked.temperature, asked.top_p);
      const use = cache.look(asked.shared);
      return {
        ...asked,
        cached_tokens: use.read,
        framing: streaming === undefined ? null : namedEvents,
        without,
        compose(draft) {
          cache.keep(asked.shared);
          return new ConverseWording(draft, use, asked);
        },
      };
    },
  };
}
