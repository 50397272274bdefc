/** What one route's peer does with connections that rest, as far as it has shown. */

/** Keep-alive limits are whole seconds everywhere: who closes a rested connection earlier has none. */
const shortestLimit_ms = 1000;
/** So many connections that ended early, and none that was ever answered on twice, show a peer that closes after each response. */
const convincing = 2;

export class KeepAlive {
  #reused = false;
  #endedEarly = 0;

  /** Whether it is worth while to keep a connection. A peer may announce keep-alive and close after each response all the same. */
  get worthWhile(): boolean {
    return this.#reused || this.#endedEarly < convincing;
  }

  /** A response came on a connection that had been used before. */
  answered(): void {
    this.#reused = true;
  }

  /** A connection was found ended after it had rested so long, before or after a request was written to it. */
  ended(rested_ms: number): void {
    if (rested_ms < shortestLimit_ms) this.#endedEarly++;
  }

  /**
   * Whether it is the rest that ended a connection, and not the request: it was a long one, or the peer has never yet answered
   * on a used connection. Of a peer that does, a connection that ends sooner is the peer's fault; so it is of any peer on a
   * connection that was not used before.
   */
  isStale(rested_ms: number, used = true): boolean {
    return rested_ms >= shortestLimit_ms || used && !this.#reused;
  }
}
