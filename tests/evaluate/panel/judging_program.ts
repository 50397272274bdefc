/** A judging for tests that kill it: two judges at a URL, so many answers, and what it came to on standard output. */

import { answersUpTo, judgeAt, judging } from "./scripted_judge.ts";

const [url = "", votes_path = "", answers = ""] = Deno.args;
const { calls, resumed, again, votes, notices } = await judging({
  answers: answersUpTo(Number(answers)),
  judges: [judgeAt(url, "one"), judgeAt(url, "two")],
  votes_path,
  parallel: 4,
});
console.log(JSON.stringify({ calls, resumed, again, votes: votes.length, notices }));
