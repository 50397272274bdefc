/** Chat templates: how a model wants a conversation written down where its endpoint takes raw text. */

import { join } from "node:path";
import { messageOf, type PayloadMessage, UserError } from "../core/mod.ts";
import { brokenLine, failingLine } from "./chat_template_line.ts";
import { type JinjaProgram, readJinja, renderJinja } from "./jinja.ts";

/** What a template may ask for besides the messages. */
export interface ChatOptions {
  /** Ends the text where the assistant begins to speak. @default true */
  readonly add_generation_prompt?: boolean;
  /** @default "" */
  readonly bos_token?: string;
  /** @default "" */
  readonly eos_token?: string;
  /** What errors call the template, e.g. its file. @default "chat template" */
  readonly name?: string;
}

/** A model's own template with the special tokens that it is rendered with. */
export interface ChatTemplate {
  readonly template: string;
  readonly bos_token: string;
  readonly eos_token: string;
  /** The file that it was read from. */
  readonly name: string;
}

/** What a template itself says of messages that it does not take. */
class Refusal extends Error {}

/**
 * Writes a conversation down as one text. Templates are Jinja, as models bring them; they see the messages, the options
 * and `raise_exception`, and nothing of this program or machine: not even the date, which would make every day's prompts
 * others. Where a template begins with the `bos_token`, so does the text; a server that adds its own has to be told not
 * to.
 *
 * @throws {UserError} If the template can't be read or rendered, or refuses the messages; names the line of the template
 */
export function renderChat(
  template: string,
  messages: readonly PayloadMessage[],
  { add_generation_prompt = true, bos_token = "", eos_token = "", name = "chat template" }: ChatOptions = {},
): string {
  const values = {
    messages: messages.map((message) => ({ ...message })),
    add_generation_prompt,
    bos_token,
    eos_token,
    raise_exception: (reason: unknown) => {
      throw new Refusal(String(reason));
    },
  };
  let program: JinjaProgram;
  try {
    program = readJinja(template);
  } catch (error) {
    throw unusable(name, brokenLine(template), `it is not Jinja (${messageOf(error)})`, error);
  }
  try {
    return renderJinja(program, values);
  } catch (error) {
    const line = failingLine(template, values);
    const found = error instanceof Refusal
      ? `it refuses the messages (${error.message})`
      : `it can't be rendered (${messageOf(error)})`;
    throw unusable(name, line, found, error);
  }
}

/**
 * A conversation as the model's server takes it in a request of raw text: without the `bos_token` at its beginning, which the
 * server puts there itself.
 *
 * @throws {UserError} as `renderChat`
 */
export function asRawText(
  { template, bos_token, eos_token, name }: ChatTemplate,
  messages: readonly PayloadMessage[],
): string {
  const text = renderChat(template, messages, { bos_token, eos_token, name });
  return bos_token !== "" && text.startsWith(bos_token) ? text.slice(bos_token.length) : text;
}

/**
 * The chat template of a tokenizer's folder: `chat_template.jinja`, else the one in `tokenizer_config.json` (of several
 * the one that is called `default`).
 *
 * @returns null when the model has none
 * @throws {UserError} If tokenizer_config.json is not JSON
 */
export async function readChatTemplate(folder: string): Promise<ChatTemplate | null> {
  const file = join(folder, "tokenizer_config.json");
  const own = await textOf(join(folder, "chat_template.jinja"));
  const config = settingsOf(await textOf(file) ?? "{}", file);
  const named = Array.isArray(config.chat_template)
    ? config.chat_template.find(({ name }) => name === "default")?.template
    : config.chat_template;
  const template = own ?? named;
  if (typeof template !== "string") return null;
  return {
    template,
    bos_token: tokenText(config.bos_token),
    eos_token: tokenText(config.eos_token),
    name: own === null ? file : join(folder, "chat_template.jinja"),
  };
}

interface Settings {
  readonly chat_template?: unknown;
  readonly bos_token?: unknown;
  readonly eos_token?: unknown;
}

function settingsOf(text: string, file: string): Settings {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unusable(file, null, `it is not JSON (${messageOf(error)})`, error);
  }
}

/** Special tokens are texts, or objects with their text in `content`. */
function tokenText(token: unknown): string {
  if (typeof token === "string") return token;
  return token !== null && typeof token === "object" && "content" in token ? String(token.content) : "";
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return null;
    throw error;
  }
}

function unusable(name: string, line: number | null, found: string, cause: unknown): UserError {
  return new UserError({
    action: "use the chat template",
    thing: line === null ? name : `${name}:${line}`,
    found,
    expected: "a template that takes messages with role and content",
    remedy: "Correct the template, or send messages instead of raw text.",
  }, { cause });
}
