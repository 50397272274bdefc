/** Rows that are conversations: a column `messages`, a list of `{role, content}`. */

import { type PayloadMessage, UserError } from "../core/mod.ts";
import type { DataRow } from "./data_row.ts";

/** The column that holds a conversation when the template names it. */
export const messagesColumn = "messages";

/**
 * The messages of a row.
 *
 * @param where what an error names
 * @throws {UserError} If the column is no list of messages
 */
export function messagesOf(row: DataRow, where: string): PayloadMessage[] {
  const value = row[messagesColumn];
  const messages = Array.isArray(value) ? value : [];
  if (messages.length > 0 && messages.every(isMessage)) {
    return messages.map(({ role, content }) => ({ role, content }));
  }
  throw new UserError({
    action: "use the conversation of",
    thing: where,
    found: `its column "${messagesColumn}" is no list of messages`,
    expected: 'a list like [{"role": "user", "content": "..."}]',
    remedy: "Change the data, or take the column out of datasets.prompt_template_keys.",
  });
}

/** A conversation as text, for the prompt: each message under the name of its role. */
export function transcript(messages: readonly PayloadMessage[]): string {
  return messages.map(({ role, content }) => `${role}: ${content}`).join("\n\n");
}

function isMessage(value: unknown): value is PayloadMessage {
  if (value === null || typeof value !== "object") return false;
  const { role, content } = value as Record<string, unknown>;
  return typeof role === "string" && role !== "" && typeof content === "string";
}
