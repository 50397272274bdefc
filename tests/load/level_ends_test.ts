import assert from "node:assert/strict";
import type { LevelEnd } from "../../lib/core/mod.ts";
import {
  appendLevelEnd,
  isSpared,
  outcomeOf,
  planLoad,
  readLevelEnds,
  remainingPlan,
  runLoad,
} from "../../lib/load/mod.ts";
import { readJournal, writeJsonLines } from "../../lib/storage/mod.ts";
import { response, scriptedServer } from "../transport/scripted_server.ts";
import { endpoint, payload, spec } from "./made_up.ts";

Deno.test("ends are kept over the segments of a run; the last word on a level counts", async () => {
  const run_dir = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${run_dir}/shards`);
    assert.deepEqual(await readLevelEnds(run_dir), new Map());
    appendLevelEnd(run_dir, { segment: "s1", level: 0, ended_by: "duration" });
    appendLevelEnd(run_dir, { segment: "s1", level: 1, ended_by: "error_rate" });
    appendLevelEnd(run_dir, { segment: "s2", level: 1, ended_by: "requests" });
    assert.deepEqual(
      await readLevelEnds(run_dir),
      new Map<number, LevelEnd>([[0, "duration"], [1, "requests"]]),
    );
  } finally {
    await Deno.remove(run_dir, { recursive: true });
  }
});

Deno.test("what is unsent is spared when enough is known, or when it was only to keep up the load", () => {
  const spared = (end: LevelEnd | null, phase: "measure" | "drain") =>
    isSpared({ level: 3, phase }, new Map(end === null ? [] : [[3, end]]));
  assert.deepEqual(
    ([null, "requests", "duration", "ci_width", "error_rate"] as const).map((end) => [
      spared(end, "measure"),
      spared(end, "drain"),
    ]),
    [[false, false], [false, true], [true, true], [true, true], [false, false]],
  );
});

Deno.test("an end is on the disk before the next level is sent, and stays what it was however often the run is resumed", async () => {
  const run_dir = await Deno.makeTempDir();
  /** The list as it stood at each request of the second level. */
  const seen: (LevelEnd | undefined)[] = [];
  const answer = response(
    JSON.stringify({ choices: [{ message: { content: "a" }, finish_reason: "stop" }] }),
  );
  using server = scriptedServer(async ({ seen: { body }, pause, send }) => {
    const timed = JSON.parse(body).max_tokens === 11;
    if (!timed) seen.push((await readLevelEnds(run_dir)).get(0));
    // 8 requests are kept ready for 200 ms in two slots; at 80 ms each no more than 6 are sent.
    await pause(timed ? 80 : 20);
    await send(answer.replace("text/plain", "application/json"));
  });
  const level = (
    experiment_name: string,
    max_tokens: number,
    length: { requests: number } | { duration_ms: number },
  ) =>
    spec({
      endpoint: endpoint({ experiment_name, url: `${server.url}/v1` }),
      stream: false,
      parameters: { max_tokens },
      requests: null,
      ...length,
    });
  try {
    await writeJsonLines(`${run_dir}/data/prompts/p.jsonl`, [payload("p0")]);
    const drawn = planLoad({
      ...{ seed: 3, config_hash: "c", version: "0", payloads: () => ["p0"] },
      levels: [level("timed", 11, { duration_ms: 200 }), level("counted", 22, { requests: 40 })],
    });
    const timed = drawn.header.levels.findIndex(({ duration_ms }) => duration_ms !== null);
    assert.equal(timed, 0, "the seed puts the level that its duration ends first");
    const records = async (segment: string) =>
      (await readJournal(`${run_dir}/requests/${segment}-w0.jsonl`)).records;
    const rest = async (segments: readonly string[]) =>
      remainingPlan(drawn, (await Promise.all(segments.map(records))).flat(), await readLevelEnds(run_dir));
    for (const [i, segment] of ["s1", "s2", "s3"].entries()) {
      const plan = await rest(["s1", "s2"].slice(0, i));
      if (i > 0) assert.ok(plan.requests.every(({ level }) => level === 1), segment);
      const stop = new AbortController();
      const stopAt = seen.length + 10;
      const watch = setInterval(() => seen.length >= stopAt && i < 2 && stop.abort(), 5);
      await runLoad({ plan, run_dir, segment, signal: stop.signal, env: Deno.env.toObject() });
      clearInterval(watch);
    }
    assert.deepEqual(new Set(seen), new Set(["duration"]));
    assert.deepEqual(
      await readLevelEnds(run_dir),
      new Map<number, LevelEnd>([[0, "duration"], [1, "requests"]]),
    );
    const all = (await Promise.all(["s1", "s2", "s3"].map(records))).flat();
    const { planned, ok, pending } = outcomeOf(drawn, all, await readLevelEnds(run_dir));
    assert.deepEqual([ok, pending], [planned, 0]);
    assert.deepEqual((await rest(["s1", "s2", "s3"])).requests, []);
  } finally {
    await Deno.remove(run_dir, { recursive: true });
  }
});
