import { deepEqual, equal, ok } from "node:assert/strict";
import { clientLoad, cpuBetween, lagsBetween, readVitals, vitalsPath } from "../../lib/load/mod.ts";
import { VitalsMonitor } from "../../lib/load/vitals_monitor.ts";

const sign = (at_ms: number, cpu_ms: number, ...lags_ms: number[]) => ({ at_ms, cpu_ms, lags_ms });
const worker = (...signs: ReturnType<typeof sign>[]) => ({ segment: "s1", worker: "w0", signs });

Deno.test("CPU in a window follows the rate between the readings within", () => {
  const signs = [sign(0, 0), sign(200, 100), sign(400, 160), sign(600, 400)];
  // (160 - 100) / (400 - 200) = 0.3 over 400 ms.
  equal(cpuBetween(signs, 100, 500), 120);
  equal(cpuBetween(signs, 150, 350), null);
  equal(cpuBetween([], 0, 1000), null);
});

Deno.test("lags of a window are those of the lines that reach into it", () => {
  const signs = [sign(100, 0, 1), sign(200, 0, 2, 3), sign(300, 0, 4), sign(400, 0, 5)];
  // Lines cover ..100, 100..200, 200..300 and 300..400.
  deepEqual(lagsBetween(signs, 150, 250), [2, 3, 4]);
  deepEqual(lagsBetween(signs, 200, 300), [4]);
});

Deno.test("the busiest second is that of one worker; the mean is over all of them", () => {
  // First: 100 ms of CPU in its first second, 900 in the next. Second: 300 in each.
  const load = clientLoad([
    worker(sign(0, 50), sign(500, 100), sign(1000, 150, 2), sign(1500, 600), sign(2000, 1050, 4)),
    worker(sign(0, 10), sign(1000, 310), sign(2000, 610, 8)),
  ])!;
  equal(load.busiest_cpu, 0.9);
  // (1000 + 600) / (2000 + 2000)
  equal(load.mean_cpu, 0.4);
  // Three samples are too few for a p99.
  deepEqual([load.lag_p99_ms, load.lag_max_ms], [null, 8]);
});

Deno.test("less than a second has no busiest one but the whole; nothing at all is not known", () => {
  equal(clientLoad([worker(sign(0, 0), sign(500, 100))])?.busiest_cpu, 0.2);
  equal(clientLoad([worker(sign(0, 0))]), null);
  equal(clientLoad([]), null);
});

Deno.test("an event loop that was held up, and what it burnt meanwhile, are in the file; a torn line is not", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = vitalsPath(folder, "s2", "w1");
    const monitor = await VitalsMonitor.start(path, () => performance.now());
    await new Promise((resolve) => setTimeout(resolve, 50));
    const held = performance.now();
    while (performance.now() - held < 60);
    await new Promise((resolve) => setTimeout(resolve, 30));
    await monitor.stop();
    await Deno.writeTextFile(path, '{"at_ms":1,', { append: true });
    const [found] = await readVitals(folder);
    deepEqual([found?.segment, found?.worker], ["s2", "w1"]);
    const { signs } = found!;
    // The timer was due at most 10 ms after the hold began, which lasted 60 ms and burnt the processor all the time.
    ok(Math.max(...signs.flatMap(({ lags_ms }) => lags_ms)) >= 45);
    ok(signs.at(-1)!.cpu_ms - signs[0]!.cpu_ms >= 20);
    ok(signs.at(-1)!.at_ms >= held);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a run without vital signs has none", async () => {
  const folder = await Deno.makeTempDir();
  deepEqual(await readVitals(folder), []);
  await Deno.remove(folder);
});
