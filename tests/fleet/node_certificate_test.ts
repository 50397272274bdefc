import assert from "node:assert/strict";
import type { Certificate } from "../../lib/core/mod.ts";
import { certifyOrder, withNodeTrust } from "../../lib/fleet/node_certificate.ts";
import { shardPlan } from "../../lib/load/mod.ts";
import { planOf, spec } from "../load/made_up.ts";

const plan = planOf([
  spec({ concurrency: 8, requests: 16 }),
  spec({ concurrency: null, arrival: "constant", rates_rps: [40], requests: 80 }),
]);

const certificate = (trusted_streams: number, trusted_rate_rps: number) =>
  ({ trusted_streams, trusted_rate_rps, rungs: [] }) as unknown as Certificate;

Deno.test("a machine is certified for its share: the slots of a closed loop, the busiest second of an open one", () => {
  const shards = shardPlan(plan, 2);
  assert.deepEqual(certifyOrder(shards), { streams: 4, rate_rps: 20, seconds: 5 });
});

Deno.test("a level is trusted when the machine is certified for its share of it", () => {
  const [shard] = shardPlan(plan, 2);
  const trust = (one: Certificate) => {
    const { header } = withNodeTrust(shard!, one);
    return header.levels.map(({ concurrency, trusted }) => [concurrency, trusted]).sort();
  };
  assert.deepEqual(trust(certificate(4, 20)), [[8, true], [null, true]].sort());
  assert.deepEqual(trust(certificate(3, 20)), [[8, false], [null, true]].sort());
  assert.deepEqual(trust(certificate(16, 10)), [[8, true], [null, false]].sort());
});
