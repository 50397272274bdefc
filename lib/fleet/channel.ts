/** A conversation that outlives its connections: what one of them lost is said again on the next, and heard once. */

/**
 * What goes over a connection: the count of a message from 1, or none where it only shows a sign of life; what was heard; when it was said
 * on the speaker's clock, and the latest such time that was heard of the other side.
 */
interface Frame {
  readonly n?: number;
  readonly ack: number;
  readonly at_ms: number;
  readonly echo_ms: number | null;
  readonly body?: unknown;
}

/** One connection, already sealed. */
export interface Wire {
  /** Hands a frame over; silently nothing when the connection is gone. */
  put(frame: unknown): void;
}

export interface ChannelOptions<In> {
  /** Called once for each message of the other side, in its order. */
  readonly onMessage: (message: In) => void;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

/** One side of it. */
export class Channel<In, Out> {
  readonly #options: ChannelOptions<In>;
  #wire: Wire | null = null;
  #said = 0;
  #heard = 0;
  /** Said, and not yet known to be heard. */
  #open: { n: number; body: Out }[] = [];
  #heardAt_ms: number;
  /** The other side's clock, as it said last. */
  #theirs_ms: number | null = null;
  #confirmed_ms: number;

  constructor(options: ChannelOptions<In>) {
    this.#options = options;
    this.#heardAt_ms = this.#confirmed_ms = options.now();
  }

  /** When anything came last, on the channel's clock. */
  get heardAt_ms(): number {
    return this.#heardAt_ms;
  }

  /**
   * The latest moment of this side's clock of which the other side has heard a word; it has heard it no earlier than that. Who acts on it,
   * and not on what it hears itself, is never believed dead while it thinks that it is believed alive.
   */
  get confirmed_ms(): number {
    return this.#confirmed_ms;
  }

  /** Whether everything that was said is known to be heard. */
  get settled(): boolean {
    return this.#open.length === 0;
  }

  /** Says something, now or on the next connection. */
  say(body: Out): void {
    const message = { n: ++this.#said, body };
    this.#open.push(message);
    this.#wire?.put(this.#frame(message));
  }

  /** Says something only if there is a connection: it is of no worth later. */
  mention(body: Out): void {
    if (this.#wire !== null) this.say(body);
  }

  /** Shows a sign of life, and what was heard. */
  beat(): void {
    this.#wire?.put(this.#frame());
  }

  /** Goes on over this connection. */
  attach(wire: Wire): void {
    this.#wire = wire;
    for (const message of this.#open) wire.put(this.#frame(message));
    this.beat();
  }

  /** This connection is gone. */
  detach(wire: Wire): void {
    if (this.#wire === wire) this.#wire = null;
  }

  /** Takes a frame that came over the connection. */
  take(frame: unknown): void {
    const { n, ack, at_ms, echo_ms, body } = frame as Frame;
    this.#heardAt_ms = this.#options.now();
    this.#theirs_ms = Math.max(at_ms, this.#theirs_ms ?? at_ms);
    if (echo_ms !== null) this.#confirmed_ms = Math.max(echo_ms, this.#confirmed_ms);
    while (this.#open.length > 0 && this.#open[0]!.n <= ack) this.#open.shift();
    if (n === undefined || n <= this.#heard) return;
    this.#heard = n;
    this.#options.onMessage(body as In);
  }

  #frame(message: { n?: number; body?: Out } = {}): Frame {
    return { ...message, ack: this.#heard, at_ms: this.#options.now(), echo_ms: this.#theirs_ms };
  }
}
