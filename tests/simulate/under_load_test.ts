import assert from "node:assert/strict";
import type { ErrorKind, RequestRecord } from "../../lib/core/mod.ts";
import { planLoad, runLoad } from "../../lib/load/mod.ts";
import { serve, type Truth } from "../../lib/simulate/mod.ts";
import { readJournal, readJsonLines, writeJsonLines } from "../../lib/storage/mod.ts";
import { endpoint, payload, spec } from "../load/made_up.ts";
import { sha256 } from "../../lib/core/mod.ts";
import { quick } from "./raw_client.ts";

/** What each failure must be to the client. */
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

const shapes = {
  slow_drip: 0.1,
  merged_events: 0.15,
  split_events: 0.15,
  role_only_first: 0.2,
  empty_deltas: 0.2,
  comments: 0.2,
  reasoning: 0.2,
  tool_calls: 0.15,
  usage_tail: 0.2,
  no_usage: 0.15,
  oversized_line: 0.03,
  invalid_utf8: 0.1,
};

interface Pair {
  readonly record: RequestRecord;
  readonly truth: Truth;
}

/** Sends `count` requests, each with a prompt of its own, and gives every record with what was done to it. */
async function load(count: number, stream: boolean): Promise<Pair[]> {
  const run_dir = await Deno.makeTempDir();
  const log_path = `${run_dir}/truth.jsonl`;
  const failures = Object.fromEntries(Object.keys(kinds).map((name) => [name, 0.06]));
  const simulation = await serve({
    profile: { ...quick, decode_ms: 2 },
    model_id: "m",
    accuracy: 1,
    seed: 3,
    prompts_dir: `${run_dir}/data/prompts`,
    log_path,
    faults: { ...failures, ...shapes, stall_s: 600, drip_bytes: 64, freeze: { at_s: 1, for_s: 0.5 } },
  });
  try {
    const rows = Array.from({ length: count }, (_, i) => {
      const prompt = `prompt of p${i}`;
      return payload(sha256(prompt).slice(0, 16), { prompt });
    });
    await writeJsonLines(`${run_dir}/data/prompts/p.jsonl`, rows);
    const level = spec({
      endpoint: endpoint({ url: simulation.url }),
      concurrency: 24,
      requests: count,
      parameters: { max_tokens: 20 },
      stream,
      timeout_ms: 60_000,
      stall_ms: 2_500,
      stop_error_rate: null,
    });
    const plan = planLoad({
      ...{ seed: 1, config_hash: "c", version: "0", levels: [level] },
      payloads: () => rows.map(({ payload_id }) => payload_id),
    });
    const outcome = await runLoad({ plan, run_dir, segment: "s1", env: Deno.env.toObject() });
    const { planned, ok, errors, cancelled, pending } = outcome;
    assert.deepEqual([planned, cancelled, pending, ok + errors], [count, 0, 0, count]);
    await simulation.close();
    const truths = new Map((await readJsonLines<Truth>(log_path)).map((truth) => [truth.prompt_key, truth]));
    const { records, torn_bytes } = await readJournal(`${run_dir}/requests/s1-w0.jsonl`);
    assert.deepEqual([records.length, truths.size, torn_bytes], [count, count, 0]);
    return records.map((record) => ({ record, truth: truths.get(record.payload_id)! }));
  } finally {
    await simulation.close();
    await Deno.remove(run_dir, { recursive: true });
  }
}

for (const stream of [true, false]) {
  Deno.test(`all faults at once, ${stream ? "streamed" : "in one piece"}: every request ends, and as its fault demands`, async () => {
    const pairs = await load(300, stream);
    const struck = new Set(pairs.map(({ truth }) => truth.fault));
    assert.deepEqual([...struck].sort(), [null, ...Object.keys(kinds)].sort(), "every failure struck");
    for (const { record, truth } of pairs) {
      const { status, error_kind, error_message } = record;
      const about = `${truth.fault} ${truth.shapes} ${error_message}`;
      // In one piece there is no stream to break: the error in its middle is a 503, a cut body is a cut stream.
      const expected = truth.fault === null
        ? null
        : !stream && truth.fault === "error_mid_stream"
        ? "http"
        : kinds[truth.fault]!;
      assert.deepEqual([status, error_kind], [expected === null ? "ok" : "error", expected], about);
      if (status !== "ok") {
        assert.equal(record.e2e_ms ?? record.ttft_ms ?? record.tpot_ms, null, "no figure of a failure");
        continue;
      }
      const says = !truth.shapes.includes("no_usage");
      assert.equal(record.completion_tokens, says ? truth.completion_tokens : null, about);
      assert.equal(record.chunks, stream ? truth.completion_tokens : 0, about);
      assert.equal(record.server_request_id, truth.request_id);
      const reasoned = truth.shapes.includes("reasoning") && says;
      assert.equal(record.reasoning_tokens ?? 0, reasoned ? 8 : 0, about);
    }
    const texts = pairs.filter(({ record: { status }, truth }) =>
      status === "ok" && !truth.shapes.some((name) => /reasoning|tool_calls|invalid_utf8/.test(name))
    );
    // One question, one answer in one of its phrasings: the shapes change nothing of it.
    assert.ok(texts.length > 50 && texts.every(({ record }) => record.completion!.includes("because")));
    assert.ok(texts.some(({ truth }) => truth.shapes.length >= 2));
  });
}
