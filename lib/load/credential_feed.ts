/** Keys to AWS for the workers: fetched where the user's files and services can be asked, handed on before they end. */

import { type AwsCredentials, messageOf, UserError } from "../core/mod.ts";
import type { ToWorker } from "./messages.ts";

/** New keys are fetched so long before the old ones end; the SDK's providers give new ones from 5 minutes before on. */
const ahead_ms = 4 * 60_000;
/** After a failure, and for keys that end sooner than that. */
const again_ms = 15_000;

export class CredentialFeed {
  readonly #fetch: () => Promise<AwsCredentials>;
  readonly #now: () => number;
  #latest: AwsCredentials;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #closed = false;

  private constructor(fetch: () => Promise<AwsCredentials>, latest: AwsCredentials, now: () => number) {
    this.#fetch = fetch;
    this.#latest = latest;
    this.#now = now;
  }

  /**
   * Fetches the first keys.
   *
   * @throws {UserError} if there are none
   */
  static async open(
    fetch: (() => Promise<AwsCredentials>) | undefined,
    now: () => number = Date.now,
  ): Promise<CredentialFeed> {
    if (fetch === undefined) {
      throw new UserError({ action: "sign requests", thing: "AWS", found: "nobody gave credentials" });
    }
    return new CredentialFeed(fetch, await fetch(), now);
  }

  /** How long until new keys are to be fetched; null = never. */
  get wait_ms(): number | null {
    const { expires_at_ms } = this.#latest;
    return expires_at_ms === null ? null : Math.max(again_ms, expires_at_ms - ahead_ms - this.#now());
  }

  /** Tells the workers the keys, now and whenever there are new ones, until `close`; says when there are no new ones. */
  feed(crew: readonly { tell(message: ToWorker): void }[], notice: (text: string) => void = () => {}): void {
    const tell = () => {
      for (const worker of crew) worker.tell({ credentials: this.#latest });
    };
    const schedule = () => {
      const { wait_ms } = this;
      if (wait_ms !== null && !this.#closed) this.#timer = setTimeout(renew, Math.min(wait_ms, 2 ** 31 - 1));
    };
    const renew = async () => {
      try {
        this.#latest = await this.#fetch();
        tell();
      } catch (error) {
        // The keys at hand may last until the next try; if not, the requests' own records say so.
        notice(`New keys to AWS could not be fetched: ${messageOf(error)}`);
      }
      schedule();
    };
    tell();
    schedule();
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}
