/** A judging that is killed with SIGKILL and started again: what is made again, and how that is counted. */

import assert from "node:assert/strict";
import { seededRandom, type Vote } from "../../../lib/core/mod.ts";
import { readVotes } from "../../../lib/evaluate/mod.ts";
import { type CallLine, callsPath } from "../../../lib/evaluate/panel/votes_file.ts";
import { readLineLog } from "../../../lib/storage/mod.ts";
import type { ScriptedServer } from "../../transport/scripted_server.ts";
import { type Asked, correct, inFolder, judgeServer } from "./scripted_judge.ts";

const program = new URL("./judging_program.ts", import.meta.url).pathname;
const ignore = Deno.build.os === "windows";

function start(server: ScriptedServer, votes_path: string, answers: number): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", program, server.url, votes_path, String(answers)],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

interface Outcome {
  readonly calls: number;
  readonly resumed: number;
  readonly again: number;
  readonly votes: number;
  readonly notices: readonly string[];
}

async function finish(command: Deno.Command): Promise<Outcome> {
  const { success, stdout, stderr } = await command.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function killed(command: Deno.Command, when: () => boolean | Promise<boolean>): Promise<void> {
  await using child = command.spawn();
  const end = performance.now() + 20_000;
  while (!await when()) {
    if (performance.now() > end) throw new Error("it did not come about within 20 s");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  child.kill("SIGKILL");
  await child.stdout.cancel();
  await child.stderr.cancel();
  await child.status;
}

/** One judge on one answer, as the server sees it. */
const pairOf = ({ prompt, body }: Asked) => `${body["model"]} ${/What is (\d+)\?/.exec(prompt)![1]}`;
const keyOf = ({ judge, answer_id }: Pick<Vote, "judge" | "answer_id">) => `${judge} ${answer_id.slice(1)}`;

const linesIn = async (path: string) =>
  (await Deno.readTextFile(path).catch(() => "")).split("\n").length - 1;

Deno.test(
  "only the calls in flight at the kill are made again, and their number is printed",
  { ignore },
  () =>
    inFolder(async (votes_path) => {
      const asked: string[] = [];
      let hanging = true;
      using server = judgeServer((call) => {
        asked.push(pairOf(call));
        return hanging && call.index >= 20 ? "hang" : correct;
      });
      // Twenty are answered, four are left without an answer: all that may be in flight.
      await killed(
        start(server, votes_path, 30),
        async () => asked.length === 24 && await linesIn(votes_path) === 20,
      );
      const inFlight = asked.slice(20);
      const voted = (await readVotes(votes_path)).map(keyOf);
      assert.equal(new Set([...inFlight, ...voted]).size, 24);
      hanging = false;
      const outcome = await finish(start(server, votes_path, 30));
      assert.deepEqual([outcome.resumed, outcome.again, outcome.votes, outcome.calls], [20, 4, 60, 64]);
      assert.match(
        outcome.notices.join("\n"),
        /in flight when the judging was cut off, which are made again: 4\./,
      );
      assert.equal(asked.length, 64);
      const twice = asked.filter((pair, i) => asked.indexOf(pair) !== i);
      assert.deepEqual(twice.toSorted(), inFlight.toSorted());
    }),
);

Deno.test(
  "killed six times at any moment, a judging comes to what an uncut one does",
  { ignore },
  () =>
    inFolder(async (votes_path) => {
      const answers = 120;
      const asked: string[] = [];
      const random = seededRandom(7, "cuts");
      using server = judgeServer(async (call) => {
        asked.push(pairOf(call));
        await new Promise((resolve) => setTimeout(resolve, 5 + 10 * random.next()));
        return correct;
      });
      let lost = 0;
      for (let cut = 0; cut < 6; cut++) {
        const until = asked.length + 1 + random.below(30);
        await killed(start(server, votes_path, answers), () => asked.length >= until);
        const voted = new Set((await readVotes(votes_path)).map(keyOf));
        const { values } = await readLineLog<CallLine>(callsPath(votes_path));
        const noted = new Set(values.map(keyOf));
        assert.ok(asked.every((pair) => noted.has(pair)), "a call is noted before the server sees it");
        const inFlight = values.length - voted.size - lost;
        assert.ok(0 <= inFlight && inFlight <= 4, `${inFlight} in flight`);
        lost += inFlight;
      }
      const outcome = await finish(start(server, votes_path, answers));
      assert.equal(outcome.votes, 2 * answers);
      assert.equal(outcome.calls, 2 * answers + lost);
      const votes = await readVotes(votes_path);
      assert.equal(votes.length, 2 * answers);
      assert.ok(votes.every(({ outcome }) => outcome === "correct"));
      assert.ok(asked.length <= outcome.calls, "no call was made that is not noted");
    }),
);

Deno.test("a torn last line costs its own vote and no other", () =>
  inFolder(async (votes_path) => {
    using server = judgeServer(() => correct);
    await finish(start(server, votes_path, 3));
    const text = await Deno.readTextFile(votes_path);
    await Deno.writeTextFile(votes_path, text.slice(0, -10));
    const outcome = await finish(start(server, votes_path, 3));
    assert.deepEqual([outcome.resumed, outcome.again, outcome.votes, outcome.calls], [5, 1, 6, 7]);
    assert.equal((await readVotes(votes_path)).length, 6);
  }));
