/**
 * The accounts under all faults at once, held against the endpoint's own log: planned = ok + error + cancelled + pending by
 * request, every kind of error as often as its faults struck, attempts one for one, while throttled and broken requests are
 * tried again and the run is stopped in its middle.
 */

import assert from "node:assert/strict";
import { type ErrorKind, type RequestRecord, sha256 } from "../../lib/core/mod.ts";
import { outcomeOf, planLoad, remainingPlan, runLoad } from "../../lib/load/mod.ts";
import { finalAttempts } from "../../lib/metrics/mod.ts";
import { serve, type Truth } from "../../lib/simulate/mod.ts";
import { readJournal, readJsonLines, writeJsonLines } from "../../lib/storage/mod.ts";
import { endpoint, payload, spec } from "./made_up.ts";

/** What each failure of the endpoint is to the client. */
const kinds: Readonly<Record<string, ErrorKind>> = {
  http_429: "throttled",
  http_500: "http",
  reset_before_headers: "network",
  reset_mid_stream: "network",
  closed_mid_stream: "stream",
  error_mid_stream: "stream",
  truncated: "stream",
  malformed_json: "parse",
  stall: "timeout",
};

const planned = 200;
const attempts = 3;

type Counts = Readonly<Record<string, number>>;

function countOf(names: Iterable<string>): Counts {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

const outcomeNames = (records: readonly RequestRecord[]) =>
  countOf(records.map(({ status, error_kind }) => error_kind ?? status!));

Deno.test("under all faults, retries and a stop the accounts add up, and are those of the endpoint's log", async () => {
  const run_dir = await Deno.makeTempDir();
  const log_path = `${run_dir}/truth.jsonl`;
  const failures = Object.fromEntries(Object.keys(kinds).map((name) => [name, 0.07]));
  const server = await serve({
    profile: {
      ...{ base_ms: 10, prefill_tokens_per_s: 1e9, decode_ms: 2, decode_ms_per_sequence: 0 },
      ...{ slots: 64, jitter: 0 },
    },
    model_id: "m",
    seed: 5,
    log_path,
    faults: { ...failures, stall_s: 600, retry_after_s: 0, freeze: { at_s: 0.5, for_s: 0.3 } },
  });
  try {
    const rows = Array.from({ length: planned }, (_, i) => payload(`p${i}`));
    await writeJsonLines(`${run_dir}/data/prompts/p.jsonl`, rows);
    const plan = planLoad({
      ...{ seed: 1, config_hash: "c", version: "0" },
      levels: [spec({
        endpoint: endpoint({ url: server.url }),
        concurrency: 12,
        requests: planned,
        parameters: { max_tokens: 10 },
        stall_ms: 1000,
        cache_busting: true,
        retry: { attempts, backoff_ms: 5, on: ["throttled", "network"] },
      })],
      payloads: () => rows.map(({ payload_id }) => payload_id),
    });
    const stop = new AbortController();
    const first = await runLoad({
      plan,
      run_dir,
      segment: "s1",
      workers: 2,
      signal: stop.signal,
      env: Deno.env.toObject(),
      onProgress: ({ done }) => done > planned / 3 && stop.abort(),
    });
    const recordsOf = async (segment: string) =>
      (await Promise.all([0, 1].map((i) => readJournal(`${run_dir}/requests/${segment}-w${i}.jsonl`))))
        .flatMap(({ records }) => records);
    const before = await recordsOf("s1");
    assert.equal(first.planned, planned);
    assert.equal(first.ok + first.errors + first.cancelled + first.pending, planned);
    assert.ok(
      first.ok > 0 && first.errors > 0 && first.cancelled > 0 && first.pending > 0,
      JSON.stringify(first),
    );
    const finals = outcomeNames(finalAttempts(before));
    assert.equal(finals["ok"], first.ok);
    assert.equal(finals["cancelled"], first.cancelled);
    assert.equal(planned - finalAttempts(before).length, first.pending);

    const rest = remainingPlan(plan, before);
    assert.equal(rest.requests.length, first.cancelled + first.pending);
    await runLoad({ plan: rest, run_dir, segment: "s2", workers: 2, env: Deno.env.toObject() });
    await server.close();
    const all = [...before, ...await recordsOf("s2")];
    const whole = outcomeOf(plan, all);
    assert.deepEqual([whole.planned, whole.ok + whole.errors, whole.cancelled, whole.pending], [
      planned,
      planned,
      0,
      0,
    ]);

    // The endpoint's account, attempt by attempt: the salt makes every prompt unique.
    const truths = new Map((await readJsonLines<Truth>(log_path)).map((truth) => [truth.prompt_key, truth]));
    const keyOf = ({ request_id, attempt, payload_id }: RequestRecord) =>
      sha256(`[${request_id}-${attempt}]\nprompt of ${payload_id}`).slice(0, 16);
    const ended = all.filter(({ status }) => status !== "cancelled");
    const struck = ended.map((record) => truths.get(keyOf(record))!.fault);
    assert.deepEqual(
      outcomeNames(ended),
      countOf(struck.map((fault) => fault === null ? "ok" : kinds[fault]!)),
    );
    for (const [i, { status, error_kind }] of ended.entries()) {
      assert.equal(error_kind ?? status, struck[i] === null ? "ok" : kinds[struck[i]!], `${struck[i]}`);
    }
    assert.deepEqual(
      [...new Set(struck)].sort(),
      [null, ...Object.keys(kinds)].sort(),
      "every failure struck",
    );
    // What it received beyond that was cancelled by the stop.
    const known = new Set(all.map(keyOf));
    assert.ok([...truths.keys()].every((key) => known.has(key!)), "nothing was sent that no journal names");
    assert.ok(truths.size >= ended.length && truths.size <= all.length);

    for (const own of Map.groupBy(all, ({ request_id }) => request_id).values()) {
      const inOrder = own.toSorted((a, b) => a.attempt! - b.attempt!);
      assert.deepEqual(
        inOrder.map(({ attempt }) => attempt),
        inOrder.map((_, i) => i + 1),
        "attempts follow each other",
      );
      for (const { status, error_kind } of inOrder.slice(0, -1)) {
        assert.ok(
          status === "cancelled" || error_kind === "throttled" || error_kind === "network",
          `${error_kind}`,
        );
      }
    }
    for (const { status, e2e_ms, ttft_ms, tpot_ms, response_ms, service_ms } of all) {
      if (status !== "ok") {
        assert.deepEqual([e2e_ms, ttft_ms, tpot_ms, response_ms, service_ms], Array(5).fill(null));
      }
    }
  } finally {
    await server.close();
    await Deno.remove(run_dir, { recursive: true });
  }
});
