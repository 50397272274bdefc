/** Which experiments' prompts are put into the chat template of their model. */

import { takesRawText, UserError } from "../../core/mod.ts";
import { type ChatTemplate, readChatTemplate, type TokenCounter } from "../../data/mod.ts";
import type { StepContext } from "../context.ts";

type Experiment = Pick<
  StepContext["config"]["experiments"][number],
  "name" | "predictor" | "protocol_options" | "inference_spec"
>;

/** What prompt templates hold that were written for one model: its own marks of who speaks. */
const marks =
  /<\|(im_start|start_header_id|begin_of_text|user|system|assistant|end)\|>|\[INST\]|<<SYS>>|<start_of_turn>|<s>|^\s*(Human|User|Assistant):/im;

/** What is decided, with what a user should know of it. */
export interface ChatChoice {
  /** null: prompts are sent as they are. */
  readonly chat: ChatTemplate | null;
  readonly notice: string | null;
}

/**
 * Decides for one experiment. An endpoint that takes messages writes the template itself. One that takes raw text gets the
 * prompts in the chat template of its tokenizer, unless that has none, or the prompt template brings marks of its own;
 * `inference_spec.chat_template` decides against either.
 *
 * @param template text of the prompt template
 * @throws {UserError} if `chat_template: yes` asks for one that is not there, or it can't be read
 */
export async function chatTemplateFor(
  { name, predictor, protocol_options, inference_spec: { chat_template: asked } }: Experiment,
  template: string,
  { folder, name: tokenizer }: Pick<TokenCounter, "folder" | "name">,
): Promise<ChatChoice> {
  if (asked === false || !takesRawText(predictor, protocol_options)) return { chat: null, notice: null };
  const chat = await readChatTemplate(folder);
  if (chat === null) {
    if (asked !== true) return { chat, notice: null };
    throw new UserError({
      action: "put the prompts into a chat template for",
      thing: name,
      found: `its tokenizer, ${tokenizer}, has none`,
      expected: "chat_template.jinja, or chat_template in tokenizer_config.json",
      remedy:
        "Name the model's tokenizer in hf_tokenizer_model_id or tokenizer_prefix, or take `chat_template: yes` out.",
    });
  }
  const mark = marks.exec(template)?.[0].trim();
  if (mark !== undefined && asked !== true) {
    return {
      chat: null,
      notice:
        `${name}: prompts are sent without the chat template of ${tokenizer}, since the prompt template has ` +
        `marks of its own (${mark}); \`chat_template: yes\` uses it all the same.`,
    };
  }
  return {
    chat,
    notice:
      `${name}: its endpoint takes raw text, so prompts are put into the chat template of ${tokenizer}; ` +
      "`chat_template: no` sends them as they are.",
  };
}
