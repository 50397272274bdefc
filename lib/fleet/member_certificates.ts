/** Has the machines of a fleet certified before the load, as they are going to send: all at the same time. */

import { Interrupted } from "../core/mod.ts";
import type { FleetLog } from "./fleet_log.ts";
import type { FleetMember } from "./fleet_member.ts";
import type { Hub } from "./hub.ts";
import { certifyOrder, withNodeTrust } from "./node_certificate.ts";

const patience_ms = 60_000;

/**
 * Measures, and writes into the members' shards what came of it. A machine that says nothing in time is not certified: nobody knows.
 *
 * @throws {Interrupted} when the load is stopped meanwhile
 */
export async function certifyMembers(
  hub: Hub,
  members: readonly FleetMember[],
  log: FleetLog,
  signal: AbortSignal,
): Promise<void> {
  const order = certifyOrder(members.map(({ shard }) => shard));
  if (order.streams === null && order.rate_rps === null) return;
  for (const { index } of members) hub.tell(index, { certify: order });
  const over = AbortSignal.any([signal, AbortSignal.timeout(patience_ms)]);
  await Promise.all(members.map(async (member) => {
    const certificate = await unlessAborted(member.certificate, over);
    if (certificate === null) return;
    const { trusted_streams, trusted_rate_rps, fault } = certificate;
    await log.note(member.post.name, { event: "certificate", trusted_streams, trusted_rate_rps, fault });
    member.shard = withNodeTrust(member.post.shard, certificate);
  }));
  if (signal.aborted) throw new Interrupted("The load was stopped while its machines were certified.");
}

/** null when it is aborted first. */
function unlessAborted<T>(value: Promise<T>, signal: AbortSignal): Promise<T | null> {
  if (signal.aborted) return Promise.resolve(null);
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => resolve(null), { once: true });
    value.then(resolve, reject);
  });
}
