/**
 * The bytes of a stream's token events. A token costs no JSON, no encoding and no allocation of its own beyond a view:
 * what is the same in all events of a stream is encoded once, each token's text once for all streams.
 */

const encoder = new TextEncoder();

/** Quoted and encoded texts of tokens. Answers share their words, so that few are ever new. */
const texts = new Map<string, Uint8Array>();
const mostTexts = 20_000;

/** Frames are laid one after the other into blocks, which are dropped when the last frame in them is. */
const blockSize = 64 * 1024;
let block = new Uint8Array(blockSize);
let used = 0;

function encoded(token: string): Uint8Array {
  let bytes = texts.get(token);
  if (bytes === undefined) {
    bytes = encoder.encode(JSON.stringify(token));
    if (texts.size >= mostTexts) texts.clear();
    texts.set(token, bytes);
  }
  return bytes;
}

/** What stands before and after something. */
export interface Around {
  readonly prefix: string;
  readonly suffix: string;
}

export class TokenFrames {
  readonly #prefix: Uint8Array;
  readonly #suffix: Uint8Array;
  readonly #chunked: boolean;

  /**
   * @param around what stands before and after the token's JSON text in an event
   * @param chunked whether an event is a chunk of a chunked body
   */
  constructor(around: Around, chunked: boolean) {
    this.#prefix = encoder.encode(around.prefix);
    this.#suffix = encoder.encode(around.suffix + (chunked ? "\r\n" : ""));
    this.#chunked = chunked;
  }

  /** One token's event, ready to be written. */
  frame(token: string): Uint8Array {
    const text = encoded(token);
    const length = this.#prefix.length + text.length + this.#suffix.length;
    const room = length + 16;
    if (used + room > block.length) {
      block = new Uint8Array(Math.max(blockSize, room));
      used = 0;
    }
    const start = used;
    let at = start;
    if (this.#chunked) at = writeSize(length - 2, at);
    block.set(this.#prefix, at);
    at += this.#prefix.length;
    block.set(text, at);
    at += text.length;
    block.set(this.#suffix, at);
    used = at + this.#suffix.length;
    return block.subarray(start, used);
  }
}

/** Writes a chunk's size line into the block. Returns where it ends. */
function writeSize(size: number, from: number): number {
  let at = from;
  for (let shift = 28 - (Math.clz32(size) & ~3); shift >= 0; shift -= 4) {
    const digit = (size >>> shift) & 15;
    block[at++] = digit < 10 ? 48 + digit : 87 + digit;
  }
  block[at++] = 13;
  block[at++] = 10;
  return at;
}
