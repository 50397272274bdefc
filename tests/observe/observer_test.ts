import assert from "node:assert/strict";
import type { UseReading } from "../../lib/core/mod.ts";
import { Observer, readUtilisation } from "../../lib/observe/mod.ts";
import type { Listener, Source } from "../../lib/observe/source.ts";
import { FakeClock } from "../load/fake_clock.ts";

/** Numbers of its readings so far. */
function counting(changes: Partial<Source> = {}): Source {
  let readings = 0;
  return {
    ...{ source: "server", experiment_name: "a", what: "the counters of a", quick: true },
    read: () => [{ metric: "running", value: ++readings }],
    ...changes,
  };
}

interface Watching {
  readonly observer: Observer;
  readonly clock: FakeClock;
  readonly notices: string[];
  /** Moves the clock on. */
  until(at_ms: number): Promise<void>;
}

/** What is in the journal after `work`, with an interval of 5 s. */
async function watch(sources: readonly Source[], work: (watching: Watching) => Promise<void>) {
  const run_dir = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  try {
    const clock = new FakeClock();
    const notices: string[] = [];
    const onNotice = (text: string) => notices.push(text);
    const observer = await Observer.begin({
      ...{ run_dir, segment: "s1", sources, interval_s: 5, onNotice, clock },
    });
    assert.ok(observer !== null);
    await work({
      ...{ observer, clock, notices },
      until: (at_ms) => clock.run(clock.sleepUntil(at_ms)),
    });
    await observer.stop();
    const [journal] = await readUtilisation(run_dir);
    return { ...journal!, told: notices };
  } finally {
    await Deno.remove(run_dir, { recursive: true });
  }
}

const times = (readings: readonly UseReading[], metric = "running") =>
  readings.filter((reading) => reading.metric === metric).map(({ mono_ms }) => mono_ms);

Deno.test("quick sources are read early in a level and then at every interval; slow ones at intervals only", async () => {
  const slow = counting({ source: "container", quick: false, read: () => [{ metric: "cpu", value: 1 }] });
  const { readings, header } = await watch([counting(), slow], ({ until }) => until(11_000));
  assert.deepEqual(times(readings), [0, 500, 1000, 2000, 4000, 5000, 10_000]);
  assert.deepEqual(times(readings, "cpu"), [0, 5000, 10_000]);
  assert.deepEqual([header.schema, header.segment, header.interval_s], ["fmbench.utilisation/1", "s1", 5]);
  const { unit, source, experiment_name, copy, at } = readings[0]!;
  assert.deepEqual([unit, source, experiment_name, copy], ["requests", "server", "a", null]);
  assert.equal(at, "1970-01-01T00:00:00.000Z");
});

Deno.test("a level's edge is read at once, and the early readings begin anew; a slow source keeps its pace", async () => {
  const slow = counting({ source: "container", quick: false, read: () => [{ metric: "cpu", value: 1 }] });
  const { readings } = await watch([counting(), slow], async ({ until, observer }) => {
    await until(3000);
    // End of one level and begin of the next: one reading for both.
    observer.edge();
    observer.edge();
    await until(9000);
  });
  assert.deepEqual(times(readings), [0, 500, 1000, 2000, 3000, 3500, 4000, 5000, 7000, 8000]);
  assert.deepEqual(times(readings, "cpu"), [0, 5000]);
});

Deno.test("a source that fails is told of once, and the others go on; when it answers again it is read", async () => {
  let calls = 0;
  const failing = counting({
    what: "the counters of b",
    read() {
      if (++calls < 5) throw new Error("connection refused");
      return [{ metric: "waiting", value: calls }];
    },
  });
  const { readings, notices, told } = await watch([failing, counting()], ({ until }) => until(6000));
  assert.deepEqual(told, ["Utilisation of the counters of b: connection refused"]);
  assert.deepEqual(notices.map(({ notice, mono_ms }) => [notice, mono_ms]), [
    ["the counters of b: connection refused", 0],
  ]);
  assert.equal(times(readings).length, 6);
  assert.deepEqual(times(readings, "waiting"), [4000, 5000]);
});

Deno.test("a source that is still being read is not read again, and nobody waits for it", async () => {
  const answer = Promise.withResolvers<void>();
  let calls = 0;
  const stuck = counting({
    async read() {
      calls++;
      await answer.promise;
      return [{ metric: "waiting", value: 7 }];
    },
  });
  const { readings } = await watch([stuck, counting()], async ({ until }) => {
    await until(6000);
    assert.equal(calls, 1);
    answer.resolve();
  });
  // Its time is that of its answer.
  assert.deepEqual(times(readings, "waiting"), [6000]);
  assert.equal(times(readings).length, 6);
});

Deno.test("a source may speak by itself, of other experiments and copies, until it is ended", async () => {
  let listener: Listener | null = null;
  let ended = false;
  const speaking: Source = {
    ...{ source: "gpu", experiment_name: null, what: "the GPUs" },
    begin: (given) => void (listener = given),
    end: () => Promise.resolve(void (ended = true)),
  };
  const { readings, notices } = await watch([speaking], async ({ until }) => {
    await until(1500);
    listener!.readings([{ metric: "use", copy: 3, value: 40 }]);
    listener!.ended("it fell off the bus");
    listener!.ended("again");
  });
  assert.ok(ended);
  const [{ mono_ms, copy, value, unit }] = readings as [UseReading];
  assert.deepEqual([mono_ms, copy, value, unit], [1500, 3, 40, "%"]);
  assert.deepEqual(notices.map(({ notice }) => notice), ["the GPUs: it fell off the bus"]);
});

Deno.test("what can only be asked for afterwards is asked for once, with the time of its own clock", async () => {
  const asked: string[] = [];
  const late = (
    what: string,
    readings: () => Promise<[{ metric: string; value: number; at_ms: number }]>,
  ): Source => ({
    ...{ source: "cloudwatch", experiment_name: "a", what },
    afterwards(from, to) {
      asked.push(`${from.getTime()} ${to.getTime()}`);
      return readings();
    },
  });
  const { readings, told } = await watch([
    late("minutes", () => Promise.resolve([{ metric: "cpu", value: 3, at_ms: 1250 }])),
    late("no minutes", () => Promise.reject(new Error("not allowed"))),
  ], ({ until }) => until(2000));
  assert.deepEqual(asked, ["0 2000", "0 2000"]);
  assert.deepEqual(readings.map(({ at, mono_ms }) => [at, mono_ms]), [["1970-01-01T00:00:01.250Z", 1250]]);
  assert.deepEqual(told, ["Utilisation of no minutes: not allowed"]);
});

Deno.test("where the journal can't be written, that is a notice, and no load is stopped", async () => {
  const run_dir = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  try {
    await Deno.writeTextFile(`${run_dir}/utilisation`, "a file in the folder's place");
    const notices: string[] = [];
    const observer = await Observer.begin({
      ...{ run_dir, segment: "s1", sources: [], interval_s: 5 },
      onNotice: (text) => notices.push(text),
    });
    assert.equal(observer, null);
    assert.match(notices.join(), /^Utilisation is not sampled: /);
  } finally {
    await Deno.remove(run_dir, { recursive: true });
  }
});
