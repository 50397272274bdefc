/** What an experiment with a template or a tokenizer of its own gets of the rows that the filters took. */

import { join } from "node:path";
import type { Payload, PayloadMessage } from "../core/mod.ts";
import { asRawText, type ChatTemplate } from "./chat_template.ts";
import { messagesColumn, messagesOf, transcript } from "./conversation.ts";
import type { DataRow } from "./data_row.ts";
import { PayloadWriter } from "./payload_file.ts";
import type { PayloadFilter } from "./payload_filter.ts";
import { parseTemplate, type PromptTemplate } from "./template.ts";
import { TokenCounts, type TokenRange } from "./token_count.ts";
import { loadTokenizer, type TokenCounter } from "./tokenizer.ts";

/** A template and a tokenizer that differ from the run's. */
export interface OwnRendering {
  /** What its payload files are called: this, then the run's name of the file; they lie in the same folder. */
  readonly prefix: string;
  readonly template: string;
  readonly template_name: string;
  readonly template_keys: readonly string[] | null;
  /** Folder with `tokenizer.json`. */
  readonly tokenizer_dir: string;
  /** What prompts are put into last, as the model wants a conversation; null: they are sent as they are. */
  readonly chat: ChatTemplate | null;
  /** The payload files that are wanted. */
  readonly payload_files: readonly string[];
}

/** What a payload file became in it. */
export interface RenderingReport {
  readonly prefix: string;
  /** The run's name of the file. */
  readonly payload_file: string;
  readonly rows: number;
  readonly tokens: TokenRange;
  /** Rows whose prompt is outside the filter's range here. */
  readonly outside: number;
}

/** Puts a row into a template; a conversation stands in it as a transcript. */
export function fillTemplate(
  template: PromptTemplate,
  row: DataRow,
  where: string,
): { readonly prompt: string; readonly messages: readonly PayloadMessage[] | null } {
  if (!template.columns.includes(messagesColumn)) {
    return { prompt: template.render(row, where), messages: null };
  }
  const messages = messagesOf(row, where);
  return { prompt: template.render({ ...row, [messagesColumn]: transcript(messages) }, where), messages };
}

interface Output {
  readonly filter: PayloadFilter;
  readonly writer: PayloadWriter;
  readonly counts: TokenCounts;
  outside: number;
}

/** Writes the payload files of one such experiment beside those of the run. */
export class Rendering {
  readonly #prefix: string;
  readonly #template: PromptTemplate;
  readonly #tokenizer: TokenCounter;
  readonly #chat: ChatTemplate | null;
  readonly #outputs = new Map<string, Output>();

  private constructor(
    { prefix, chat }: OwnRendering,
    template: PromptTemplate,
    tokenizer: TokenCounter,
  ) {
    this.#prefix = prefix;
    this.#chat = chat;
    this.#template = template;
    this.#tokenizer = tokenizer;
  }

  /**
   * @param folder where the run's payload files are written
   * @throws {UserError} If the template or the tokenizer is at fault
   */
  static async open(
    own: OwnRendering,
    filters: readonly PayloadFilter[],
    folder: string,
  ): Promise<Rendering> {
    const template = parseTemplate(own.template, own.template_keys, own.template_name);
    const rendering = new Rendering(own, template, await loadTokenizer(own.tokenizer_dir));
    for (const filter of filters) {
      if (!own.payload_files.includes(filter.payload_file)) continue;
      const writer = await PayloadWriter.open(join(folder, own.prefix + filter.payload_file));
      rendering.#outputs.set(filter.payload_file, { filter, writer, counts: new TokenCounts(), outside: 0 });
    }
    return rendering;
  }

  /**
   * Writes a row that filters took. Its id stays the run's, so that the same row can be told in all experiments; prompt
   * and count are its own.
   *
   * @param files the payload files that the row went into
   */
  async add(payload: Payload, row: DataRow, where: string, files: readonly string[]): Promise<void> {
    const wanted = files.flatMap((file) => this.#outputs.get(file) ?? []);
    if (wanted.length === 0) return;
    const { prompt, messages } = this.#rendered(row, where);
    const tokens = this.#tokenizer.count(prompt);
    const { messages: _, ...rest } = payload;
    const own = { ...rest, prompt, prompt_tokens: tokens, ...(messages === null ? {} : { messages }) };
    for (const output of wanted) {
      const { min_length_in_tokens: min, max_length_in_tokens: max } = output.filter;
      await output.writer.write(own);
      output.counts.add(tokens);
      if (tokens < min || tokens >= max) output.outside++;
    }
  }

  #rendered(row: DataRow, where: string): ReturnType<typeof fillTemplate> {
    const filled = fillTemplate(this.#template, row, where);
    if (this.#chat === null) return filled;
    const said = filled.messages ?? [{ role: "user", content: filled.prompt }];
    return { prompt: asRawText(this.#chat, said), messages: null };
  }

  /** Writes what is left; the files still have their temporary names. */
  async finish(): Promise<void> {
    for (const { writer } of this.#outputs.values()) await writer.finish();
  }

  /** Gives the files their names. */
  async publish(): Promise<void> {
    for (const { writer } of this.#outputs.values()) await writer.publish();
  }

  /** Removes what was written. */
  async discard(): Promise<void> {
    await Promise.allSettled([...this.#outputs.values()].map(({ writer }) => writer.discard()));
  }

  report(): RenderingReport[] {
    return [...this.#outputs.values()].flatMap(({ filter: { payload_file }, counts, outside }) => {
      const tokens = counts.range();
      if (tokens === null) return [];
      return [{ prefix: this.#prefix, payload_file, rows: counts.total, tokens, outside }];
    });
  }
}
