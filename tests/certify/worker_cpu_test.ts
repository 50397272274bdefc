import { deepEqual, equal, ok } from "node:assert/strict";
import { cpuBetween, parseStats, WorkerCpu } from "../../lib/certify/worker_cpu.ts";

Deno.test("fields are counted behind the name, which may hold spaces and brackets", () => {
  // utime 120 and stime 30 are fields 14 and 15 of proc(5): 150 ticks of 10 ms.
  const line = "42 (a) b (c) S 7 42 42 0 -1 4194304 1 2 3 4 120 30 0 0 20 0 9 0\n";
  deepEqual(parseStats(line), [{ pid: 42, parent: 7, cpu_ms: 1500 }]);
  deepEqual(parseStats(""), []);
});

Deno.test("CPU in a window follows the rate between the readings within", () => {
  const readings = [{ at: 0, cpu_ms: 0 }, { at: 200, cpu_ms: 100 }, { at: 400, cpu_ms: 160 }, {
    at: 600,
    cpu_ms: 400,
  }];
  // (160 - 100) / (400 - 200) = 0.3 over 400 ms.
  equal(cpuBetween(readings, 100, 500), 120);
  equal(cpuBetween(readings, 150, 350), null);
});

Deno.test({
  name: "children are found and read, but for those that are named as no workers",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const busy = () => new Deno.Command("sh", { args: ["-c", "while :; do :; done"], stdin: "null" }).spawn();
    const [worker, other] = [busy(), busy()];
    const read = async (others: number[]) => {
      const cpu = new WorkerCpu(() => performance.now(), others);
      cpu.start();
      await new Promise((resolve) => setTimeout(resolve, 700));
      await cpu.stop();
      return cpu.between(0, performance.now());
    };
    try {
      ok((await read([other.pid]))! > 0);
      equal(await read([worker.pid, other.pid]), null);
    } finally {
      for (const child of [worker, other]) {
        child.kill("SIGKILL");
        await child.status;
      }
    }
  },
});
