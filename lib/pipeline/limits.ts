/** `limits`: the most that a run may take. */

import type { Config } from "../config/mod.ts";
import { showMoney, showNumber } from "../core/mod.ts";
import type { Spent } from "./spending.ts";

type Limits = Config["limits"];

/** Whether anything is limited. */
export function hasLimits({ dollars, requests, minutes }: Limits): boolean {
  return (dollars ?? requests ?? minutes) !== null;
}

/**
 * The limit that is reached, in words; null while there is none.
 *
 * @param inFlight what requests under way are going to cost: they are cancelled, and may be billed all the same
 */
export function limitReached(
  limits: Limits,
  spent: Spent,
  inFlight: number,
  currency: string,
): string | null {
  const { dollars, requests, minutes } = limits;
  if (requests !== null && spent.requests >= requests) {
    return `limits.requests: ${spent.requests} of ${requests} were sent`;
  }
  if (minutes !== null && spent.minutes >= minutes) {
    return `limits.minutes: load was sent for ${showNumber(spent.minutes)} of ${showNumber(minutes)} minutes`;
  }
  if (dollars !== null && spent.dollars + inFlight >= dollars) {
    const money = (amount: number) => showMoney(amount, currency);
    const waiting = inFlight > 0 ? `, with about ${money(inFlight)} in flight` : "";
    return `limits.dollars: ${money(spent.dollars)} of ${money(dollars)} were spent${waiting}`;
  }
  return null;
}
