/** Judges that answer, fail, and are asked again. */

import assert from "node:assert/strict";
import { callsPath } from "../../../lib/evaluate/panel/votes_file.ts";
import { type Judge, readVotes } from "../../../lib/evaluate/mod.ts";
import { readJsonLines } from "../../../lib/storage/mod.ts";
import {
  answerOf,
  answersUpTo,
  correct,
  incorrect,
  inFolder,
  judgeAt,
  judgeServer,
  judging,
  type Said,
} from "./scripted_judge.ts";

const number = (prompt: string) => Number(/What is (\d+)\?/.exec(prompt)![1]);

Deno.test("every judge votes once on every answer; votes, tokens and costs add up", () =>
  inFolder(async (votes_path) => {
    using kind = judgeServer(() => correct);
    using strict = judgeServer(({ prompt }) => number(prompt) % 2 === 0 ? correct : incorrect);
    const judges = [judgeAt(kind.url, "kind"), judgeAt(strict.url, "strict")];
    const seen: number[] = [];
    const judged = await judging({
      answers: answersUpTo(10),
      judges,
      votes_path,
      cost: ({ prompt_tokens, completion_tokens }, { name }) =>
        name === "kind" ? (prompt_tokens! + 5 * completion_tokens!) / 1000 : null,
      onProgress: ({ done }) => seen.push(done),
    });
    assert.deepEqual(
      judged.votes.map(({ answer_id, judge, outcome }) => `${answer_id} ${judge} ${outcome}`),
      answersUpTo(10).flatMap(({ answer_id }, i) => [
        `${answer_id} kind correct`,
        `${answer_id} strict ${i % 2 === 0 ? "correct" : "incorrect"}`,
      ]),
    );
    assert.deepEqual(judged.votes[0]!.explanation, "it is");
    assert.deepEqual([judged.calls, judged.resumed, judged.again, judged.stopped_by], [20, 0, 0, null]);
    const [first, second] = judged.accounts;
    assert.deepEqual({ ...first }, {
      judge: "kind",
      model_id: "kind",
      ...{ correct: 10, incorrect: 0, unparsable: 0, failed: 0, calls: 10 },
      ...{ prompt_tokens: 1000, completion_tokens: 100, cost: 1.5 },
    });
    assert.deepEqual([second!.correct, second!.incorrect, second!.cost], [5, 5, null]);
    assert.equal(judged.cost, 1.5);
    assert.deepEqual(seen, Array.from({ length: 20 }, (_, i) => i + 1));
    assert.deepEqual((await readVotes(votes_path)).length, 20);
    assert.equal(kind.requests.length + strict.requests.length, 20);
  }));

Deno.test("a second start takes over what is there, and makes no call", () =>
  inFolder(async (votes_path) => {
    using server = judgeServer(() => correct);
    const options = { answers: answersUpTo(5), judges: [judgeAt(server.url)], votes_path };
    const first = await judging(options);
    const second = await judging(options);
    assert.deepEqual(second.votes, first.votes);
    assert.deepEqual([second.resumed, second.calls, server.requests.length], [5, 5, 5]);
  }));

Deno.test("under other rules nothing is taken over; the later votes are the ones that are read", () =>
  inFolder(async (votes_path) => {
    using server = judgeServer(({ prompt }) => prompt.includes("Be strict.") ? incorrect : correct);
    const options = { answers: answersUpTo(3), votes_path };
    await judging({ ...options, judges: [judgeAt(server.url)] });
    const strict: Judge = judgeAt(server.url, "judge", { rules: "Be strict." });
    const second = await judging({ ...options, judges: [strict] });
    assert.equal(second.resumed, 0);
    assert.ok(second.votes.every(({ outcome }) => outcome === "incorrect"));
    assert.ok((await readVotes(votes_path)).every(({ outcome }) => outcome === "incorrect"));
  }));

Deno.test("votes of another run are taken over where the same judge was asked the same, and are not paid for here", () =>
  inFolder(async (votes_path) => {
    let asked = 0;
    using server = judgeServer(({ prompt }) => {
      asked++;
      return number(prompt) === 2 && asked < 4 ? { status: "401 No" } : correct;
    });
    const cost = ({ prompt_tokens }: { prompt_tokens: number | null }) =>
      prompt_tokens && prompt_tokens / 100;
    const judges = [judgeAt(server.url)];
    const first = await judging({ answers: answersUpTo(3), judges, votes_path, cost });
    assert.deepEqual([first.taken_over, first.cost, asked], [0, 2, 3]);
    const options = {
      answers: answersUpTo(4),
      judges,
      votes_path: votes_path.replace("evaluations", "second"),
      earlier: [{ run_id: "none", votes_path: "/nowhere/votes.jsonl" }, { run_id: "one", votes_path }],
      cost,
    };
    // Two are there; the failed one and the new one are asked for.
    const second = await judging(options);
    assert.deepEqual([second.taken_over, second.resumed, second.calls, asked], [2, 0, 2, 5]);
    assert.deepEqual(second.votes.map(({ outcome, from_run }) => [outcome, from_run]), [
      ["correct", "one"],
      ["correct", "one"],
      ["correct", undefined],
      ["correct", undefined],
    ]);
    const [account] = second.accounts;
    assert.deepEqual([account!.correct, account!.calls, account!.prompt_tokens, second.cost], [4, 2, 200, 2]);
    // They are in its own file from then on, and still the other's; a third run hears of them by the second.
    await Deno.remove(votes_path);
    const again = await judging(options);
    assert.deepEqual([again.taken_over, again.resumed, again.cost, asked], [2, 2, 2, 5]);
    const third = await judging({
      ...options,
      votes_path: votes_path.replace("evaluations", "third"),
      earlier: [{ run_id: "two", votes_path: options.votes_path }],
    });
    assert.deepEqual([third.votes.map(({ from_run }) => from_run), third.cost, asked], [
      ["one", "one", "two", "two"],
      0,
      5,
    ]);
    // Under other rules nothing is.
    const strict = await judging({
      ...options,
      judges: [judgeAt(server.url, "judge", { rules: "Be strict." })],
    });
    assert.deepEqual([strict.taken_over, asked], [0, 9]);
  }));

Deno.test("a judge whose answers come without a count has no cost, whatever its price", () =>
  inFolder(async (votes_path) => {
    using server = judgeServer(() => ({
      status: "200 OK",
      headers: "content-type: application/json\r\n",
      body: JSON.stringify({ choices: [{ message: { content: correct }, finish_reason: "stop" }] }),
    }));
    const { cost, accounts, votes } = await judging({
      answers: answersUpTo(1),
      judges: [judgeAt(server.url)],
      votes_path,
      cost: ({ prompt_tokens }) => prompt_tokens,
    });
    assert.deepEqual([votes[0]!.outcome, cost, accounts[0]!.cost], ["correct", null, null]);
  }));

Deno.test("a judge that times out, breaks off or refuses has failed after its attempts; nothing is lost", () =>
  inFolder(async (votes_path) => {
    const replies: readonly Said[] = ["hang", "reset", { status: "500 Oops" }, { status: "401 No" }, correct];
    using server = judgeServer(({ prompt }) => replies[number(prompt)]!);
    const { votes, accounts } = await judging({
      answers: answersUpTo(5),
      judges: [judgeAt(server.url)],
      votes_path,
      timeout_ms: 150,
    });
    assert.deepEqual(votes.map(({ outcome }) => outcome), [
      "failed",
      "failed",
      "failed",
      "failed",
      "correct",
    ]);
    // A key that is not known now is not known later: the one call that is not made again.
    assert.deepEqual(votes.map(({ calls }) => calls), [3, 3, 3, 1, 1]);
    assert.match(votes[0]!.error_message!, /within 150 ms/);
    assert.match(votes[3]!.error_message!, /HTTP 401/);
    assert.deepEqual([accounts[0]!.failed, accounts[0]!.calls], [4, 11]);
  }));

Deno.test("failed votes stand, unless they are asked for again", () =>
  inFolder(async (votes_path) => {
    let broken = true;
    using server = judgeServer(() => broken ? { status: "401 No" } : correct);
    const options = { answers: answersUpTo(2), judges: [judgeAt(server.url)], votes_path };
    await judging(options);
    broken = false;
    assert.deepEqual((await judging(options)).votes.map(({ outcome }) => outcome), ["failed", "failed"]);
    const again = await judging({ ...options, failed_again: true });
    assert.deepEqual(again.votes.map(({ outcome }) => outcome), ["correct", "correct"]);
    assert.equal((await readVotes(votes_path)).length, 2);
  }));

Deno.test("a throttled judge is asked again, not before the pause that it asks for", () =>
  inFolder(async (votes_path) => {
    using server = judgeServer(({ index }) =>
      index < 2 ? { status: "429 Slow", headers: "retry-after: 0.04\r\n" } : correct
    );
    const { votes } = await judging({ answers: [answerOf(0)], judges: [judgeAt(server.url)], votes_path });
    assert.deepEqual([votes[0]!.outcome, votes[0]!.calls], ["correct", 3]);
    const [first, second] = server.requests;
    assert.ok(Number(second!.received_ns - first!.received_ns) / 1e6 >= 40);
  }));

Deno.test("a judge that asks for a longer pause than is waited for has failed", () =>
  inFolder(async (votes_path) => {
    using server = judgeServer(() => ({ status: "429 Slow", headers: "retry-after: 3600\r\n" }));
    const { votes } = await judging({ answers: [answerOf(0)], judges: [judgeAt(server.url)], votes_path });
    assert.deepEqual([votes[0]!.outcome, votes[0]!.calls], ["failed", 1]);
  }));

Deno.test("prose and half a JSON get one request to repair them, and count as unparsable if that fails", () =>
  inFolder(async (votes_path) => {
    const first = ["I think it's fine, all in all.", '{"verdict": "corr', "Well.", '{"verdict": "incorr'];
    const second = [correct, incorrect, "Well, well.", '{"verdict": "inc'];
    using server = judgeServer(({ messages, body }) => {
      const i = number(String((body["messages"] as { content: string }[])[0]!.content));
      if (messages.length === 1) return first[i]!;
      assert.equal(messages[1]!.content, first[i]);
      assert.match(messages[2]!.content, /No verdict could be read/);
      return second[i]!;
    });
    const { votes, accounts } = await judging({
      answers: answersUpTo(4),
      judges: [judgeAt(server.url)],
      votes_path,
    });
    assert.deepEqual(votes.map(({ outcome, calls }) => [outcome, calls]), [
      ["correct", 2],
      ["incorrect", 2],
      ["unparsable", 2],
      ["unparsable", 2],
    ]);
    assert.deepEqual(votes.map(({ raw }) => raw), [null, null, "Well, well.", '{"verdict": "inc']);
    assert.equal(accounts[0]!.unparsable, 2);
    assert.equal(votes[2]!.prompt_tokens, 200, "tokens of both calls");
  }));

Deno.test("a judge that refuses structured output is asked plainly from then on, and loses no vote", () =>
  inFolder(async (votes_path) => {
    const forms: string[] = [];
    using server = judgeServer(({ body }) => {
      const form = (body["response_format"] as { type: string } | undefined)?.type ?? "plain";
      forms.push(form);
      return form === "plain"
        ? correct
        : { status: "400 Bad", body: '{"error":{"message":"no response_format"}}' };
    });
    const { votes, notices } = await judging({
      answers: answersUpTo(3),
      judges: [judgeAt(server.url)],
      votes_path,
      parallel: 1,
    });
    assert.deepEqual(forms, ["json_schema", "json_object", "plain", "plain", "plain"]);
    assert.deepEqual(votes.map(({ outcome, calls }) => [outcome, calls]), [
      ["correct", 3],
      ["correct", 1],
      ["correct", 1],
    ]);
    assert.equal(notices.length, 1);
    assert.match(notices[0]!, /judge refuses .*no response_format.*asked plainly/);
  }));

Deno.test("a refusal that the plain request meets too is no reason to give structured output up", () =>
  inFolder(async (votes_path) => {
    const forms: unknown[] = [];
    using server = judgeServer(({ body, prompt }) => {
      forms.push((body["response_format"] as { type: string } | undefined)?.type);
      return number(prompt) === 0 ? { status: "400 Bad", body: '{"error":"too long"}' } : correct;
    });
    const { votes } = await judging({
      answers: answersUpTo(2),
      judges: [judgeAt(server.url)],
      votes_path,
      parallel: 1,
    });
    assert.deepEqual(votes.map(({ outcome }) => outcome), ["failed", "correct"]);
    assert.deepEqual(forms, ["json_schema", "json_object", undefined, "json_schema"]);
  }));

Deno.test("`structured: no` asks plainly at once", () =>
  inFolder(async (votes_path) => {
    using server = judgeServer(({ body }) => "response_format" in body ? incorrect : correct);
    const judges = [judgeAt(server.url, "judge", { structured: "no" })];
    const { votes } = await judging({ answers: [answerOf(0)], judges, votes_path });
    assert.equal(votes[0]!.outcome, "correct");
  }));

Deno.test("no more calls are in flight than `parallel`, and a slow judge holds no more than its share", () =>
  inFolder(async (votes_path) => {
    const release = Promise.withResolvers<void>();
    using slow = judgeServer(async () => {
      await release.promise;
      return correct;
    });
    using quick = judgeServer(() => correct);
    let done = 0;
    await judging({
      answers: answersUpTo(30),
      judges: [judgeAt(slow.url, "slow"), judgeAt(quick.url, "quick")],
      votes_path,
      parallel: 4,
      // The slow one says nothing until the quick one is through.
      onProgress: () => ++done === 30 && release.resolve(),
    });
    assert.equal(done, 60);
    assert.ok(slow.busiest <= 4 && quick.busiest <= 4);
    assert.equal(quick.requests.length, 30);
  }));

Deno.test("the cap on calls holds over all starts, and what is left is judged under a higher one", () =>
  inFolder(async (votes_path) => {
    using server = judgeServer(() => correct);
    const options = { answers: answersUpTo(10), judges: [judgeAt(server.url)], votes_path, parallel: 3 };
    const first = await judging({ ...options, cap: { calls: 4 } });
    assert.deepEqual([first.votes.length, first.calls, first.stopped_by], [4, 4, "calls"]);
    const second = await judging({ ...options, cap: { calls: 4 } });
    assert.deepEqual([second.votes.length, server.requests.length], [4, 4]);
    const third = await judging({ ...options, cap: { calls: 10 } });
    assert.deepEqual([third.votes.length, third.stopped_by, server.requests.length], [10, null, 10]);
  }));

Deno.test("the cap in dollars is not exceeded, though calls are in flight at once", () =>
  inFolder(async (votes_path) => {
    using server = judgeServer(() => correct);
    const options = { answers: answersUpTo(40), judges: [judgeAt(server.url)], votes_path, parallel: 8 };
    // A call takes 100 + 10 tokens at 0.001 each: 0.11. Nine of them fit; the last ones wait for those before.
    const cost = (
      { prompt_tokens, completion_tokens }: {
        prompt_tokens: number | null;
        completion_tokens: number | null;
      },
    ) =>
      prompt_tokens === null || completion_tokens === null
        ? null
        : (prompt_tokens + completion_tokens) / 1000;
    const judged = await judging({ ...options, cost, cap: { dollars: 2 } });
    assert.equal(judged.stopped_by, "dollars");
    assert.ok(judged.cost! <= 2, `${judged.cost}`);
    // The greatest call is set aside as 300 tokens of answer and a third of the prompt's bytes, under 1.1: at least 9 calls fit.
    assert.ok(judged.votes.length >= 9, `${judged.votes.length}`);
    const unpriced = await judging({ ...options, cost: () => null, cap: { dollars: 1 } });
    assert.equal(unpriced.votes.length, 40);
    assert.match(unpriced.notices.join(), /leaves out judges without a price: judge/);
  }));

Deno.test("the caller's signal ends what is in flight, and a later start goes on", () =>
  inFolder(async (votes_path) => {
    const stop = new AbortController();
    let hanging = true;
    using server = judgeServer(({ index }) => {
      if (index === 5) stop.abort();
      return hanging && index >= 4 ? "hang" : correct;
    });
    const options = { answers: answersUpTo(10), judges: [judgeAt(server.url)], votes_path, parallel: 2 };
    const first = await judging({ ...options, signal: stop.signal });
    assert.deepEqual([first.votes.length, first.stopped_by, first.calls], [4, "signal", 6]);
    hanging = false;
    const second = await judging(options);
    assert.deepEqual([second.votes.length, second.resumed, second.again, second.calls], [10, 4, 2, 12]);
    assert.match(second.notices[0]!, /made again: 2\./);
    assert.equal((await readJsonLines(callsPath(votes_path))).length, 12);
  }));

Deno.test("a panel that can't be asked is refused before any call", async () => {
  using server = judgeServer(() => correct);
  const judge = judgeAt(server.url);
  const options = { answers: answersUpTo(1), votes_path: "/nowhere/votes.jsonl" };
  await assert.rejects(judging({ ...options, judges: [] }), /nobody to ask/);
  await assert.rejects(judging({ ...options, judges: [judge, judge] }), /two judges have this name/);
  await assert.rejects(
    judging({ ...options, judges: [{ ...judge, template: "{question} {rules}" }] }),
    /no \{answer\} and no \{ground_truth\}/,
  );
  assert.equal(server.requests.length, 0);
});
