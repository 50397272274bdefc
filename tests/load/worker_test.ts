import assert from "node:assert/strict";
import { readJournal } from "../../lib/storage/mod.ts";
import { chunk, type ScriptedServer, scriptedServer, streamHead } from "../transport/scripted_server.ts";

const program = new URL("./parent_program.ts", import.meta.url).pathname;

/** Starts a parent with a worker under way in a folder whose name is hard on permission lists. */
async function underWay(
  body: (parent: Deno.ChildProcess, server: ScriptedServer, run_dir: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  const run_dir = `${root}/a, b`;
  using server = scriptedServer(async ({ send, pause }) => {
    await pause(20);
    const event = 'data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}\n\n';
    await send(streamHead + chunk(event) + chunk("data: [DONE]\n\n") + chunk(""));
  });
  const parent = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", program, run_dir, `${server.url}/v1`],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  try {
    await until(() => server.requests.length >= 20);
    await body(parent, server, run_dir);
  } finally {
    try {
      parent.kill("SIGKILL");
    } catch { /* it has ended, as it should */ }
    await parent.status;
    await Deno.remove(root, { recursive: true });
  }
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error("it did not come about within 20 s");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function workersOf(parent: Deno.ChildProcess): Promise<number[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "pid=", "--ppid", String(parent.pid)] })
    .output();
  return new TextDecoder().decode(stdout).split("\n").map(Number).filter((pid) => pid > 0);
}

const ignore = Deno.build.os !== "linux";

Deno.test(
  "Ctrl-C on the whole group loses nothing: the worker ignores it and obeys its parent",
  { ignore },
  () =>
    underWay(async (parent, server, run_dir) => {
      const [worker, ...others] = await workersOf(parent);
      assert.deepEqual(others, []);
      Deno.kill(worker!, "SIGINT");
      parent.kill("SIGINT");
      const { code } = await parent.status;
      assert.equal(code, 0);
      const counts = JSON.parse(await new Response(parent.stdout).text());
      const { records, torn_bytes } = await readJournal(`${run_dir}/requests/s1-w0.jsonl`);
      assert.equal(torn_bytes, 0);
      assert.equal(counts.planned, 100_000);
      assert.equal(counts.ok + counts.cancelled, records.length);
      assert.equal(counts.pending, 100_000 - records.length);
      assert.ok(counts.ok >= 17 && counts.cancelled <= 3);
      assert.ok(
        server.requests.length - records.length <= 0,
        "every request that the server saw is in the journal",
      );
    }),
);

Deno.test(
  "a worker whose parent was killed stops sending and leaves a whole journal",
  { ignore },
  () =>
    underWay(async (parent, server, run_dir) => {
      const [worker] = await workersOf(parent);
      parent.kill("SIGKILL");
      await parent.status;
      await until(() => Deno.stat(`/proc/${worker}/stat`).then(isZombie(worker!), () => true));
      const { records, torn_bytes } = await readJournal(`${run_dir}/requests/s1-w0.jsonl`);
      assert.equal(torn_bytes, 0);
      assert.ok(records.length >= server.requests.length);
      assert.ok(records.filter(({ status }) => status === "cancelled").length <= 3);
      await parent.stdout.cancel();
    }),
);

/** An orphan that nobody has waited for yet is gone all the same. */
function isZombie(pid: number): () => Promise<boolean> {
  return async () => {
    const text = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => ") Z");
    return text.slice(text.lastIndexOf(")") + 2).startsWith("Z");
  };
}
