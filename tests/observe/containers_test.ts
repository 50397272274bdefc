import assert from "node:assert/strict";
import {
  containerSource,
  parseDockerStats,
  parseGoDuration,
  parsePodmanStats,
  parseSize,
} from "../../lib/observe/containers.ts";
import { withProgram } from "./fake_program.ts";

const never = new AbortController().signal;

Deno.test("docker: per cent of one core become cores; sizes of both kinds become bytes", () => {
  const text = [
    '{"BlockIO":"0B / 0B","CPUPerc":"150.00%","ID":"ab12","MemPerc":"6.2%","MemUsage":"1.5GiB / 24GiB","Name":"m-1","PIDs":"3"}',
    '{"CPUPerc":"0.10%","MemUsage":"10MiB / 1GiB","Name":"m-0"}',
    '{"CPUPerc":"--","MemUsage":"-- / --","Name":"m-2"}',
    '{"CPUPerc":"9%","MemUsage":"1B / 1B","Name":"someone-else"}',
    "",
  ].join("\n");
  assert.deepEqual(parseDockerStats(text, ["m-0", "m-1", "m-2"]), [
    { copy: 1, metric: "cpu", value: 1.5 },
    { copy: 1, metric: "memory_used", value: 1.5 * 2 ** 30 },
    { copy: 0, metric: "cpu", value: 0.001 },
    { copy: 0, metric: "memory_used", value: 10 * 2 ** 20 },
  ]);
});

Deno.test("podman: its per cent is a mean since the start, so that the time is taken", () => {
  const text = JSON.stringify([{
    ...{ id: "77", name: "m", cpu_time: "1m2.5s", cpu_percent: "3.00%", avg_cpu: "3.00%" },
    ...{ mem_usage: "1.2MB / 16.4GB", mem_percent: "0.01%", pids: "1" },
  }]);
  assert.deepEqual(parsePodmanStats(text, ["m"]), [
    { copy: null, metric: "cpu_time", value: 62.5 },
    { copy: null, metric: "memory_used", value: 1_200_000 },
  ]);
});

Deno.test("sizes and durations, and what is none", () => {
  assert.deepEqual(["0B", "1.5kB", "2KiB", "3GB", "-- ", "5 parsecs"].map(parseSize), [
    ...[0, 1500, 2048, 3e9],
    ...[null, null],
  ]);
  assert.deepEqual(["1h1m1s", "250ms", "15.5µs", "1s junk", ""].map(parseGoDuration), [
    ...[3661, 0.25, 15.5e-6],
    ...[null, null],
  ]);
});

Deno.test("the engine is asked by arguments; what it complains of is why nothing was read", async () => {
  const script = 'echo "$@" > "$0.args"; echo \'{"Name":"m","CPUPerc":"1%","MemUsage":"2B / 3B"}\'';
  const watched = { experiment_name: "e", engine: "docker", names: ["m", "n"] } as const;
  await withProgram(script, async (program) => {
    assert.equal((await containerSource(watched, program).read!(never)).length, 2);
    assert.equal(await Deno.readTextFile(`${program}.args`), "stats --no-stream --format {{json .}} m n\n");
  });
  await withProgram('echo "Cannot connect to the Docker daemon" >&2; exit 1', async (program) => {
    await assert.rejects(
      async () => await containerSource(watched, program).read!(never),
      /^Error: Cannot connect to the Docker daemon$/,
    );
  });
});
