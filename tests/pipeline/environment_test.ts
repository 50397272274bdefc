import assert from "node:assert/strict";
import { UserError } from "../../lib/core/mod.ts";
import { optionsFromEnvironment, toEnvironment } from "../../lib/pipeline/environment.ts";

const names = ["FMBENCH_CONFIG", "FMBENCH_RUN", "FMBENCH_OPTIONS"];

/** Calls `work` with exactly these of the step's variables set. */
function withEnvironment(variables: Readonly<Record<string, string>>, work: () => void): void {
  const before = names.map((name) => [name, Deno.env.get(name)] as const);
  for (const name of names) Deno.env.delete(name);
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  try {
    work();
  } finally {
    for (const name of names) Deno.env.delete(name);
    for (const [name, value] of before) if (value !== undefined) Deno.env.set(name, value);
  }
}

Deno.test("what the runner tells a step comes back as it was", () => {
  const told = {
    config: "/a folder/c.yml",
    run: "/results/r 1",
    load: { parameters: { a: '=" \n' }, sets: ["load.requests=2"], localMode: true, profiles: ["x"] },
  };
  const variables = toEnvironment(told);
  assert.deepEqual(Object.keys(variables).sort(), names.toSorted());
  withEnvironment(variables, () => assert.deepEqual(optionsFromEnvironment(), told));
});

Deno.test("without options the config is read as it stands", () => {
  withEnvironment({ FMBENCH_CONFIG: "c.yml", FMBENCH_RUN: "r" }, () => {
    assert.deepEqual(optionsFromEnvironment(), { config: "c.yml", run: "r", load: {} });
  });
});

Deno.test("one of the two alone is refused", () => {
  for (
    const variables of [{}, { FMBENCH_RUN: "r" }, { FMBENCH_CONFIG: "c" }, {
      FMBENCH_RUN: "r",
      FMBENCH_CONFIG: "",
    }]
  ) {
    withEnvironment(variables, () => {
      assert.throws(
        optionsFromEnvironment,
        (error) => error instanceof UserError && error.message.includes("not both set"),
      );
    });
  }
});
