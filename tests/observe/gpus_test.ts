import assert from "node:assert/strict";
import { gpuSource, parseGpuLine } from "../../lib/observe/gpus.ts";
import { observingPrograms } from "../../lib/observe/program_lines.ts";
import type { Reading } from "../../lib/observe/source.ts";
import { withProgram } from "./fake_program.ts";

Deno.test("a GPU tells use, memory in MiB and power", () => {
  assert.deepEqual(parseGpuLine("1, 98, 74512, 81559, 412.37"), [
    { copy: 1, metric: "use", value: 98 },
    { copy: 1, metric: "memory_used", value: 74512 },
    { copy: 1, metric: "memory_total", value: 81559 },
    { copy: 1, metric: "power", value: 412.37 },
  ]);
});

Deno.test("what a GPU does not tell is left out: [N/A], [Not Supported], and the like", () => {
  const memory = { copy: 0, metric: "memory_used", value: 10368 };
  assert.deepEqual(parseGpuLine("0, [N/A], 10368, [N/A], [N/A]"), [memory]);
  assert.deepEqual(parseGpuLine("0, [Not Supported], 10368, [Unknown Error], [Insufficient Permissions]"), [
    memory,
  ]);
  assert.deepEqual(parseGpuLine("0, N/A, [N/A], ERR!, [GPU requires reset]"), []);
});

Deno.test("complaints are no readings", () => {
  assert.equal(parseGpuLine("No devices were found"), null);
  assert.equal(
    parseGpuLine(
      "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.",
    ),
    null,
  );
});

interface Heard {
  readonly readings: Reading[];
  readonly reasons: string[];
}

/** Runs the source until it has said `enough` things. */
async function hear(options: Partial<Parameters<typeof gpuSource>[0]>, enough: number): Promise<Heard> {
  const heard: Heard = { readings: [], reasons: [] };
  const source = gpuSource({ gpus: null, interval_ms: 5000, expected: true, ...options });
  await new Promise<void>((resolve) => {
    const look = () => heard.readings.length + heard.reasons.length >= enough && resolve();
    source.begin!({
      readings: (readings) => (heard.readings.push(...readings), look()),
      ended: (reason) => (heard.reasons.push(reason), look()),
    });
    if (enough === 0) resolve();
  });
  await source.end!();
  return heard;
}

Deno.test("nvidia-smi is asked once, by arguments, for the GPUs of the endpoints, and ends with the load", async () => {
  // It answers with its arguments as a complaint, then with a line a GPU, then runs on.
  const script =
    'echo "$@" > "$0.args"; echo "0, 50, 1000, 2000, 70.5"; echo "3, 60, 1001, 2000, 71"; exec sleep 600';
  await withProgram(script, async (program) => {
    const { readings, reasons } = await hear({ gpus: [0, 3], program }, 8);
    assert.deepEqual(reasons, []);
    assert.deepEqual(readings.filter(({ metric }) => metric === "use"), [
      { copy: 0, metric: "use", value: 50 },
      { copy: 3, metric: "use", value: 60 },
    ]);
    assert.equal(
      await Deno.readTextFile(`${program}.args`),
      "--query-gpu=index,utilization.gpu,memory.used,memory.total,power.draw --format=csv,noheader,nounits " +
        "--id=0,3 --loop-ms=5000\n",
    );
    assert.equal(observingPrograms.size, 0);
  });
});

Deno.test("why nvidia-smi ended is told in its own words, from either output", async () => {
  await withProgram('echo "No devices were found"; exit 6', async (program) => {
    const { reasons } = await hear({ program }, 1);
    assert.deepEqual(reasons, [`${program} ended with code 6: No devices were found`]);
  });
  await withProgram('echo "Failed to initialize NVML" >&2; exit 12', async (program) => {
    const { reasons } = await hear({ program }, 1);
    assert.deepEqual(reasons, [`${program} ended with code 12: Failed to initialize NVML`]);
  });
});

Deno.test("a machine without nvidia-smi is news only where GPUs were named", async () => {
  const program = "nvidia-smi-that-is-not-there";
  assert.deepEqual((await hear({ program }, 1)).reasons, [`${program} is not on this machine`]);
  assert.deepEqual((await hear({ program, expected: false }, 0)).reasons, []);
});
