import { deepEqual } from "node:assert/strict";
import { failureNames as known, faults } from "../../lib/config/fault_schema.ts";
import { failureNames, shapeNames } from "../../lib/simulate/mod.ts";
import { completeFaults, type FaultOptions } from "../../lib/simulate/fault_options.ts";

Deno.test("the config knows the faults that the endpoint knows, and their parameters", () => {
  const { chances: _, ...parameters } = completeFaults({}, 1)!;
  deepEqual(
    Object.keys(faults.shape).sort(),
    [...failureNames, ...shapeNames, ...Object.keys(parameters)].sort(),
  );
  deepEqual(known, failureNames);
});

Deno.test("what the config takes the endpoint takes, at both ends of each range", () => {
  const ends: FaultOptions[] = [
    {
      ...{ stall_s: 0, retry_after_s: 0, drip_bytes: 1, drip_every_ms: 0, merge_events: 2, split_pieces: 2 },
    },
    { split_every_ms: 0, reasoning_tokens: 1, oversized_bytes: 1024, freeze: { at_s: 0, for_s: 0 } },
    { stall_s: 86_400, retry_after_s: 86_400, drip_bytes: 65_536, drip_every_ms: 60_000, merge_events: 1000 },
    { split_pieces: 1000, split_every_ms: 60_000, reasoning_tokens: 100_000, oversized_bytes: 64 << 20 },
    { freeze: { at_s: 86_400, for_s: 86_400 }, http_429: 1, comments: [1] },
  ];
  for (const end of ends) completeFaults(faults.parse(end) as FaultOptions, 1);
});
