import assert from "node:assert/strict";
import { squadsOf } from "../../lib/load/mod.ts";
import { endpoint, planOf, spec } from "./made_up.ts";

const ours = (name: string) => spec({ endpoint: endpoint({ experiment_name: name }), requests: 2 });
const own = (name: string, module: string) =>
  spec({
    endpoint: endpoint({ experiment_name: name, predictor: module, options: { module } }),
    requests: 3,
  });

Deno.test("our own protocols are one squad on the clock that was asked for", () => {
  const squads = squadsOf(planOf([ours("a"), ours("b")]), "kernel");
  assert.deepEqual(
    squads.map(({ levels, plan, clock, module }) => [levels.length, plan.requests.length, clock, module]),
    [[2, 4, "kernel", null]],
  );
});

Deno.test("every experiment with a user's module has processes of its own, on the user clock", () => {
  const squads = squadsOf(planOf([ours("a"), own("b", "/x/one.ts"), own("c", "/x/one.ts")]), "auto");
  const facts = squads.map(({ levels, plan, clock, module }) => ({
    names: levels.map(({ endpoint }) => endpoint.experiment_name),
    requests: plan.requests.length,
    all: plan.header.levels.length,
    clock,
    module,
  }));
  assert.deepEqual(
    facts.sort((a, b) => a.names[0]! < b.names[0]! ? -1 : 1),
    [
      { names: ["a"], requests: 2, all: 3, clock: "auto", module: null },
      { names: ["b"], requests: 3, all: 3, clock: "user", module: "/x/one.ts" },
      { names: ["c"], requests: 3, all: 3, clock: "user", module: "/x/one.ts" },
    ],
  );
});

Deno.test("a squad without requests is not called; a plan without any still has one", () => {
  const plan = planOf([ours("a"), own("b", "/x/one.ts")]);
  const onlyOurs = plan.requests.filter(({ level }) =>
    plan.header.levels[level]!.endpoint.experiment_name === "a"
  );
  assert.deepEqual(squadsOf({ ...plan, requests: onlyOurs }, "auto").map(({ module }) => module), [null]);
  assert.equal(squadsOf({ ...plan, requests: [] }, "auto").length, 1);
});
