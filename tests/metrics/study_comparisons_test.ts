import assert from "node:assert/strict";
import { comparisonsOf } from "../../lib/metrics/mod.ts";
import { variant } from "../analyze/generated_study.ts";

const told = (
  variants: ReturnType<typeof variant>[],
  share: (a: number, b: number) => boolean = () => true,
) => {
  const { comparisons, all } = comparisonsOf(variants, share);
  const name = (i: number) => variants[i]!.experiment_name;
  return {
    all,
    pairs: comparisons.map(({ baseline, candidate }) => `${name(candidate)} / ${name(baseline)}`),
  };
};

Deno.test("a model's profiles come first, with standard as the baseline, then one profile on another model", () => {
  const variants = [
    variant("optimized", { model_id: "a" }),
    variant("standard", { model_id: "a" }),
    variant("standard", { model_id: "b" }),
  ];
  assert.deepEqual(told(variants), {
    all: true,
    pairs: [
      "a r optimized / a r standard",
      "b r standard / a r standard",
      "a r optimized / b r standard",
    ],
  });
});

Deno.test("the default tier is the baseline of another one", () => {
  const flex = { ...variant(null, { service_tier: "flex" }), experiment_name: "flex" };
  const plain = { ...variant(null, { service_tier: "default" }), experiment_name: "plain" };
  assert.deepEqual(told([flex, plain]).pairs, ["flex / plain"]);
});

Deno.test("variants without a common prompt are not compared", () => {
  assert.deepEqual(told([variant("standard"), variant("optimized")], () => false), { all: true, pairs: [] });
});

Deno.test("of more than six variants the profiles of a model are told, and each against the first", () => {
  const variants = ["a", "b", "c", "d"].flatMap((model_id) => [
    variant("standard", { model_id }),
    variant("optimized", { model_id }),
  ]);
  const { all, pairs } = told(variants);
  assert.equal(all, false);
  assert.deepEqual(pairs, [
    "a r optimized / a r standard",
    "b r optimized / b r standard",
    "c r optimized / c r standard",
    "d r optimized / d r standard",
    "b r standard / a r standard",
    "c r standard / a r standard",
    "d r standard / a r standard",
    "b r optimized / a r standard",
    "c r optimized / a r standard",
    "d r optimized / a r standard",
  ]);
});
