/** A remote worker's side of the conversation with its controller. */

import { Channel, type Wire } from "./channel.ts";
import { fencedCode } from "./hub.ts";
import type { FromFleet, ToFleet } from "./messages.ts";
import { Seal } from "./seal.ts";

/** How long is waited for what. */
export interface UplinkLimits {
  /** A worker of which the controller is not known to have heard for so long stops by itself: soon it will be believed lost. */
  readonly silence_ms: number;
  readonly beat_ms: number;
  /** Between two tries to connect. */
  readonly retry_ms: number;
}

export const uplinkLimits: UplinkLimits = { silence_ms: 10_000, beat_ms: 1_000, retry_ms: 500 };

export interface UplinkOptions {
  /** `ws://10.0.0.5:41234`. */
  readonly url: string;
  readonly secret: string;
  readonly worker: number;
  readonly onMessage: (message: ToFleet) => void;
  /** The controller is gone, or has given this worker up. Called once. */
  readonly onEnd: (reason: string) => void;
  /** This machine's monotonic milliseconds. */
  readonly now: () => number;
  readonly limits?: UplinkLimits;
}

/** Connects, and connects again, until it is closed, fenced or has heard nothing for too long. */
export class Uplink {
  readonly #options: Required<UplinkOptions>;
  readonly #channel: Channel<ToFleet, FromFleet>;
  readonly #epoch = crypto.randomUUID();
  readonly #timer: ReturnType<typeof setInterval>;
  #socket: WebSocket | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #over = false;

  constructor(options: UplinkOptions) {
    this.#options = { limits: uplinkLimits, ...options };
    const { now, onMessage, limits } = this.#options;
    this.#channel = new Channel({ now, onMessage });
    this.#timer = setInterval(() => {
      this.#channel.beat();
      this.#look();
    }, limits.beat_ms);
    this.#connect();
  }

  say(message: FromFleet): void {
    this.#channel.say(message);
  }

  mention(message: FromFleet): void {
    this.#channel.mention(message);
  }

  /** Until then, on this machine's clock, the controller believes that this worker lives, whatever happens. */
  get believed_until_ms(): number {
    return this.#channel.confirmed_ms + this.#options.limits.silence_ms;
  }

  /** Resolves when everything that was said is known to be heard, or nobody hears it any more. */
  async settled(): Promise<void> {
    while (!this.#channel.settled && !this.#over) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** Ends the conversation; the controller still hears that its last word has come. */
  async close(): Promise<void> {
    this.#channel.beat();
    await new Promise((resolve) => setTimeout(resolve, 50));
    this.#end();
  }

  #end(reason?: string): void {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#timer);
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#socket?.close();
    if (reason !== undefined) this.#options.onEnd(reason);
  }

  #look(): void {
    const { now, limits: { silence_ms } } = this.#options;
    if (now() > this.believed_until_ms) {
      this.#end(`nothing was heard of the controller for ${silence_ms / 1000} s`);
    }
  }

  #connect(): void {
    const { url, secret, worker, limits } = this.#options;
    const connection = crypto.randomUUID();
    const seal = new Seal(secret, connection);
    const socket = this.#socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    const wire: Wire = {
      put(frame) {
        seal.seal("worker", frame).then((bytes) => {
          if (socket.readyState === WebSocket.OPEN) socket.send(bytes);
        }, () => {});
      },
    };
    socket.onopen = () => {
      socket.send(JSON.stringify({ worker, epoch: this.#epoch, connection }));
      this.#channel.attach(wire);
    };
    socket.onmessage = ({ data }) => {
      // What comes too late finds nobody: its process has been cut off from the moment until which it was believed alive.
      this.#look();
      if (!(data instanceof ArrayBuffer) || this.#over) return;
      seal.open("controller", new Uint8Array(data)).then(
        (frame) => this.#channel.take(frame),
        () => socket.close(),
      );
    };
    socket.onerror = () => {};
    socket.onclose = ({ code }) => {
      this.#channel.detach(wire);
      if (this.#over) return;
      if (code === fencedCode) return this.#end("the controller has given this worker up");
      this.#retry = setTimeout(() => this.#connect(), limits.retry_ms);
    };
  }
}
