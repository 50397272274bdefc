/** The schema of `inference_spec.rest`: a protocol in words. What it means stands at `RestDescription` in `core/`. */

import { z } from "zod";
import { fieldNotes, freeMap, oneOf, section, text } from "./field.ts";

const expected = (what: string) => `the place of ${what} as a JSON Pointer, like /choices/0/text`;
const pointer = (of: string) => text(expected(of));

/** The empty text is the whole value, so it may be empty. */
const places = {
  text: z.string().register(fieldNotes, { expected: expected("the text") }).optional(),
  reasoning: pointer("the reasoning").optional(),
  prompt_tokens: pointer("the number of prompt tokens").optional(),
  completion_tokens: pointer("the number of tokens of the answer").optional(),
  stop_reason: pointer("why the answer ended").optional(),
  error: pointer("the message of an error").optional(),
};

export const rest = section({
  method: oneOf(["GET", "POST"]).optional(),
  path: text("a path, a query or both").optional(),
  body: z.unknown().optional(),
  stream_body: freeMap().optional(),
  response: section({ format: oneOf(["json", "text"]).optional(), ...places }),
  events: section({
    format: oneOf(["sse", "json_lines"]),
    end: text("data of an event").optional(),
    ...places,
  })
    .optional(),
});
