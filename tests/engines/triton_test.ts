/**
 * The predictor `triton` against a real Triton Inference Server. `FMBENCH_TRITON_URL` names its model,
 * `http://127.0.0.1:8000/v2/models/words`: a decoupled one that takes `text_input` and `max_tokens` and sends a piece of text for
 * each token. `FMBENCH_TRITON_TRACE` is where the server puts its traces, if it does. `FMBENCH_TEST_ENGINES=yes deno task test`
 * starts one and sets both. Without the variables the tests are skipped, and say so.
 */

import assert from "node:assert/strict";
import type { RequestRecord } from "../../lib/core/mod.ts";
import { attempt } from "../../lib/load/mod.ts";
import { triton } from "../../lib/predict/mod.ts";
import { openTransports } from "../../lib/transport/mod.ts";
import { type TracedRequest, tracedRequests } from "./triton_trace.ts";
import { endpoint, level, payload, planOf, spec } from "../load/made_up.ts";

const model = Deno.env.get("FMBENCH_TRITON_URL");
const traces = Deno.env.get("FMBENCH_TRITON_TRACE");

if (model === undefined) {
  console.warn(
    "SKIPPED: the tests against a real Triton; FMBENCH_TEST_ENGINES=yes starts one, FMBENCH_TRITON_URL names one",
  );
}

function engineTest(name: string, fn: (url: string) => Promise<void>): void {
  Deno.test({ name: `${name}, on a real Triton`, ignore: model === undefined, fn: () => fn(model ?? "") });
}

interface Asked {
  readonly url: string;
  readonly stream: boolean;
  readonly max_tokens: number;
  /** Requests, and how many of them are in flight. */
  readonly requests: number;
  readonly concurrency: number;
}

/** Sends requests as a worker does and gives back their records. */
async function sent({ url, stream, max_tokens, requests, concurrency }: Asked): Promise<RequestRecord[]> {
  const asked = { endpoint: endpoint({ predictor: "triton", url }), stream, concurrency };
  const parameters = { max_new_tokens: max_tokens };
  const { requests: planned } = planOf([spec({ ...asked, parameters, requests })]);
  const predictor = triton(asked);
  const transports = openTransports("auto");
  const transport = transports.for(url);
  const context = {
    transport,
    segment: "s",
    worker: "w",
    origin_at_ms: 0,
    signal: new AbortController().signal,
  };
  const records: RequestRecord[] = [];
  let next = 0;
  const slot = async () => {
    for (let one = planned[next++]; one !== undefined; one = planned[next++]) {
      const options = {
        planned: one,
        level: level({ ...asked, parameters }),
        payload: payload(one.payload_id),
        predictor,
      };
      records.push((await attempt(options, context)).record());
    }
  };
  await Promise.all(Array.from({ length: concurrency }, slot));
  transports.close();
  return records;
}

/** The server's own account of a model: requests it has answered, and the time they took it, in milliseconds. */
async function statistics(url: string): Promise<{ count: number; busy_ms: number }> {
  const answer = await fetch(`${url}/stats`);
  const {
    model_stats: [{ inference_stats: { success, queue, compute_input, compute_infer, compute_output } }],
  } = await answer.json();
  const ns = [queue, compute_input, compute_infer, compute_output].reduce((sum, part) => sum + part.ns, 0);
  return { count: success.count, busy_ms: ns / 1e6 };
}

/** Of these values, to a hundredth. */
function median(values: readonly (number | null)[]): number {
  const sorted = values.map((value) => value ?? NaN).sort((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length / 2)] ?? NaN) * 100) / 100;
}

for (const concurrency of [1, 4, 8]) {
  engineTest(
    `${concurrency} streams at a time: every piece is read, and the server has counted the same requests`,
    async (url) => {
      const [requests, max_tokens] = [concurrency * 5, 20];
      const before = await statistics(url);
      const records = await sent({ url, stream: true, max_tokens, requests, concurrency });
      const after = await statistics(url);
      assert.equal(after.count - before.count, requests);
      const busy_ms = (after.busy_ms - before.busy_ms) / requests;
      for (const record of records) {
        assert.deepEqual([record.status, record.error_message, record.http_status], ["ok", null, 200]);
        assert.equal(record.chunks, max_tokens);
        assert.equal(record.completion?.trim().split(/\s+/).length, max_tokens);
        assert.deepEqual([record.token_source, record.completion_tokens], [null, null], "nobody has counted");
        const { sent_ms, first_token_ms, last_token_ms, ended_ms } = record;
        assert.ok(sent_ms !== null && first_token_ms !== null && last_token_ms !== null && ended_ms !== null);
        assert.ok(sent_ms < first_token_ms && first_token_ms < last_token_ms && last_token_ms <= ended_ms);
      }
      console.log(
        `concurrency ${concurrency}: ${requests} requests of ${max_tokens} pieces, clock ${
          records[0]?.clock
        }; medians in ms: ` +
          `TTFT ${median(records.map((r) => r.ttft_ms))}, gap ${median(records.map((r) => r.itl_p50_ms))}, ` +
          `whole ${median(records.map((r) => r.e2e_ms))}; the server's own queue and compute ${
            busy_ms.toFixed(2)
          } a request; ` +
          `coalesced ${records.reduce((sum, r) => sum + r.coalesced_chunks!, 0)}`,
      );
    },
  );

  engineTest(
    `${concurrency} whole answers at a time: the text, and the same count of requests`,
    async (url) => {
      const requests = concurrency * 5;
      const before = await statistics(url);
      const records = await sent({ url, stream: false, max_tokens: 1, requests, concurrency });
      assert.equal((await statistics(url)).count - before.count, requests);
      for (const record of records) {
        assert.deepEqual([record.status, record.error_message, record.chunks], ["ok", null, 0]);
        assert.equal(record.completion?.trim().split(/\s+/).length, 1);
        assert.equal(record.ttft_ms, null);
      }
      console.log(
        `concurrency ${concurrency}, not streamed: whole ${median(records.map((r) => r.e2e_ms))} ms`,
      );
    },
  );
}

engineTest("an unknown model is the server's own error, streamed or not", async (url) => {
  const unknown = url.replace(/[^/]+$/, "no-such-model");
  for (const stream of [true, false]) {
    const [record] = await sent({ url: unknown, stream, max_tokens: 2, requests: 1, concurrency: 1 });
    assert.deepEqual([record?.status, record?.error_kind, record?.http_status], ["error", "http", 404]);
    assert.match(String(record?.error_message), /unknown model: 'no-such-model'/);
  }
});

engineTest(
  "a whole answer of several responses is refused with status 200, which is no answer",
  async (url) => {
    const [record] = await sent({ url, stream: false, max_tokens: 2, requests: 1, concurrency: 1 });
    assert.deepEqual([record?.status, record?.error_kind, record?.http_status], ["error", "stream", 200]);
    assert.match(String(record?.error_message), /expects model to produce exactly 1 response/);
  },
);

engineTest("a stream without any response is no answer", async (url) => {
  const [record] = await sent({ url, stream: true, max_tokens: 0, requests: 1, concurrency: 1 });
  assert.deepEqual([record?.status, record?.error_kind, record?.error_message], [
    "error",
    "stream",
    "the stream ended without an event",
  ]);
});

/** What was traced of the last `count` requests; a trace is written some time after its request. */
async function tracedSince(path: string, before: number, count: number): Promise<TracedRequest[]> {
  for (const deadline = performance.now() + 5000; performance.now() < deadline;) {
    const found = tracedRequests(path).slice(before);
    if (found.length === count) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${path} has no traces of ${count} requests after 5 s`);
}

if (traces === undefined) {
  Deno.test({
    name: "skipped, as FMBENCH_TRITON_TRACE names no traces: times are the server's own",
    ignore: true,
    fn() {},
  });
} else {
  engineTest(
    "TTFT and the time from first to last piece are the server's own, request by request",
    async (url) => {
      const [requests, max_tokens] = [20, 20];
      const before = tracedRequests(traces).length;
      const records = await sent({ url, stream: true, max_tokens, requests, concurrency: 1 });
      const server = await tracedSince(traces, before, requests);
      const ttft = records.map(({ ttft_ms }, i) =>
        ttft_ms! - (server[i]!.responses_ms[0]! - server[i]!.received_ms)
      );
      const span = records.map(({ first_token_ms, last_token_ms }, i) => {
        const { responses_ms } = server[i]!;
        return Math.abs(
          last_token_ms! - first_token_ms! - (responses_ms[max_tokens - 1]! - responses_ms[0]!),
        );
      });
      const worst = (values: readonly number[]) => Math.max(...values).toFixed(2);
      console.log(
        `clock ${records[0]?.clock}: TTFT later than the server's by ${median(ttft)} ms (worst ${
          worst(ttft)
        }), ` +
          `first to last off by ${median(span)} ms (worst ${worst(span)})`,
      );
      // The network's way there and back is in ours; a busy machine makes single requests late, not half of them.
      assert.ok(median(ttft) >= 0 && median(ttft) < 2, `TTFT: ${median(ttft)} ms`);
      assert.ok(median(span) < 1, `first to last: ${median(span)} ms`);
    },
  );
}
