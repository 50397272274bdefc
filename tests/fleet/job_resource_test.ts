import assert from "node:assert/strict";
import type { FleetEngine } from "../../lib/fleet/engine.ts";
import { choiceOf, fleetJobRemover, jobResource, openEngine } from "../../lib/fleet/job_resource.ts";

const choice = { engine: "ray", address: "http://ray.example:8265", namespace: null } as const;
const segment = { segment: "s2", storage: "/shared/run" };

/** An engine with these jobs; notes what it is asked to stop. */
function engineWith(names: readonly string[], stopped: string[]): FleetEngine {
  const never = () => Promise.reject(new Error("nobody asks for it"));
  return {
    name: "ray",
    check: never,
    submit: never,
    states: never,
    logs: never,
    list: () =>
      Promise.resolve(
        names.map((name) => ({ name, run_id: "r1", created_at: "2026-01-01T00:00:00Z", active: true })),
      ),
    stop({ name }) {
      stopped.push(name);
      return Promise.resolve();
    },
  };
}

Deno.test("a job in the ledger says which engine has it, and no secret", () => {
  const resource = jobResource("fmbench-r1-s2", choice, segment);
  assert.deepEqual(choiceOf(resource), choice);
  assert.deepEqual(resource.tags, { engine: "ray", address: "http://ray.example:8265", ...segment });
});

Deno.test("a job is stopped by its name, whether its engine lists it or not", async () => {
  const stopped: string[] = [];
  const remover = fleetJobRemover(null, () => engineWith(["fmbench-r1-s2"], stopped));
  const context = { run_dir: null, env: {}, log: () => {} };
  assert.equal(await remover.remove(jobResource("fmbench-r1-s2", choice, segment), context), "removed");
  assert.equal(await remover.remove(jobResource("fmbench-r1-s1", choice, segment), context), "already gone");
  assert.deepEqual(stopped, ["fmbench-r1-s2", "fmbench-r1-s1"]);
});

Deno.test("jobs of any run are found where a fleet is named; they are nobody's after a day", async () => {
  const remover = fleetJobRemover(choice, () => engineWith(["fmbench-r1-s2"], []));
  const scope = { regions: [], env: {}, log: () => {} };
  const found = await remover.findTagged?.(scope) ?? [];
  assert.deepEqual(found.map(({ name, ownership, description }) => [name, ownership, description]), [[
    "fmbench-r1-s2",
    { run_id: "r1", owner: "", expires_at: "2026-01-02T00:00:00.000Z" },
    "load processes fmbench-r1-s2 on ray http://ray.example:8265",
  ]]);
  assert.deepEqual(await fleetJobRemover(null).findTagged?.(scope), []);
});

Deno.test("a Ray cluster without a URL is refused", () => {
  assert.throws(
    () => openEngine({ ...choice, address: null }, {}),
    /expected the URL of its dashboard.*Set load\.fleet\.address, or RAY_API_SERVER_ADDRESS/,
  );
});
