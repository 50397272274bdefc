import { deepEqual, equal } from "node:assert/strict";
import { configHash, inputsFingerprint } from "../../lib/config/mod.ts";
import { faultsOf, load, minimal } from "./minimal.ts";

const withFleet = (lines: string) => `${minimal}\nload:\n  fleet:\n${lines}`;

Deno.test("without a fleet, or with the local one, this machine sends; workers are its processes", async () => {
  equal((await load(minimal)).config.load.fleet, null);
  const { config } = await load(withFleet("    engine: local\n    workers: 3\n"));
  deepEqual([config.load.fleet, config.load.workers], [null, 3]);
});

Deno.test("a fleet is settled with what it leaves open", async () => {
  const { config } = await load(
    withFleet(
      "    engine: ray\n    address: http://h:8265\n    workers: 4\n    resources: { cpu: 2, load_slot: 1 }\n",
    ),
  );
  deepEqual(config.load.fleet, {
    engine: "ray",
    address: "http://h:8265",
    workers: 4,
    per_node: null,
    resources: { cpu: 2, load_slot: 1 },
    storage: null,
    listen: "0.0.0.0:0",
    advertise: null,
    image: null,
    namespace: null,
    command: null,
  });
  equal(config.load.workers, 1);
});

Deno.test("who sends makes no other load of it: a run is resumed on another fleet", async () => {
  const four = (await load(withFleet("    engine: ray\n    workers: 4\n"))).config;
  const one = (await load(withFleet("    engine: kubernetes\n    workers: 1\n"))).config;
  const none = (await load(minimal)).config;
  deepEqual(inputsFingerprint(four), inputsFingerprint(one));
  deepEqual(inputsFingerprint(four).load, inputsFingerprint(none).load);
  equal(configHash(four) === configHash(one), false);
});

Deno.test("an unknown engine and a worker too few are faults with their places", async () => {
  const faults = await faultsOf(withFleet("    engine: slurm\n    workers: 0\n"));
  equal(faults.length, 2);
  deepEqual(faults.map((fault) => /one of local, ray, kubernetes|1 or more/.test(String(fault))), [
    true,
    true,
  ]);
});
