/** Lines out of bytes, cut anywhere: JSON Lines, also called NDJSON. */

/** One line that holds more than white space. */
export interface TextLine {
  /** Without its end. Bytes that are no UTF-8 are replaced by U+FFFD. */
  readonly text: string;
  /** Stamp of the read that brought its last byte; a line feed that comes later does not make it later. */
  readonly at_ms: number;
}

/** Scans one stream. Lines end by LF or CRLF; the last one also by the end of the stream. */
export class JsonLinesScanner {
  readonly #onLine: (line: TextLine) => void;
  readonly #decoder = new TextDecoder();
  #kept = "";
  #kept_ms = 0;

  constructor(onLine: (line: TextLine) => void) {
    this.#onLine = onLine;
  }

  /** Takes bytes of the body with the stamp of the read that brought them. */
  push(bytes: Uint8Array, at_ms: number): void {
    const text = this.#decoder.decode(bytes, { stream: true });
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      this.#keep(text.slice(start, end), at_ms);
      this.#give();
      start = end + 1;
    }
    this.#keep(text.slice(start), at_ms);
  }

  /** Gives out a last line without an end. */
  end(): void {
    this.#keep(this.#decoder.decode(), this.#kept_ms);
    this.#give();
  }

  #keep(text: string, at_ms: number): void {
    this.#kept += text;
    if (text !== "" && text !== "\r") this.#kept_ms = at_ms;
  }

  #give(): void {
    const text = this.#kept.trim();
    this.#kept = "";
    if (text !== "") this.#onLine({ text, at_ms: this.#kept_ms });
  }
}
