/** Judges that are asked through a user's own module, which runs in a real process of its own. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { checkJudges, type Judge } from "../../../lib/evaluate/mod.ts";
import { projectRoot } from "../../../lib/pipeline/project.ts";
import { openTransports } from "../../../lib/transport/mod.ts";
import {
  answersUpTo,
  correct,
  incorrect,
  inFolder,
  judgeAt,
  judgeServer,
  judging,
} from "./scripted_judge.ts";

/** A judge whose module has this text, in a folder of its own, beside the votes. */
async function ownJudge(
  folder: string,
  url: string,
  text: string,
  { name = "own", api_key_env = null as string | null } = {},
): Promise<Judge> {
  const module = join(folder, `${name}.ts`);
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(module, text);
  const { endpoint, ...judge } = judgeAt(url, name);
  return { ...judge, endpoint: { ...endpoint, predictor: module, api_key_env, options: { module } } };
}

const shipped = (form: string) => join(projectRoot, "configs/predictors", `${form}.ts`);
const client = (body: string) => `
export default class {
  endpointName = "mine";
  constructor(readonly options: any) {}
  async predict({ prompt }: any, parameters: any, { signal }: any): Promise<any> {
    const number = Number(/What is (\\d+)\\?/.exec(prompt)?.[1] ?? -1);
    const verdict = (text: string) => ({ text, prompt_tokens: 100, completion_tokens: 10 });
    ${body}
  }
}`;
const says = `return verdict(${JSON.stringify(correct)});`;

/** Whether any process of this machine runs a module of that folder. */
async function runs(folder: string): Promise<boolean> {
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const line = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
    if (line.includes(folder)) return true;
  }
  return false;
}

async function gone(folder: string): Promise<void> {
  const end = performance.now() + 10_000;
  while (await runs(folder)) {
    if (performance.now() > end) assert.fail(`a process of ${folder} still runs`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const ignore = Deno.build.os !== "linux";

Deno.test("both forms of an own module judge through a panel beside a protocol of ours", () =>
  inFolder(async (votes_path) => {
    const heard: (readonly unknown[])[] = [];
    using server = judgeServer(({ prompt, body }) => {
      heard.push([body["model"], body["max_tokens"]]);
      return /What is [02]\?/.test(prompt) ? correct : incorrect;
    });
    const judges = await Promise.all(
      ["chat_protocol", "chat_client"].map(async (form) =>
        await ownJudge(
          join(votes_path, "..", form),
          `${server.url}`,
          await Deno.readTextFile(shipped(form)),
          {
            name: form,
          },
        )
      ),
    );
    const { votes, accounts } = await judging({
      answers: answersUpTo(4),
      judges: [...judges, judgeAt(server.url, "ours")],
      votes_path,
      cost: ({ prompt_tokens }) => prompt_tokens! / 100,
    });
    assert.deepEqual(
      Object.groupBy(votes, ({ judge }) => judge).chat_client!.map(({ outcome }) => outcome),
      ["correct", "incorrect", "correct", "incorrect"],
    );
    assert.equal(votes.length, 12);
    for (const { judge, correct, incorrect, calls, cost } of accounts) {
      assert.deepEqual([correct, incorrect, calls, cost], [2, 2, 4, 4], judge);
    }
    assert.ok(votes.every(({ latency_ms }) => latency_ms !== null && latency_ms > 0));
    assert.deepEqual(
      heard.filter(([model]: readonly unknown[]) => model === "chat_client"),
      Array(4).fill(["chat_client", 300]),
    );
    if (!ignore) await gone(join(votes_path, ".."));
  }));

Deno.test("it sees its key and no other variable, and its key stands in no message", () =>
  inFolder(async (votes_path) => {
    using server = judgeServer(() => correct);
    const folder = join(votes_path, "..");
    const judge = await ownJudge(
      folder,
      server.url,
      client(
        `throw new Error([this.options.env.JUDGE_KEY, Deno.env.get("OTHER_KEY"), Object.keys(this.options.env)].join(" "));`,
      ),
      { api_key_env: "JUDGE_KEY" },
    );
    const env = {
      ...Deno.env.toObject(),
      JUDGE_KEY: "key-of-the-judge",
      OTHER_KEY: "other",
      LD_LIBRARY_PATH: "/lib",
    };
    const { votes } = await judging({ answers: answersUpTo(1), judges: [judge], votes_path, env });
    assert.deepEqual([votes[0]!.outcome, votes[0]!.error_message], ["failed", "[redacted] JUDGE_KEY"]);
  }));

Deno.test("it can't read a file, reach another address, write, start a program, load native code or fetch code", () =>
  inFolder(async (votes_path) => {
    using server = judgeServer(() => correct);
    using other = judgeServer(() => correct);
    const attempts = [
      `await Deno.readTextFile(${JSON.stringify(join(projectRoot, "deno.json"))})`,
      `await fetch("${other.url}/v1")`,
      `await Deno.connect({ hostname: "127.0.0.1", port: ${new URL(other.url).port} })`,
      `await Deno.writeTextFile("mine.txt", "x")`,
      `await new Deno.Command("ls").output()`,
      `Deno.dlopen("libc.so.6", {})`,
      `await import("https://esm.sh/x")`,
      `Deno.kill(Deno.ppid, "SIGTERM")`,
    ];
    const code = attempts.map((attempt, i) => `if (number === ${i}) { ${attempt}; }`).join("\n");
    const judge = await ownJudge(join(votes_path, ".."), server.url, client(`${code} ${says}`));
    const { votes } = await judging({
      answers: answersUpTo(attempts.length + 1),
      judges: [judge],
      votes_path,
    });
    for (const [i, attempt] of attempts.entries()) {
      assert.equal(votes[i]!.outcome, "failed", attempt);
      assert.match(votes[i]!.error_message ?? "", /Requires .* access|not found|cach/i, attempt);
    }
    assert.equal(votes.at(-1)!.outcome, "correct", "what it may do, it does");
    assert.equal(other.requests.length, 0);
  }));

for (const exit of ["Deno.exit(0)", "Deno.exit(7)", '(await import("node:process")).exit(3)']) {
  Deno.test(`a module that calls ${exit} costs its own vote and no other`, () =>
    inFolder(async (votes_path) => {
      using server = judgeServer(() => correct);
      const judge = await ownJudge(
        join(votes_path, ".."),
        server.url,
        client(`if (number === 3) { ${exit}; } ${says}`),
      );
      const { votes } = await judging({ answers: answersUpTo(8), judges: [judge], votes_path, parallel: 4 });
      assert.deepEqual(
        votes.map(({ outcome }) => outcome),
        answersUpTo(8).map((_, i) => i === 3 ? "failed" : "correct"),
      );
      assert.match(
        votes[3]!.error_message!,
        /own\.ts in the middle of the call: its process ended with code \d/,
      );
      assert.equal(votes[3]!.calls, 3);
      if (!ignore) await gone(join(votes_path, ".."));
    }));
}

Deno.test("a module that never gives way is ended at the call's limit; the others get their votes", () =>
  inFolder(async (votes_path) => {
    using server = judgeServer(() => correct);
    const judge = await ownJudge(
      join(votes_path, ".."),
      server.url,
      client(`if (number === 1) for (;;); ${says}`),
    );
    const { votes } = await judging({
      answers: answersUpTo(3),
      judges: [judge],
      votes_path,
      timeout_ms: 500,
      retries: { attempts: 2, backoff_ms: 1, longest_ms: 1 },
    });
    assert.deepEqual(votes.map(({ outcome }) => outcome), ["correct", "failed", "correct"]);
    assert.match(votes[1]!.error_message!, /no answer within 2\.5 s, and it never gave way/);
    if (!ignore) await gone(join(votes_path, ".."));
  }));

Deno.test("a call that only waits for ever is over at its limit, in the same process", () =>
  inFolder(async (votes_path) => {
    using server = judgeServer(() => correct);
    const judge = await ownJudge(
      join(votes_path, ".."),
      server.url,
      client(`globalThis.calls = (globalThis.calls ?? 0) + 1;
        if (number === 0) await new Promise(() => {});
        if (number === 2 && globalThis.calls < 3) throw new Error("another process"); ${says}`),
    );
    const { votes } = await judging({
      answers: answersUpTo(3),
      judges: [judge],
      votes_path,
      parallel: 1,
      timeout_ms: 300,
      retries: { attempts: 1 },
    });
    assert.deepEqual(votes.map(({ outcome }) => outcome), ["failed", "correct", "correct"]);
    assert.match(votes[0]!.error_message!, /within 300 ms/);
  }));

Deno.test("what a module writes to its output, floods and half lines among it, costs no vote", () =>
  inFolder(async (votes_path) => {
    using server = judgeServer(() => correct);
    const judge = await ownJudge(
      join(votes_path, ".."),
      server.url,
      client(`
        console.log("hello", { done: 0, carried: null });
        const megabyte = new TextEncoder().encode("x".repeat(1 << 20));
        for (let i = 0; i < 5; i++) for (let at = 0; at < megabyte.length;) at += Deno.stdout.writeSync(megabyte.subarray(at));
        Deno.stdout.writeSync(new TextEncoder().encode('\\n{"done":0,"carried":null}\\n{"mark":"x","done":0}\\n{"half": '));
        ${says}`),
    );
    const { votes } = await judging({ answers: answersUpTo(4), judges: [judge], votes_path });
    assert.deepEqual(votes.map(({ outcome, calls }) => [outcome, calls]), Array(4).fill(["correct", 1]));
  }));

Deno.test("the stopped judging ends the process, also one that never gives way", () =>
  inFolder(async (votes_path) => {
    const stop = new AbortController();
    using server = judgeServer(() => {
      stop.abort();
      return correct;
    });
    const judge = await ownJudge(
      join(votes_path, ".."),
      server.url,
      client(
        `await fetch(this.options.endpoint.url, { method: "POST", body: '{"messages":[{"content":""}]}' }); for (;;);`,
      ),
    );
    const { stopped_by, votes } = await judging({
      answers: answersUpTo(2),
      judges: [judge],
      votes_path,
      signal: stop.signal,
      timeout_ms: 60_000,
    });
    assert.deepEqual([stopped_by, votes.length], ["signal", 0]);
    if (!ignore) await gone(join(votes_path, ".."));
  }));

Deno.test("the call before the first vote names modules that can't be used, beside judges that can't be asked", () =>
  inFolder(async (votes_path) => {
    using server = judgeServer(() => correct);
    const folder = join(votes_path, "..");
    const judges = [
      await ownJudge(folder, server.url, client(says), { name: "good" }),
      await ownJudge(folder, server.url, "export default class {\n  predict( {\n}", { name: "torn" }),
      await ownJudge(folder, server.url, "Deno.exit(4);", { name: "leaving" }),
      await ownJudge(folder, server.url, client(`throw new Error("no such model")`), { name: "refusing" }),
    ];
    const transports = openTransports("user");
    try {
      const access = { transports, env: Deno.env.toObject() };
      await assert.rejects(checkJudges(judges, access), (error: Error) => {
        const lines = error.message.split("\n");
        assert.match(lines[0]!, /Cannot ask 3 of 4 judges/);
        assert.match(
          lines[1]!,
          /- torn: Cannot use the predictor ".*torn\.ts": it can't be imported: .*line 3, column/,
        );
        assert.match(
          lines[2]!,
          /- leaving: Cannot use the predictor ".*leaving\.ts": its process ended with code 4/,
        );
        assert.match(lines[3]!, /- refusing: no such model/);
        return true;
      });
      const [good] = await checkJudges(judges.slice(0, 1), access);
      assert.deepEqual([good!.judge, good!.throttled], ["good", false]);
      if (!ignore) await gone(folder);
    } finally {
      transports.close();
    }
  }));

for (const [doing, text] of [["waits", null], ["never gives way", "for (;;);"]] as const) {
  Deno.test({
    name: `a judging that is killed leaves no process behind of a module that ${doing}`,
    ignore,
    fn: () =>
      inFolder(async (votes_path) => {
        using server = judgeServer(() => "hang");
        const folder = join(votes_path, "..");
        const module = text === null ? await Deno.readTextFile(shipped("chat_client")) : client(
          `fetch(this.options.endpoint.url, { method: "POST", body: '{"messages":[{"content":""}]}' });
              await new Promise((resolve) => setTimeout(resolve, 50)); ${text}`,
        );
        const { endpoint } = await ownJudge(folder, server.url, module);
        const program = new URL("./judging_program.ts", import.meta.url).pathname;
        await using child = new Deno.Command(Deno.execPath(), {
          args: [
            "run",
            "-A",
            "--no-check",
            "--quiet",
            program,
            server.url,
            votes_path,
            "1",
            endpoint.predictor,
          ],
          stdin: "null",
          stdout: "null",
          stderr: "null",
        }).spawn();
        const end = performance.now() + 20_000;
        while (server.requests.length < 2 && performance.now() < end) {
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        if (text !== null) await new Promise((resolve) => setTimeout(resolve, 100));
        assert.ok(await runs(folder), "its process is there before");
        child.kill("SIGKILL");
        await child.status;
        await gone(folder);
      }),
  });
}
