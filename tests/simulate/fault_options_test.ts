import assert from "node:assert/strict";
import { UserError } from "../../lib/core/mod.ts";
import { completeFaults, type FaultOptions } from "../../lib/simulate/fault_options.ts";

Deno.test("nothing asked for is nothing; what is not said has a default, and the endpoint's seed", () => {
  assert.equal(completeFaults(null, 5), null);
  const { chances, ...parameters } = completeFaults({ http_429: 0.5, comments: [2] }, 5)!;
  assert.deepEqual([...chances], [["http_429", 0.5], ["comments", [2]]]);
  assert.deepEqual(parameters, {
    seed: 5,
    retry_after_s: 1,
    stall_s: 60,
    drip_bytes: 16,
    drip_every_ms: 1,
    merge_events: 4,
    split_pieces: 4,
    split_every_ms: 1,
    reasoning_tokens: 8,
    oversized_bytes: 1_048_576,
    exception: null,
    freeze: null,
  });
  const own = completeFaults({ seed: 6, stall_s: 2, freeze: { at_s: 1, for_s: 2 } }, 5)!;
  assert.deepEqual([own.seed, own.stall_s, own.freeze], [6, 2, { at_s: 1, for_s: 2 }]);
});

const wrong: readonly [string, unknown, string][] = [
  ["http_430", 0.1, "one of http_429, http_500, "],
  ["http_429", 1.5, "a probability from 0 to 1"],
  ["http_429", [0], "counted from 1"],
  ["exception", "a b", "the name of an exception"],
  ["stall_s", -1, "seconds"],
  ["retry_after_s", 0.5, "whole seconds"],
  ["merge_events", 1, "from 2"],
  ["freeze", { at_s: 1 }, "{at_s, for_s}"],
  ["freeze", { at_s: 1, for_s: 1, every_s: 1 }, "{at_s, for_s}"],
];
for (const [name, value, expected] of wrong) {
  Deno.test(`${name} of ${JSON.stringify(value)} is refused by name`, () => {
    assert.throws(
      () => completeFaults({ [name]: value } as FaultOptions, 1),
      (error) =>
        error instanceof UserError && error.message.includes(`"${name}"`) && error.message.includes(expected),
    );
  });
}

Deno.test("failures share out one whole: more than that is refused, shapes may each be certain", () => {
  assert.throws(
    () => completeFaults({ http_429: 0.6, stall: 0.5 }, 1),
    /they are 1\.1 together; expected at most 1/,
  );
  completeFaults({ http_429: 0.5, stall: 0.5, comments: 1, reasoning: 1 }, 1);
});
