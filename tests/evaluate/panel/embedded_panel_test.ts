/** A panel of three embedded judges with known errors: what they decide, against what they have to. */

import assert from "node:assert/strict";
import { majorityOf } from "../../../lib/evaluate/mod.ts";
import { serve } from "../../../lib/simulate/mod.ts";
import { answerOf, inFolder, judgeAt, judging } from "./scripted_judge.ts";

const instant = {
  ...{ base_ms: 0, prefill_tokens_per_s: 1e9, decode_ms: 0, decode_ms_per_sequence: 0, slots: 64, jitter: 0 },
};

Deno.test("the majority of judges with errors of 0.1, 0.2 and 0.3 is right in 0.902 of the cases", () =>
  inFolder(async (votes_path) => {
    const endpoints = await Promise.all(
      [0.9, 0.8, 0.7].map((accuracy, i) =>
        serve({ profile: instant, model_id: `judge-${i}`, accuracy, seed: i + 1 })
      ),
    );
    try {
      const n = 600;
      // Every other answer is right.
      const answers = Array.from(
        { length: n },
        (_, i) => answerOf(i, i % 2 === 0 ? `It is truth ${i}.` : "It is 7."),
      );
      const judges = endpoints.map(({ url }, i) => {
        const judge = judgeAt("", `judge-${i}`);
        return { ...judge, endpoint: { ...judge.endpoint, url } };
      });
      const { votes, calls, accounts } = await judging({ answers, judges, votes_path, parallel: 16 });
      assert.equal(calls, 3 * n, "no verdict needed a second call");
      const byAnswer = Map.groupBy(votes, ({ answer_id }) => answer_id);
      const isRight = (answer_id: string, outcome: string) =>
        outcome === (Number(answer_id.slice(1)) % 2 === 0 ? "correct" : "incorrect");
      const right = [...byAnswer].filter(([answer_id, own]) =>
        isRight(
          answer_id,
          majorityOf(own.map(({ outcome }) => outcome), 3).verdict,
        )
      ).length;
      // 3.29 standard errors of a fraction of 600: 0.040 for the panel, up to 0.062 for a judge.
      assert.ok(Math.abs(right / n - 0.902) < 0.04, `${right / n}`);
      for (const [i, accuracy] of [0.9, 0.8, 0.7].entries()) {
        const own = votes.filter(({ judge }) => judge === `judge-${i}`);
        const share = own.filter(({ answer_id, outcome }) => isRight(answer_id, outcome)).length / n;
        assert.ok(Math.abs(share - accuracy) < 0.062, `${share}`);
        assert.equal(accounts[i]!.correct + accounts[i]!.incorrect, n);
      }
    } finally {
      await Promise.all(endpoints.map((endpoint) => endpoint.close()));
    }
  }));
