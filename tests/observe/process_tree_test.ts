import assert from "node:assert/strict";
import { parsePs, parseStat, processTable } from "../../lib/observe/process_tree.ts";
import { processSource } from "../../lib/observe/processes.ts";

const onLinux = { ignore: Deno.build.os !== "linux" };
const never = new AbortController().signal;

Deno.test("a name with spaces and brackets does not move the fields of /proc/PID/stat", () => {
  // Field 14 to 17: 100 + 50 of its own, 30 + 20 of children that ended; field 22: when it started.
  const stat = "7 (a ) b (c) S 3 7 7 0 -1 4194304 1 2 3 4 100 50 30 20 20 0 1 0 4689770 313 38 18446";
  assert.deepEqual(parseStat(stat), { state: "S", parent: 3, cpu_s: 2, started: "4689770" });
});

Deno.test("ps: KiB, and times with and without days and hours", () => {
  const text =
    "    1     0  9000   0:01.50\n  220     1   100  12:34\n  331   220    50 1-02:03:04\nrubbish\n";
  const found = parsePs(text);
  assert.deepEqual([...found.keys()], [1, 220, 331]);
  assert.deepEqual(found.get(1), { parent: 0, cpu_s: 1.5, memory_bytes: 9000 * 1024, started: null });
  assert.equal(found.get(220)!.cpu_s, 754);
  assert.equal(found.get(331)!.cpu_s, 86400 + 2 * 3600 + 3 * 60 + 4);
});

/** A shell with children of its own, which all end when its input does. */
async function withFamily(work: (pid: number) => Promise<void>): Promise<void> {
  const family = new Deno.Command("sh", {
    args: ["-c", "sleep 600 & echo here; cat > /dev/null; kill $!"],
    ...{ stdin: "piped", stdout: "piped" },
  }).spawn();
  try {
    await family.stdout.getReader().read();
    await work(family.pid);
  } finally {
    await family.stdin.close();
    await family.status;
  }
}

Deno.test("what a process uses holds what its children use", onLinux, async () => {
  await withFamily(async (pid) => {
    const table = await processTable();
    const whole = table.tree(pid)!;
    const alone = table.tree(pid, new Set(table.children(pid)))!;
    assert.ok(table.children(Deno.pid).includes(pid));
    assert.ok(table.children(pid).length >= 1);
    assert.ok(whole.memory_bytes > alone.memory_bytes && alone.memory_bytes > 100_000);
    assert.match(whole.started!, /^\d+$/);
  });
});

Deno.test("a process that is gone has no figures, and none is made up", onLinux, async () => {
  let gone = 0;
  await withFamily((pid) => Promise.resolve(void (gone = pid)));
  assert.equal((await processTable()).tree(gone), null);
});

const tree = (cpu_s: number, started = "1") => ({ cpu_s, memory_bytes: cpu_s * 1000, started });

Deno.test("endpoints' processes by experiment and copy; the client is all other children, added up", async () => {
  const trees = new Map([[10, tree(1)], [11, tree(2)], [20, tree(3)], [30, tree(5)], [31, tree(7)], [
    40,
    tree(9),
  ]]);
  const { read } = processSource([
    { experiment_name: "a", process_ids: [10, 11] },
    { experiment_name: "b", process_ids: [20] },
  ], {
    client_id: 1,
    ours: () => [40],
    table: () => Promise.resolve({ tree: (pid) => trees.get(pid) ?? null, children: () => [20, 30, 31, 40] }),
  });
  const readings = (await read!(never)).filter(({ metric }) => metric === "cpu_time");
  assert.deepEqual(readings, [
    { experiment_name: "a", copy: 0, metric: "cpu_time", value: 1 },
    { experiment_name: "a", copy: 1, metric: "cpu_time", value: 2 },
    { experiment_name: "b", copy: null, metric: "cpu_time", value: 3 },
    { source: "client", metric: "cpu_time", value: 12 },
  ]);
});

Deno.test("another process with the id of one that ended is not taken for it", async () => {
  let started = "1";
  const { read } = processSource([{ experiment_name: "a", process_ids: [10] }], {
    client_id: 1,
    table: () => Promise.resolve({ tree: () => tree(4, started), children: () => [] }),
  });
  assert.equal((await read!(never)).length, 2);
  started = "2";
  assert.deepEqual(await read!(never), []);
});
