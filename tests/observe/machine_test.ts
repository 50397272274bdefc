import assert from "node:assert/strict";
import { busyTime, machineSize, machineSource, memoryOf } from "../../lib/observe/machine.ts";

const onLinux = { ignore: Deno.build.os !== "linux" };

Deno.test("a core is busy unless it is idle or waits for a disk; hundredths become seconds", () => {
  // user 100, nice 20, system 30, (idle 5000, iowait 700,) irq 4, softirq 5, steal 6; guests are in user already.
  const stat = "cpu  100 20 30 5000 700 4 5 6 50 7\ncpu0 1 1 1 1 1 1 1 1 0 0\nintr 5\n";
  assert.equal(busyTime(stat), 1.65);
});

Deno.test("used is total minus available, not total minus free", () => {
  const text =
    "MemTotal:       16000 kB\nMemFree:          100 kB\nMemAvailable:    9000 kB\nCached:          8000 kB\n";
  assert.deepEqual(memoryOf(text), { total: 16000 * 1024, available: 9000 * 1024 });
});

Deno.test(
  "this machine has cores and memory, some of it in use, and its CPU time grows",
  onLinux,
  async () => {
    const { cores, memory_bytes } = machineSize();
    const { read } = machineSource();
    const values = async () => {
      const readings = await read!(new AbortController().signal);
      return new Map(readings.map(({ metric, value }) => [metric, value]));
    };
    const before = await values();
    const until = performance.now() + 60;
    while (performance.now() < until) Math.sqrt(until);
    const after = await values();
    assert.ok(cores !== null && cores >= 1);
    assert.ok(before.get("memory_used")! > 0 && before.get("memory_used")! < memory_bytes!);
    assert.ok(after.get("cpu_time")! - before.get("cpu_time")! >= 0.04, "60 ms of one core");
  },
);

Deno.test(
  "a /proc without the lines is an error that the observer tells, not a figure",
  onLinux,
  async () => {
    const proc = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${proc}/stat`, "intr 1\n");
      await Deno.writeTextFile(`${proc}/meminfo`, "MemTotal: 5 kB\n");
      assert.throws(
        () => machineSource(proc).read!(new AbortController().signal),
        /meminfo has no MemAvailable/,
      );
    } finally {
      await Deno.remove(proc, { recursive: true });
    }
  },
);
