import assert from "node:assert/strict";
import { drawDisturbance, possible } from "../../lib/simulate/fault_draw.ts";
import { completeFaults, type FaultOptions } from "../../lib/simulate/fault_options.ts";

const settings = (faults: FaultOptions, seed = 1) => completeFaults(faults, seed)!;
const plain = (faults: FaultOptions, draw: { key: string; use: number; n: number }, seed = 1) => {
  const drawn = drawDisturbance(settings(faults, seed), draw);
  return drawn && { ...drawn, shapes: [...drawn.shapes] };
};

Deno.test("the same seed, key and use are struck by the same, whenever they come", () => {
  const faults: FaultOptions = { http_429: 0.3, stall: 0.3, comments: 0.5, reasoning: 0.5 };
  const all = (seed: number, first: number) =>
    Array.from(
      { length: 50 },
      (_, i) => plain(faults, { key: `k${i >> 1}`, use: (i & 1) + 1, n: first + i }, seed),
    );
  assert.deepEqual(all(1, 1), all(1, 1000));
  assert.notDeepEqual(all(1, 1), all(2, 1));
});

Deno.test("probabilities are kept: failures one at a time, shapes each for itself", () => {
  const drawn = Array.from(
    { length: 4000 },
    (_, i) =>
      drawDisturbance(settings({ http_429: 0.1, truncated: 0.2, comments: 0.25 }), {
        key: `k${i}`,
        use: 1,
        n: i + 1,
      }),
  );
  const share = (holds: (one: NonNullable<typeof drawn[number]>) => boolean) =>
    drawn.filter((one) => one !== null && holds(one)).length / 4000;
  // Three standard errors of a share p of 4000: 3 sqrt(p (1 - p) / 4000) = 0.014, 0.019, 0.021, 0.010.
  assert.ok(Math.abs(share(({ failure }) => failure === "http_429") - 0.1) < 0.0143);
  assert.ok(Math.abs(share(({ failure }) => failure === "truncated") - 0.2) < 0.019);
  assert.ok(Math.abs(share(({ shapes }) => shapes.has("comments")) - 0.25) < 0.0206);
  const both = share(({ failure, shapes }) => failure === "truncated" && shapes.has("comments"));
  assert.ok(Math.abs(both - 0.05) < 0.0104, String(both));
  // 0.7 are not failed, 0.75 of them without comments: nothing happens to 0.525.
  assert.ok(Math.abs(drawn.filter((one) => one === null).length / 4000 - 0.525) < 0.024);
});

Deno.test("a schedule names requests by their arrival, and goes before what is drawn", () => {
  const faults: FaultOptions = { http_500: 1, stall: [2], role_only_first: [1, 3] };
  const kinds = [1, 2, 3].map((n) => plain(faults, { key: "k", use: n, n }));
  assert.deepEqual(kinds.map((one) => one?.failure), ["http_500", "stall", "http_500"]);
  assert.deepEqual(kinds.map((one) => one?.shapes), [["role_only_first"], [], ["role_only_first"]]);
});

Deno.test("without chances nothing strikes", () => {
  assert.equal(plain({ stall_s: 1, comments: 0, stall: [] }, { key: "k", use: 1, n: 1 }), null);
});

Deno.test("what a protocol has no form for is taken away; when nothing is left, nothing strikes", () => {
  const drawn = drawDisturbance(settings({ truncated: [1], comments: [1] }), { key: "k", use: 1, n: 1 });
  const left = (...without: ("truncated" | "comments")[]) => {
    const one = possible(drawn, new Set(without));
    return one && [one.failure, [...one.shapes]];
  };
  assert.deepEqual(left(), ["truncated", ["comments"]]);
  assert.deepEqual(left("truncated"), [null, ["comments"]]);
  assert.deepEqual(left("comments"), ["truncated", []]);
  assert.equal(left("comments", "truncated"), null);
  assert.equal(possible(null), null);
});
