/** A moment at which the whole endpoint stands still, as garbage collection, a full disk or a paused machine do it. */

/**
 * Two time lines: the real one, and the engine's, which does not move during the freeze. Deadlines after its start come
 * later by its length; nothing is made up for at once.
 */
export class Freeze {
  readonly #at_ms: number;
  readonly #for_ms: number;
  #from = Infinity;

  /** @param options null: never */
  constructor(options: { readonly at_s: number; readonly for_s: number } | null) {
    this.#at_ms = (options?.at_s ?? Infinity) * 1000;
    this.#for_ms = (options?.for_s ?? 0) * 1000;
  }

  /** The first request has come; what follows has no effect. */
  begin(at: number): void {
    if (this.#from === Infinity) this.#from = at + this.#at_ms;
  }

  /** When the endpoint goes on: `at` itself unless it is frozen then. */
  thawed(at: number): number {
    return at >= this.#from && at < this.#from + this.#for_ms ? this.#from + this.#for_ms : at;
  }

  /** The engine's time at a real one. */
  engineTime(real: number): number {
    return real - this.frozenBetween(-Infinity, real);
  }

  /** The engine's time through which steps may be taken at a real one: during the freeze those from before it. */
  dueUntil(real: number): number {
    return this.thawed(real) === real ? this.engineTime(real) : this.#from - 0.001;
  }

  /** The real time of an engine's one; what is due at the very start of the freeze is due at its end. */
  realTime(engine: number): number {
    return engine < this.#from ? engine : engine + this.#for_ms;
  }

  /** Milliseconds of the freeze that lie between two real times. */
  frozenBetween(from: number, to: number): number {
    return Math.max(0, Math.min(to, this.#from + this.#for_ms) - Math.max(from, this.#from));
  }
}
