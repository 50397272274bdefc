import assert from "node:assert/strict";
import { nextTurn, Preparation } from "../../lib/load/preparation.ts";
import { planOf, spec } from "./made_up.ts";

const { requests } = planOf([spec({ requests: 6 })]);

Deno.test("what is quick to make is made at once, as far as it is time for it, and never twice", () => {
  const made: number[] = [];
  let limit = 3;
  const preparation = new Preparation({
    requests,
    prepare: ({ index }) => void made.push(index),
    unsent: () => 1,
    wanted: (index) => index < limit,
  });
  preparation.go();
  preparation.go();
  assert.deepEqual(made, [1, 2]);
  limit = 9;
  preparation.go();
  assert.deepEqual(made, [1, 2, 3, 4, 5]);
});

Deno.test("what takes long is made one by one, with a turn of the event loop between; what was sent meanwhile is left out", async () => {
  const made: number[] = [];
  let unsent = 0;
  const pending: (() => void)[] = [];
  const preparation = new Preparation({
    requests,
    prepare({ index }) {
      made.push(index);
      return new Promise<void>((resolve) => pending.push(resolve));
    },
    unsent: () => unsent,
    wanted: () => true,
  });
  preparation.go();
  preparation.go();
  assert.deepEqual(made, [0]);
  unsent = 3;
  pending.shift()!();
  await nextTurn();
  await nextTurn();
  assert.deepEqual(made, [0, 3]);
});

Deno.test("one that can't be made does not hold up the next", async () => {
  const made: number[] = [];
  const preparation = new Preparation({
    requests,
    prepare({ index }) {
      made.push(index);
      return index === 0 ? Promise.reject(new Error("no keys")) : Promise.resolve();
    },
    unsent: () => 0,
    wanted: (index) => index < 2,
  });
  preparation.go();
  await nextTurn();
  await nextTurn();
  assert.deepEqual(made, [0, 1]);
});
