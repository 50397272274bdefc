/**
 * A judging for tests that kill it: two judges at a URL, asked through a module where one is named, so many answers, and what it came to
 * on standard output.
 */

import type { Judge } from "../../../lib/evaluate/mod.ts";
import { answersUpTo, judgeAt, judging } from "./scripted_judge.ts";

const [url = "", votes_path = "", answers = "", module] = Deno.args;
const judge = (name: string): Judge => {
  const { endpoint, ...rest } = judgeAt(url, name);
  return {
    ...rest,
    endpoint: module === undefined ? endpoint : { ...endpoint, predictor: module, options: { module } },
  };
};
const { calls, resumed, again, votes, notices } = await judging({
  answers: answersUpTo(Number(answers)),
  judges: [judge("one"), judge("two")],
  votes_path,
  parallel: 4,
  env: Deno.env.toObject(),
});
console.log(JSON.stringify({ calls, resumed, again, votes: votes.length, notices }));
