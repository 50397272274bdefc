import assert from "node:assert/strict";
import type { Endpoint } from "../../lib/core/mod.ts";
import { isHere, sourcesOf } from "../../lib/observe/mod.ts";
import { endpoint } from "../load/made_up.ts";

const remote = "http://192.0.2.1/v1";
const whatOf = (endpoints: readonly Endpoint[]) => sourcesOf(endpoints, 5).map(({ what }) => what);
const always = ["CPU and memory of this machine", "the processes of endpoints on this machine"];

Deno.test("an endpoint elsewhere that tells nothing leaves this machine and the load workers", () => {
  assert.deepEqual(whatOf([endpoint({ url: remote })]), always);
  assert.deepEqual(sourcesOf([], 5).map(({ source }) => source), ["machine", "process"]);
});

Deno.test("each copy's counters are a source, an experiment counts once however many levels it has", () => {
  const two = endpoint({
    ...{ experiment_name: "two", url: remote },
    observed: {
      metrics_urls: ["http://192.0.2.1:8000/metrics", "http://u:p@192.0.2.1:8001/metrics?key=k"],
      cloudwatch: { region: "us-east-1", endpoint_name: "fmbench-two", variant_name: "AllTraffic" },
      containers: { engine: "docker", names: ["m-0"] },
    },
  });
  assert.deepEqual(whatOf([two, two]), [
    ...always,
    "the containers of two",
    "the counters of two at http://192.0.2.1:8000/metrics",
    "the counters of two at http://192.0.2.1:8001/metrics",
    "CloudWatch's minutes of fmbench-two",
  ]);
});

Deno.test("accelerators are looked for where a real endpoint answers on this machine, or GPUs are named", () => {
  const here = "http://127.0.0.1:8000/v1";
  const accelerators = (changes: Partial<Endpoint>) => whatOf([endpoint(changes)]).slice(always.length);
  assert.deepEqual(accelerators({ url: here, simulated: true }), []);
  assert.deepEqual(accelerators({ url: here, simulated: false }), [
    "the GPUs of this machine",
    "the Neuron cores of this machine",
  ]);
  assert.deepEqual(accelerators({ url: remote, observed: { gpus: [1] } }), ["the GPUs of this machine"]);
});

Deno.test("here is the loopback interface under any of its names", () => {
  const urls = ["http://localhost:1", "http://127.1.2.3/v1", "http://[::1]:8/v1", remote, "nonsense"];
  assert.deepEqual(urls.map((url) => isHere({ url })), [true, true, true, false, false]);
});
