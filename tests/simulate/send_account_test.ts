import assert from "node:assert/strict";
import { type Asked, SendAccount } from "../../lib/simulate/send_account.ts";
import { now } from "../../lib/simulate/time.ts";

const asked = (received_ms: number): Asked => ({
  ...{
    n: 1,
    received_ms,
    request_id: "r",
    prompt_key: "k",
    prompt_use: 2,
    right: true,
    fault: null,
    shapes: ["comments"],
    served_latency: null,
  },
});

Deno.test("first, last and latest sends, one entry a token, and what was asked", () => {
  const received = now() - 100;
  const account = new SendAccount(asked(received), { streamed: true, prompt_tokens: 7, log_tokens: 5 });
  const due = now() - 3;
  account.stamp(due);
  account.stamp(due + 2);
  const truth = account.truth(200, 4);
  assert.deepEqual([truth.status, truth.frozen_ms, truth.prompt_use, truth.shapes, truth.prompt_tokens], [
    200,
    4,
    2,
    ["comments"],
    7,
  ]);
  assert.deepEqual([truth.completion_tokens, truth.sent_us!.length, truth.late_us!.length], [2, 2, 2]);
  assert.ok(truth.deadline_error_ms_max! >= 3 && truth.late_us![0]! >= 3000 && truth.late_us![1]! >= 1000);
  assert.equal(truth.ttft_ms, truth.first_send_ms! - received);
  assert.ok(truth.first_send_ms! <= truth.last_send_ms! && truth.last_send_ms! <= truth.done_ms);
});

Deno.test("in one piece there is no time to the first token; refused there are no tokens", () => {
  const whole = new SendAccount(asked(now()), { streamed: false, prompt_tokens: 7, log_tokens: 5 });
  whole.stamp(now(), 5);
  const { ttft_ms, completion_tokens, sent_us } = whole.truth(200, 0);
  assert.deepEqual([ttft_ms, completion_tokens, sent_us], [null, 5, null]);
  const refused = new SendAccount(asked(now()), { streamed: false, prompt_tokens: null, log_tokens: 0 });
  assert.equal(refused.truth(404, 0).completion_tokens, null);
});
