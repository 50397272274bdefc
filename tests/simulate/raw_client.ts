/** A client that knows nothing but bytes, so that the server is judged by what is on the wire. */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class RawClient {
  readonly #connection: Deno.TcpConn;
  #text = "";

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  static async open(port: number): Promise<RawClient> {
    return new RawClient(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  async send(text: string): Promise<void> {
    const bytes = encoder.encode(text);
    for (let done = 0; done < bytes.length;) done += await this.#connection.write(bytes.subarray(done));
  }

  /** Reads through the mark, which belongs to what is returned. Throws at the end of the stream. */
  async until(mark: string): Promise<string> {
    while (!this.#text.includes(mark)) {
      if (!await this.#more()) {
        throw new Error(`The stream ended before ${JSON.stringify(mark)}: ${this.#text}`);
      }
    }
    const end = this.#text.indexOf(mark) + mark.length;
    const taken = this.#text.slice(0, end);
    this.#text = this.#text.slice(end);
    return taken;
  }

  /** Reads to the end of the stream. */
  async rest(): Promise<string> {
    while (await this.#more());
    return this.#text;
  }

  /** A response with a content-length. Its texts are ASCII in these tests, so characters are bytes. */
  async response(): Promise<{ status: number; head: string; body: string }> {
    const head = await this.until("\r\n\r\n");
    const length = Number(head.match(/content-length: (\d+)/)?.[1] ?? 0);
    while (this.#text.length < length) if (!await this.#more()) throw new Error("The stream ended in a body");
    const body = this.#text.slice(0, length);
    this.#text = this.#text.slice(length);
    return { status: Number(head.split(" ")[1]), head, body };
  }

  /** A chunked SSE response: its events without `data: `, one a chunk or several. */
  async stream(): Promise<{ head: string; chunks: string[]; events: string[] }> {
    const head = await this.until("\r\n\r\n");
    const chunks: string[] = [];
    while (true) {
      const size = parseInt(await this.until("\r\n"), 16);
      if (size === 0) break;
      while (this.#text.length < size + 2) {
        if (!await this.#more()) throw new Error("The stream ended in a chunk");
      }
      chunks.push(this.#text.slice(0, size));
      this.#text = this.#text.slice(size + 2);
    }
    await this.until("\r\n");
    const events = chunks.join("").split("\n\n").filter((event) => event !== "");
    return { head, chunks, events: events.map((event) => event.replace(/^data: /, "")) };
  }

  close(): void {
    this.#connection.close();
  }

  async #more(): Promise<boolean> {
    const buffer = new Uint8Array(16_384);
    const count = await this.#connection.read(buffer);
    if (count === null) return false;
    this.#text += decoder.decode(buffer.subarray(0, count), { stream: true });
    return true;
  }
}

/** A chat completion request as bytes on the wire. */
export function chatRequest(fields: Record<string, unknown>, headers = ""): string {
  const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "Where?" }], ...fields });
  const length = encoder.encode(body).length;
  return `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n${headers}content-length: ${length}\r\n\r\n${body}`;
}

/** Next to no waiting: 1 ms to the first token, 1 ms a step. */
export const quick = {
  base_ms: 1,
  prefill_tokens_per_s: 1e9,
  decode_ms: 1,
  decode_ms_per_sequence: 0,
  slots: 64,
  jitter: 0,
};

/** Two payload files' worth of prompts, in a folder of their own. */
export async function writePrompts(folder: string): Promise<void> {
  const rows = [
    { prompt: "Where?", prompt_tokens: 300, language: "en", question: "Where?", ground_truth: ["Lisbon"] },
    {
      prompt: "How many?",
      prompt_tokens: 7,
      language: "en",
      question: "How many?",
      ground_truth: ["twelve"],
    },
  ];
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/a.jsonl`, rows.map((row) => JSON.stringify(row) + "\n").join(""));
}
