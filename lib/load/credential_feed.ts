/** Keys to AWS for the workers: fetched where the user's files and services can be asked, handed on before they end. */

import { type AwsCredentials, messageOf, UserError } from "../core/mod.ts";
import type { ToWorker } from "./messages.ts";

/** New keys are fetched so long before the old ones end; the SDK's providers give new ones from 5 minutes before on. */
const ahead_ms = 4 * 60_000;
/** How often the clock is looked at: a timer would not notice that the machine slept, or that its clock was set. */
const look_ms = 60_000;
/** After a failure, and for keys that end sooner than that. */
const again_ms = 15_000;

export class CredentialFeed {
  readonly #fetch: () => Promise<AwsCredentials>;
  readonly #now: () => number;
  #latest: AwsCredentials;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #renewing: Promise<void> | null = null;
  #closed = false;
  #crew: readonly { tell(message: ToWorker): void }[] = [];
  #notice: (text: string) => void = () => {};

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
    this.#crew = crew;
    this.#notice = notice;
    this.#tell();
    this.#schedule();
  }

  /** Fetches new keys now, because a worker has no valid ones, unless that is under way; tells them to all. Never rejects. */
  renewNow(): Promise<void> {
    return this.#renewing ??= this.#renew().finally(() => this.#renewing = null);
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #renew(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    try {
      this.#latest = await this.#fetch();
      if (!this.#closed) this.#tell();
    } catch (error) {
      // The keys at hand may last until the next try; if not, the requests' own records say so.
      this.#notice(`New keys to AWS could not be fetched: ${messageOf(error)}`);
    }
    this.#schedule();
  }

  #tell(): void {
    for (const worker of this.#crew) worker.tell({ credentials: this.#latest });
  }

  #schedule(): void {
    const { wait_ms } = this;
    if (wait_ms === null || this.#closed) return;
    const due_ms = this.#now() + wait_ms;
    const look = () => {
      const left_ms = due_ms - this.#now();
      if (left_ms <= 0) this.renewNow();
      else this.#timer = setTimeout(look, Math.min(left_ms, look_ms));
    };
    look();
  }
}
