import assert from "node:assert/strict";
import { parseNeuronLine } from "../../lib/observe/neuron.ts";

const runtime = (neuron_device: number, cores: Record<string, number>) => ({
  pid: 1,
  report: {
    memory_used: { period: 5.0, neuron_runtime_used_bytes: { host: 1, neuron_device } },
    neuroncore_counters: {
      period: 5.0,
      neuroncores_in_use: Object.fromEntries(
        Object.entries(cores).map(([core, neuroncore_utilization]) => [core, { neuroncore_utilization }]),
      ),
    },
  },
});

Deno.test("Neuron cores by index, over the monitor's period; memory of all runtimes", () => {
  const line = JSON.stringify({
    neuron_runtime_data: [runtime(100, { 0: 42.5, 1: 0 }), runtime(50, { 1: 10 })],
  });
  assert.deepEqual(parseNeuronLine(line), [
    { copy: 0, metric: "use", value: 42.5, over_ms: 5000 },
    { copy: 1, metric: "use", value: 10, over_ms: 5000 },
    { metric: "memory_used", value: 150 },
  ]);
});

Deno.test("a monitor without a runtime, or that says something else, tells nothing", () => {
  assert.deepEqual(parseNeuronLine('{"neuron_runtime_data":[],"system_data":{}}'), []);
  assert.deepEqual(parseNeuronLine("{}"), []);
  assert.deepEqual(parseNeuronLine("neuron-monitor: no devices"), []);
});
