import assert from "node:assert/strict";
import { join } from "node:path";
import { type NotebookEvent, NotebookSession } from "../../../lib/pipeline/nbconvert/session.ts";

/** A session with a shell script in the place of `jupyter`. */
async function withSession(
  script: string,
  work: (session: NotebookSession, stderr: string[], folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  try {
    const program = join(folder, "jupyter");
    await Deno.writeTextFile(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const stderr: string[] = [];
    const session = new NotebookSession({
      jupyter: { program, env: { FROM_JUPYTER: "a" } },
      notebooks: ["/n/one.ipynb", "/n/two.ipynb"],
      evidenceDir: "/run/notebooks",
      env: { FMBENCH_RUN: "/run" },
      onStderr: (line) => stderr.push(line),
    });
    await work(session, stderr, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("events come in order; what is no event is passed over; the end is null", async () => {
  const script = `echo 'Jupyter says hello'
echo '{"event": "ready", "notebook": "one"}'
echo
printf '{"event": "cell", "notebook": "one", "cell": 2}\\n{"event": "executed", "notebook": "one"}'`;
  await withSession(script, async (session) => {
    const events: NotebookEvent[] = [];
    for (let event = await session.next(); event !== null; event = await session.next()) events.push(event);
    assert.deepEqual(events, [
      { event: "ready", notebook: "one" },
      { event: "cell", notebook: "one", cell: 2 },
      { event: "executed", notebook: "one" },
    ]);
    assert.equal(await session.next(), null);
    assert.equal(await session.end(), 0);
  });
});

Deno.test("the program gets our config, the notebooks in order, and the environment of both", async () => {
  const script =
    'echo "{\\"event\\": \\"broken\\", \\"reason\\": \\"$* $FMBENCH_RUN $FROM_JUPYTER $FMBENCH_EVIDENCE\\"}"';
  await withSession(script, async (session) => {
    const event = await session.next();
    assert.ok(event?.event === "broken");
    assert.match(
      event.reason,
      /^nbconvert --config .*\/lib\/pipeline\/nbconvert\/execute\.py --to notebook --output-dir \S+ \/n\/one\.ipynb \/n\/two\.ipynb \/run a \/run\/notebooks$/,
    );
    await session.end();
  });
});

Deno.test("each go() lets one notebook start; end() closes the input, gives the exit code and all of standard error", async () => {
  const script = `read line; echo "{\\"event\\": \\"executed\\", \\"notebook\\": \\"$line\\"}"
read line || echo 'no more' >&2
printf 'without line feed' >&2
exit 3`;
  await withSession(script, async (session, stderr) => {
    await session.go();
    assert.deepEqual(await session.next(), { event: "executed", notebook: "go" });
    assert.equal(await session.end(), 3);
    assert.deepEqual(stderr, ["no more", "without line feed"]);
  });
});

const linux = Deno.build.os === "linux";

Deno.test({
  name: "kill() ends the program, its children and the kernel that it named, even if they do not listen",
  ignore: !linux,
  fn: async () => {
    // The kernel leads a process group of its own, as Jupyter's kernels do.
    const script = `trap '' TERM
setsid sh -c 'trap "" TERM; while :; do sleep 1; done' & kernel=$!
sleep 60 &
echo "{\\"event\\": \\"kernel\\", \\"notebook\\": \\"one\\", \\"pid\\": $kernel}"
echo "{\\"event\\": \\"cell\\", \\"notebook\\": \\"one\\", \\"cell\\": $!}"
while :; do sleep 1; done`;
    await withSession(script, async (session) => {
      const kernel = await session.next();
      const child = await session.next();
      assert.ok(kernel?.event === "kernel" && child?.event === "cell");
      await session.kill(50);
      for (const pid of [kernel.pid, child.cell]) {
        const state = await Deno.readTextFile(`/proc/${pid}/stat`).then(
          (stat) => stat.split(") ")[1]![0],
          () => "gone",
        );
        assert.ok(state === "gone" || state === "Z", `process ${pid} is still there: ${state}`);
      }
    });
  },
});
