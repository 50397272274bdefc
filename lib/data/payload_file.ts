/** Payload files: `data/prompts/<payload_file>`, one prompt a line. */

import { type Payload, UserError } from "../core/mod.ts";
import type { DataRow } from "./data_row.ts";
import { readJsonLines } from "./json_lines.ts";

/**
 * Checks that a payload file's name is a plain file name, so that no config can write outside the run directory.
 *
 * @throws {UserError} If it is empty, hidden, or has a path in it
 */
export function checkPayloadFileName(name: string): void {
  // deno-lint-ignore no-control-regex
  if (/^[^./\\:\u0000-\u001f][^/\\:\u0000-\u001f]*$/.test(name)) return;
  throw new UserError({
    action: "use the payload file name",
    thing: name,
    found: name === "" ? "it is empty" : "it is not a plain file name",
    expected: "a name like payload_en_500-1000.jsonl",
    remedy: "Change datasets.filters[].payload_file.",
  });
}

/**
 * Reads a payload file.
 *
 * @throws {UserError} If it is missing or a line is not a payload; names file and line
 */
export async function readPayloads(path: string): Promise<Payload[]> {
  return await Array.fromAsync(payloadsIn(path));
}

/** Reads a payload file one payload at a time. Throws as `readPayloads` does. */
export async function* payloadsIn(path: string): AsyncGenerator<Payload> {
  for await (const { value, line } of readJsonLines(path)) {
    if (!isPayload(value)) {
      throw new UserError({
        action: "read the payload",
        thing: `${path}:${line}`,
        found: `it has ${Object.keys(value).join(", ") || "no columns"}`,
        expected: "payload_id, prompt, prompt_tokens, language, question, ground_truth",
        remedy: "Run 1_generate_data again.",
      });
    }
    yield value;
  }
}

function isPayload(row: DataRow): row is DataRow & Payload {
  const textOrNull = (value: unknown) => value === null || typeof value === "string";
  const truth = row.ground_truth;
  return typeof row.payload_id === "string" && typeof row.prompt === "string" &&
    typeof row.prompt_tokens === "number" && textOrNull(row.language) && textOrNull(row.question) &&
    (truth === null || (Array.isArray(truth) && truth.every((item) => typeof item === "string"))) &&
    [row.images, row.messages].every((value) => value === undefined || Array.isArray(value));
}

/** Characters that are written at once. */
const blockLength = 1 << 16;

/** Writes one payload file beside its final name; it takes the name only once it is whole. */
export class PayloadWriter {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #encoder = new TextEncoder();
  #lines: string[] = [];
  #characters = 0;
  #closed = false;

  private constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
  }

  static async open(path: string): Promise<PayloadWriter> {
    return new PayloadWriter(
      path,
      await Deno.open(`${path}.part`, { write: true, create: true, truncate: true }),
    );
  }

  async write(payload: Payload): Promise<void> {
    const line = JSON.stringify(payload) + "\n";
    this.#lines.push(line);
    this.#characters += line.length;
    if (this.#characters >= blockLength) await this.#flush();
  }

  /** Writes what is left; the file still has its temporary name. */
  async finish(): Promise<void> {
    await this.#flush();
    this.#close();
  }

  /** Gives the finished file its name. */
  async publish(): Promise<void> {
    await Deno.rename(`${this.#path}.part`, this.#path);
  }

  /** Removes what was written. */
  async discard(): Promise<void> {
    this.#close();
    await Deno.remove(`${this.#path}.part`);
  }

  #close(): void {
    if (!this.#closed) this.#file.close();
    this.#closed = true;
  }

  async #flush(): Promise<void> {
    let bytes = this.#encoder.encode(this.#lines.join(""));
    this.#lines = [];
    this.#characters = 0;
    while (bytes.length > 0) bytes = bytes.subarray(await this.#file.write(bytes));
  }
}
