import { deepEqual, equal } from "node:assert/strict";
import { parseSetting } from "../../lib/config/setting.ts";
import { faultsOf, load, minimal } from "./minimal.ts";

const path = (argument: string) => {
  const setting = parseSetting(argument);
  return "fault" in setting ? setting.fault : [setting.path, setting.value];
};

Deno.test("a path has names, positions and quoted names; the value is typed as YAML", () => {
  deepEqual(path("load.requests=40"), [["load", "requests"], 40]);
  deepEqual(path("experiments[0].deploy=no"), [["experiments", 0, "deploy"], false]);
  deepEqual(path('a["b.c"][2]=[1, x]'), [["a", "b.c", 2], [1, "x"]]);
  deepEqual(path("a=b=c"), [["a"], "b=c"]);
  deepEqual(path("a="), [["a"], null]);
  deepEqual(path("a={x: 1}"), [["a"], { x: 1 }]);
});

Deno.test("what is no setting says where it breaks off", () => {
  deepEqual(parseSetting("load"), {
    fault: "is no setting; expected path=value, like load.requests=40",
    column: 5,
  });
  equal("fault" in parseSetting("=1"), true);
  equal("fault" in parseSetting("a=[1"), true);
});

Deno.test("a setting stands in for a placeholder that has no value; another one is still named", async () => {
  const text = minimal.replace("name: small", 'name: "{who}"\n  model_name: "{what}"');
  equal(text.includes("{who}"), true);
  const sets = ["general.name=mine"];
  const faults = await faultsOf(text, { sets });
  deepEqual(faults.map((fault) => /\{\w+\}/.exec(fault)?.[0]), ["{what}"]);
  const { config } = await load(text, { sets: [...sets, "general.model_name=model"] });
  deepEqual([config.general.name, config.general.model_name], ["mine", "model"]);
});

Deno.test("a setting wins over the file, makes missing sections, and reaches into free maps", async () => {
  const { config } = await load(`${minimal}load: { requests: 10 }\n`, {
    sets: [
      "load.requests=20",
      "report.latency_budget=2.5",
      "inference_parameters.p.top_p=0.5",
      "experiments[0].region=x",
    ],
  });
  equal(config.load.requests, 20);
  equal(config.report.latency_budget, 2.5);
  deepEqual(config.experiments[0]!.inference_spec.parameters, { top_p: 0.5 });
  equal(config.experiments[0]!.region, "x");
});

Deno.test("an empty setting takes a key back to its default", async () => {
  const { config } = await load(`${minimal}load: { requests: 10 }\n`, { sets: ["load.requests="] });
  equal(config.load.requests, 100);
});

Deno.test("a step that is set off leaves the others on; its name may have .ipynb and be old", async () => {
  const { config } = await load(minimal, {
    sets: ["run_steps.3_run_inference=no", "run_steps.5_cleanup.ipynb=no"],
  });
  const off = Object.entries(config.run_steps).filter(([, on]) => !on).map(([name]) => name);
  deepEqual(off, ["3_run_inference", "6_cleanup"]);
});

Deno.test("a path that the schema does not know, a wrong value and a wrong position are faults", async () => {
  const sets = [
    "load.request=3",
    "load.requests=abc",
    "experiments[5].name=x",
    "general[0]=x",
    "experiments.name=x",
  ];
  deepEqual(await faultsOf(minimal, { sets }), [
    '--set experiments.name=x:1:1: "experiments" is a list; expected a position like [0] after it',
    '--set experiments[5].name=x:1:1: "experiments" has 1 entries; expected a position from 0 to 1',
    '--set general[0]=x:1:1: "general" is no list; expected the name of a key after it',
    '--set load.request=3:1:1: unknown key "request" in "load"; did you mean "requests"?',
    '--set load.requests=abc:1:15: "load.requests" is "abc"; expected a whole number, 1 or more',
  ]);
});
