import assert from "node:assert/strict";
import { Freeze } from "../../lib/simulate/freeze.ts";

/** First request at 10,000 ms, frozen from 12,000 to 15,000. */
function frozen(): Freeze {
  const freeze = new Freeze({ at_s: 2, for_s: 3 });
  freeze.begin(10_000);
  freeze.begin(11_000);
  return freeze;
}

Deno.test("the engine's time stands still during the freeze and lies back by its length afterwards", () => {
  const freeze = frozen();
  const times = [11_999, 12_000, 13_000, 15_000, 16_000];
  assert.deepEqual(times.map((at) => freeze.engineTime(at)), [11_999, 12_000, 12_000, 12_000, 13_000]);
  assert.deepEqual([11_999, 12_000, 13_000].map((at) => freeze.realTime(at)), [11_999, 15_000, 16_000]);
});

Deno.test("during the freeze only what was due before it may be delivered", () => {
  const freeze = frozen();
  assert.deepEqual([11_999, 12_000, 14_999, 15_000].map((at) => freeze.dueUntil(at)), [
    11_999,
    11_999.999,
    11_999.999,
    12_000,
  ]);
});

Deno.test("it tells when it ends, and how much of a span it took", () => {
  const freeze = frozen();
  assert.deepEqual([11_999, 12_000, 14_999, 15_000].map((at) => freeze.thawed(at)), [
    11_999,
    15_000,
    15_000,
    15_000,
  ]);
  assert.deepEqual(
    [[0, 11_000], [11_000, 12_500], [12_500, 14_000], [14_000, 20_000], [11_000, 20_000]]
      .map(([from, to]) => freeze.frozenBetween(from!, to!)),
    [0, 500, 1500, 1000, 3000],
  );
});

Deno.test("never asked for or not yet begun, both time lines are one", () => {
  for (const freeze of [new Freeze(null), new Freeze({ at_s: 0, for_s: 1 })]) {
    assert.deepEqual(
      [
        freeze.engineTime(5),
        freeze.realTime(5),
        freeze.thawed(5),
        freeze.dueUntil(5),
        freeze.frozenBetween(0, 9),
      ],
      [5, 5, 5, 5, 0],
    );
  }
});
