import assert from "node:assert/strict";
import type { Endpoint } from "../../lib/core/mod.ts";
import type { DeployContext, Deployer, Experiment } from "../../lib/deploy/mod.ts";
import { deployAll } from "../../lib/deploy/deployments.ts";
import { broughtEndpoint, experiment, scene } from "./scene.ts";

const named = (name: string): Experiment => ({ ...experiment, name });
const endpointOf = (name: string): Endpoint => ({
  ...broughtEndpoint("http://127.0.0.1:1"),
  experiment_name: name,
});

/** A target whose deployments end when the test says so. */
function held(
  name: string,
): { target: Deployer; begun: string[]; end: Record<string, PromiseWithResolvers<void>> } {
  const [begun, end]: [string[], Record<string, PromiseWithResolvers<void>>] = [[], {}];
  const target: Deployer = {
    name,
    kinds: [],
    serves: () => true,
    plan: () => Promise.reject(new Error("not asked for")),
    async deploy({ name }) {
      begun.push(name);
      await (end[name] = Promise.withResolvers()).promise;
      return endpointOf(name);
    },
    remove: () => Promise.resolve("removed"),
    isAlive: () => Promise.resolve(true),
  };
  return { target, begun, end };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("what runs elsewhere begins at once, what runs here one after another", async () => {
  const { context } = await scene();
  const [elsewhere, here] = [held("instances"), held("containers")];
  const all = ["e1", "h1", "e2", "h2"].map(named);
  const told: string[][] = [];
  const done = deployAll(all, () => context, {
    deployerOf: ({ name }) => (name.startsWith("e") ? elsewhere : here).target,
    onEndpoint: (endpoint, { length }) => void told.push([endpoint.experiment_name, String(length)]),
  });
  await turn();
  assert.deepEqual([elsewhere.begun, here.begun], [["e1", "e2"], ["h1"]]);
  here.end["h1"]!.resolve();
  await turn();
  assert.deepEqual(here.begun, ["h1", "h2"]);
  elsewhere.end["e2"]!.resolve();
  here.end["h2"]!.resolve();
  await turn();
  elsewhere.end["e1"]!.resolve();
  const { endpoints, failures } = await done;
  assert.deepEqual(endpoints.map(({ experiment_name }) => experiment_name), ["e1", "h1", "e2", "h2"]);
  assert.deepEqual(failures, []);
  assert.deepEqual(told.map(([name]) => name), ["h1", "e2", "h2", "e1"]);
  assert.deepEqual(told.at(-1), ["e1", "4"]);
});

Deno.test("one that fails stops no other, and says which it was", async () => {
  const { context } = await scene();
  const [elsewhere, here] = [held("instances"), held("containers")];
  const done = deployAll(["e1", "h1", "e2", "h2"].map(named), () => context, {
    deployerOf: ({ name }) => (name.startsWith("e") ? elsewhere : here).target,
  });
  await turn();
  elsewhere.end["e1"]!.reject(new Error("no capacity"));
  here.end["h1"]!.reject(new Error("no docker"));
  await turn();
  elsewhere.end["e2"]!.resolve();
  here.end["h2"]!.resolve();
  const { endpoints, failures } = await done;
  assert.deepEqual(endpoints.map(({ experiment_name }) => experiment_name), ["e2", "h2"]);
  assert.deepEqual(failures.map(({ experiment_name, message }) => [experiment_name, message]), [
    ["e1", "no capacity"],
    ["h1", "no docker"],
  ]);
});

Deno.test("an experiment that no target serves is a failure like others", async () => {
  const { context } = await scene();
  const nobody: Experiment = { ...experiment, name: "nobody", simulate: null };
  const { endpoints, failures } = await deployAll([nobody], () => context);
  assert.deepEqual([endpoints, failures.map(({ experiment_name }) => experiment_name)], [[], ["nobody"]]);
  assert.match(failures[0]!.message, /no deployment target fits it/);
});

Deno.test("stopped, nothing more is begun, and the reason comes out when all has ended", async () => {
  const { context } = await scene();
  const stop = new AbortController();
  const stoppable: DeployContext = { ...context, signal: stop.signal };
  const here = held("containers");
  const done = deployAll(["h1", "h2"].map(named), () => stoppable, { deployerOf: () => here.target });
  await turn();
  stop.abort(new Error("stopped by the user"));
  here.end["h1"]!.reject(stop.signal.reason);
  await assert.rejects(done, /stopped by the user/);
  assert.deepEqual(here.begun, ["h1"]);
});

Deno.test("a list of endpoints that can't be written is no failure of the endpoint: it comes out", async () => {
  const { context } = await scene();
  const here = held("containers");
  const done = deployAll(["h1", "h2"].map(named), () => context, {
    deployerOf: () => here.target,
    onEndpoint: () => Promise.reject(new Error("disk full")),
  });
  await turn();
  here.end["h1"]!.resolve();
  await assert.rejects(done, /disk full/);
  assert.deepEqual(here.begun, ["h1"]);
});
