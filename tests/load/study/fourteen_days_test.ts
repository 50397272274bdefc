/**
 * A study of two weeks on made-up clocks: the machine sleeps for 8 hours, its clock is set by one, keys end every 12 hours and can't be
 * renewed for two of them once, the network is gone for 10 minutes, and the program is killed twice.
 */

import assert from "node:assert/strict";
import { type GapKind, type RequestRecord, seededRandom, type StudyGap } from "../../../lib/core/mod.ts";
import { outcomeOf, readMarks, remainingPlan, writePlan } from "../../../lib/load/mod.ts";
import { journalsIn } from "../../../lib/load/attempt_mark.ts";
import { readJournal, readJsonLines, readLineLog } from "../../../lib/storage/mod.ts";
import { endpoint } from "../made_up.ts";
import { lines, schedule, studyPlan, variant } from "./made_up.ts";
import { day, fortnight, wallAt, within } from "./made_time.ts";

const program = new URL("./fourteen_days.ts", import.meta.url).pathname;
const minute = 60_000;
const { begins, days, outage, sleep, step, keys } = fortnight;
const pieces = [
  ...["a", "b", "c"].map((text) => `{"choices":[{"delta":{"content":"${text}"},"finish_reason":null}]}`),
  '{"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":4,"completion_tokens":3}}',
  "[DONE]",
];
const answer = pieces.map((piece) => `data: ${piece}\n\n`).join("");

/** Answers at once, but to keys that have ended. */
function server() {
  let received = 0;
  const http = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    received++;
    await request.text();
    const { key, now } = JSON.parse(request.headers.get("x-keys") ?? "{}") as { key: string; now: number };
    const end = (Number(key.slice(1)) + 1) * keys.last_ms;
    const refused = within(keys.refused, now) && within(keys.refused, end - 1);
    if (now < end && !refused) {
      return new Response(answer, { headers: { "content-type": "text/event-stream" } });
    }
    const body = {
      error: { message: "ExpiredTokenException: the security token included in the request is expired" },
    };
    return Response.json(body, { status: 403 });
  });
  return {
    url: `http://127.0.0.1:${http.addr.port}/v1`,
    received: () => received,
    close: () => http.shutdown(),
  };
}

function start(run_dir: string, segment: string, begun: number): Deno.ChildProcess {
  const args = [
    "run",
    "-A",
    "--quiet",
    "--no-check",
    "--v8-flags=--expose-gc",
    program,
    run_dir,
    segment,
    String(begun),
  ];
  return new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "piped", stderr: "inherit" })
    .spawn();
}

async function recordsIn(run_dir: string): Promise<RequestRecord[]> {
  const records: RequestRecord[] = [];
  for (const path of await journalsIn(`${run_dir}/requests`)) {
    records.push(...(await readJournal(path)).records);
  }
  return records;
}

/** The true time of what the wall clock showed. */
const momentOf = (at: string) => {
  const shown = Date.parse(at);
  return shown >= wallAt(step.at) ? shown - step.ms : shown;
};

Deno.test("fourteen days with sleep, outage, ended keys and two kills: every call ends once, gaps are told, memory is flat", async () => {
  const run_dir = await Deno.makeTempDir();
  const peer = server();
  try {
    const names = ["haiku optimized", "haiku standard", "sonnet optimized", "sonnet standard"];
    const levels = names.map((name) =>
      variant(name, {
        parameters: {},
        endpoint: endpoint({
          experiment_name: name,
          endpoint_name: name,
          url: peer.url,
          predictor: "bedrock",
          simulated: false,
        }),
      })
    );
    const plan = studyPlan({
      levels,
      rounds: null,
      scenarios: lines(...names.flatMap((name) => Array.from({ length: 10 }, (_, i) => `${name}:p${i}`))),
      schedule: schedule({
        parallel_calls: 4,
        jitter: 0.1,
        calls_per_minute: fortnight.calls_per_minute,
        duration_ms: days * day,
        idle_connection_ms: day,
      }),
    });
    assert.equal(plan.requests.length, 20_160);
    await writePlan(`${run_dir}/plan.jsonl`, plan);

    const random = seededRandom(Date.now(), "kills");
    const restarts: { from: number; until: number }[] = [];
    let begun: number = begins;
    for (const [i, share] of [0.05 + random.next() * 0.15, 0.25 + random.next() * 0.1].entries()) {
      const child = start(run_dir, `s${i + 1}`, begun);
      while (peer.received() < share * plan.requests.length) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      child.kill("SIGKILL");
      await child.status;
      await child.stdout.cancel();
      const last = (await recordsIn(run_dir)).reduce(
        (most, { sent_at }) => Math.max(most, momentOf(sent_at!)),
        0,
      );
      begun = last + 25 * minute;
      restarts.push({ from: last, until: begun });
    }
    const child = start(run_dir, "s3", begun);
    const { code } = await child.output();
    assert.equal(code, 0);

    const records = await recordsIn(run_dir);
    const { levels: _, ...counts } = outcomeOf(plan, records);
    assert.deepEqual(counts, { planned: 20_160, ok: 20_160, errors: 0, cancelled: 0, pending: 0 });
    assert.equal(records.filter(({ status }) => status === "ok").length, 20_160, "none ended well twice");
    assert.deepEqual(remainingPlan(plan, await readMarks(`${run_dir}/requests`)).requests, []);
    checkGaps((await readLineLog<StudyGap>(`${run_dir}/gaps.jsonl`)).values, restarts);
    checkRates(records, restarts);
    await checkMemory(`${run_dir}/memory-s3.jsonl`);
  } finally {
    await peer.close();
    await Deno.remove(run_dir, { recursive: true });
  }
});

function checkGaps(gaps: readonly StudyGap[], restarts: readonly { from: number; until: number }[]): void {
  const of = (kind: GapKind) =>
    gaps.filter((gap) => gap.kind === kind).map(({ from_at, until_at, ms }) => ({
      from: momentOf(from_at),
      until: momentOf(until_at!),
      ms,
    }));
  const near = (seen: number, expected: number, most_ms: number, what: string) =>
    assert.ok(Math.abs(seen - expected) <= most_ms, `${what}: ${seen - expected} ms off`);

  const [slept, ...slepts] = of("sleep");
  assert.equal(slepts.length, 0);
  // The clocks are read at least once a minute there.
  near(slept!.from, sleep.at, minute, "asleep");
  near(slept!.until, sleep.at + sleep.ms, minute, "awake");
  near(slept!.ms, sleep.ms, 10, "slept");

  const stepped = gaps.filter(({ kind }) => kind === "clock_step");
  assert.equal(stepped.length, 1);
  near(Date.parse(stepped[0]!.from_at), step.at, minute, "set from");
  near(Date.parse(stepped[0]!.until_at!), step.at + step.ms, minute, "set to");
  near(stepped[0]!.ms, step.ms, 10, "set by");

  const [lost, ...others] = of("network");
  assert.equal(others.length, 0);
  // Two calls have to fail, a minute apart; a try may be as late as the longest wait.
  near(lost!.from, outage.at, 2 * minute, "lost");
  near(lost!.until, outage.at + outage.ms, 61_000, "back");

  const [refused, ended, ...more] = of("credentials").filter(({ ms }) => ms >= minute);
  assert.equal(more.length, 0);
  // Keys ended while the machine slept: new ones are asked for when it wakes up.
  const short = of("credentials").filter(({ ms }) => ms < minute);
  assert.ok(short.length <= 1 && short.every(({ from }) => from - slept!.until < minute));
  near(refused!.from, keys.refused.at, 2 * minute, "refused");
  near(refused!.until, keys.refused.at + 56 * minute, 2 * minute, "taken again");
  // The old ones last until noon.
  near(ended!.from, keys.none.at + 30 * minute, 2 * minute, "ended");
  near(ended!.until, keys.none.at + keys.none.ms, 2 * minute, "renewed");

  const restarted = of("restart");
  assert.equal(restarted.length, restarts.length);
  for (const [i, { from, until }] of restarts.entries()) {
    near(restarted[i]!.from, from, 1000, "killed");
    near(restarted[i]!.until, until, 1000, "resumed");
  }
}

/** A call a minute, but in gaps; nothing is caught up in a burst. */
function checkRates(
  records: readonly RequestRecord[],
  restarts: readonly { from: number; until: number }[],
): void {
  const gaps = [
    { at: sleep.at, ms: sleep.ms },
    outage,
    { at: keys.refused.at, ms: 56 * minute },
    { at: keys.none.at + 30 * minute, ms: keys.none.ms - 30 * minute },
    ...restarts.map(({ from, until }) => ({ at: from, ms: until - from })),
  ];
  const sent = records.filter(({ status }) => status === "ok").map(({ sent_at }) => momentOf(sent_at!)).sort((
    a,
    b,
  ) => a - b);
  const last = sent.at(-1)!;
  const lost_ms = gaps.filter(({ at }) => at < last).reduce((sum, { ms }) => sum + ms, 0);
  const expected = begins + days * day + lost_ms;
  assert.ok(
    Math.abs(last - expected) < 15 * minute,
    `the last call came ${(last - expected) / minute} min off`,
  );
  for (let from = begins; from + 60 * minute < last; from += 60 * minute) {
    const hour = { at: from, ms: 60 * minute };
    const count = sent.filter((at) => within(hour, at)).length;
    const quiet = gaps.reduce(
      (sum, { at, ms }) => sum + Math.max(0, Math.min(at + ms, from + hour.ms) - Math.max(at, from)),
      0,
    ) / minute;
    assert.ok(
      Math.abs(count - (60 - quiet)) <= 5,
      `${count} calls in the hour from ${new Date(from).toISOString()}`,
    );
  }
  const late = records.filter(({ status, send_lag_ms }) => status === "ok" && send_lag_ms! > 1000);
  assert.ok(late.length <= 10, `${late.length} calls were more than a second late`);
}

async function checkMemory(path: string): Promise<void> {
  const heaps = (await readJsonLines<{ heap: number }>(path)).map(({ heap }) => heap);
  const median = (from: number, to: number) => {
    const part = heaps.slice(Math.floor(heaps.length * from), Math.floor(heaps.length * to)).sort((a, b) =>
      a - b
    );
    return part[part.length >> 1]! / 1e6;
  };
  const [second, fourth] = [median(0.25, 0.5), median(0.75, 1)];
  assert.ok(fourth <= second + 2, `${fourth} MB in the last quarter, ${second} MB in the second`);
}
