/** What the load of a run has cost so far, while it is being sent. */

import { type Endpoint, type Prices, type RequestRecord, type Tariff, tariffOf } from "../core/mod.ts";
import { tokenCost } from "../metrics/mod.ts";

/** Requests, minutes and money, over all starts of the run. */
export interface Spent {
  /** Attempts sent. */
  readonly requests: number;
  /** Minutes of sending load. */
  readonly minutes: number;
  /** In the currency of the prices. */
  readonly dollars: number;
}

type Record = Pick<
  RequestRecord,
  | "experiment_name"
  | "segment"
  | "concurrency"
  | "sent_ms"
  | "ended_ms"
  | "prompt_tokens"
  | "completion_tokens"
  | "cached_prompt_tokens"
  | "cache_write_tokens"
  | "reasoning_tokens"
>;

interface TokenTally {
  cost: number;
  priced: number;
}

/**
 * Adds up what was sent. Tokens cost what the records say; a failed or cancelled attempt whose tokens are not known costs
 * nothing here, whatever the provider thinks. An instance is paid for all the time in which load is sent, also while
 * it waits for another one's levels: it is there, after all.
 */
export class Spending {
  readonly #tariffs: ReadonlyMap<string, Tariff | null>;
  /** Of all instances together. */
  readonly #hourly: number;
  readonly #tokens = new Map<string, TokenTally>();
  /** First send and last end of each earlier segment, in milliseconds. */
  readonly #stretches = new Map<string, { from: number; to: number }>();
  #requests = 0;
  #latest: Record | null = null;

  constructor(endpoints: readonly Endpoint[], prices: Prices) {
    this.#tariffs = new Map(endpoints.map((one) => [one.experiment_name, tariffOf(one, prices)]));
    const paid = new Map<string, number>();
    for (const { experiment_name, endpoint_name, url, instance_count } of endpoints) {
      const tariff = this.#tariffs.get(experiment_name);
      if (tariff?.basis === "instance") paid.set(`${url} ${endpoint_name}`, tariff.hourly * instance_count);
    }
    this.#hourly = [...paid.values()].reduce((sum, hourly) => sum + hourly, 0);
  }

  /** A record of an earlier segment: its time counts by its stamps. */
  takeEarlier(record: Record): void {
    this.take(record);
    const { segment, sent_ms, ended_ms } = record;
    if (sent_ms === null) return;
    const known = this.#stretches.get(segment ?? "");
    const to = ended_ms ?? sent_ms;
    this.#stretches.set(segment ?? "", {
      from: Math.min(known?.from ?? sent_ms, sent_ms),
      to: Math.max(known?.to ?? to, to),
    });
  }

  take(record: Record): void {
    if (record.sent_ms !== null) this.#requests++;
    this.#latest = record;
    const name = record.experiment_name ?? "";
    const tariff = this.#tariffs.get(name);
    if (tariff?.basis !== "token") return;
    const cost = tokenCost(record, tariff.price);
    if (cost === null) return;
    const tally = this.#tokens.getOrInsertComputed(name, () => ({ cost: 0, priced: 0 }));
    tally.cost += cost;
    tally.priced++;
  }

  /** @param elapsed_ms since the present start of the load */
  spent(elapsed_ms: number): Spent {
    let ms = elapsed_ms;
    for (const { from, to } of this.#stretches.values()) ms += to - from;
    const tokens = [...this.#tokens.values()].reduce((sum, { cost }) => sum + cost, 0);
    return {
      requests: this.#requests,
      minutes: ms / 60_000,
      dollars: tokens + this.#hourly * ms / 3_600_000,
    };
  }

  /**
   * What is in flight and not yet in any record, at the mean cost of a request of the experiment that was heard of last;
   * 0 for instances, in open loop, and before the first answer.
   */
  inFlight(): number {
    const tally = this.#tokens.get(this.#latest?.experiment_name ?? "");
    return tally === undefined ? 0 : (this.#latest?.concurrency ?? 0) * tally.cost / tally.priced;
  }
}
