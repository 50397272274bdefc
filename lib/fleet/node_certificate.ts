/** What a worker's share of a load is, and whether its own machine is certified for it. */

import type { Certificate, Plan } from "../core/mod.ts";
import { trustedAt } from "../certify/mod.ts";
import { busiestSecond } from "../load/mod.ts";
import type { CertifyOrder } from "./messages.ts";

/** What a run spends on it, on all machines at the same time. */
const seconds = 5;

/** What each of these machines is to be certified for: the highest share that one of them has. */
export function certifyOrder(shards: readonly Plan[]): CertifyOrder {
  const shares = shards.flatMap(sharesOf);
  return {
    streams: highest(shares.map(({ streams }) => streams)),
    rate_rps: highest(shares.map(({ rate_rps }) => rate_rps)),
    seconds,
  };
}

/** The shard with what its machine's certificate says of its share of every level. */
export function withNodeTrust(shard: Plan, certificate: Certificate): Plan {
  const shares = sharesOf(shard);
  const levels = shard.header.levels.map((level, i) => {
    const { streams, rate_rps } = shares[i]!;
    const trusted = streams !== null
      ? trustedAt(certificate, "streams", streams)
      : rate_rps !== null
      ? trustedAt(certificate, "rate_rps", rate_rps)
      : level.trusted ?? null;
    return { ...level, trusted };
  });
  return { ...shard, header: { ...shard.header, levels } };
}

/** Level by level: requests in flight, or arrivals in the busiest second; both null where it has nothing to send. */
function sharesOf({ header, requests }: Plan): { streams: number | null; rate_rps: number | null }[] {
  const own = Map.groupBy(requests, ({ level }) => level);
  return header.levels.map(({ level, concurrency }) => {
    const mine = own.get(level) ?? [];
    if (mine.length === 0) return { streams: null, rate_rps: null };
    if (concurrency !== null) return { streams: new Set(mine.map(({ slot }) => slot)).size, rate_rps: null };
    return { streams: null, rate_rps: busiestSecond(mine.map(({ due_ms }) => due_ms ?? 0)) };
  });
}

function highest(loads: readonly (number | null)[]): number | null {
  return loads.reduce((most, load) => load === null ? most : Math.max(most ?? load, load), null);
}
