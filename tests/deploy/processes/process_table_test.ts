import assert from "node:assert/strict";
import {
  fromProgram,
  fromPs,
  listProcesses,
  markVariable,
} from "../../../lib/deploy/processes/process_table.ts";
import { endTree, processesOf } from "../../../lib/deploy/processes/process_tree.ts";

const linux = Deno.build.os === "linux";
const hasPs = await new Deno.Command("ps", { args: ["-A"], stdout: "null", stderr: "null" }).output()
  .then(({ success }) => success, () => false);

Deno.test("a process has the same start whenever it is looked at, and is listed once", async () => {
  const own = async () => (await listProcesses()).filter(({ pid }) => pid === Deno.pid);
  const [first] = await own();
  assert.notEqual(first, undefined);
  assert.deepEqual(await own(), [first]);
});

Deno.test({
  name: "ps tells the same processes by their groups",
  ignore: !hasPs,
  async fn() {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", "setInterval(() => {}, 1000)"],
      detached: true,
    }).spawn();
    const found = (await fromPs()).find(({ pid }) => pid === child.pid);
    assert.equal(found?.session, child.pid);
    assert.match(found?.started ?? "", /^\w{3} \w{3} +\d+ \d\d:\d\d:\d\d \d{4}$/);
    child.kill("SIGKILL");
    await child.status;
    assert.equal((await fromPs()).find(({ pid }) => pid === child.pid), undefined);
  },
});

Deno.test({
  name: "the mark is read from the variable of that name; whoever may not look has it looked up",
  ignore: !linux,
  async fn() {
    const env = { [`${markVariable}_2`]: "no", [markVariable]: "a=b c" };
    const child = new Deno.Command("sleep", { args: ["60"], env }).spawn();
    const found = async () => (await listProcesses()).find(({ pid }) => pid === child.pid);
    const entry = await found();
    assert.equal(entry?.mark, "a=b c");
    assert.deepEqual((await fromProgram()).find(({ pid }) => pid === child.pid), entry);
    child.kill("SIGKILL");
    await child.status;
    assert.equal(await found(), undefined);
  },
});

Deno.test({
  name: "with the rights of `deno task fmbench` the same processes are found",
  ignore: !linux,
  async fn() {
    const module = new URL("../../../lib/deploy/processes/process_table.ts", import.meta.url).href;
    const script = await Deno.makeTempFile({ suffix: ".ts" });
    await Deno.writeTextFile(
      script,
      `import { listProcesses } from ${JSON.stringify(module)};
       console.log(JSON.stringify((await listProcesses()).find(({ pid }) => pid === ${Deno.pid})));`,
    );
    const rights = [
      "--allow-read",
      "--allow-write",
      "--allow-env",
      "--allow-run",
      "--allow-sys",
      "--allow-net",
    ];
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-config", "--quiet", ...rights, script],
    }).output();
    await Deno.remove(script);
    const own = (await listProcesses()).find(({ pid }) => pid === Deno.pid);
    assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), own);
  },
});

Deno.test("of a tree that never was there is nothing to end", async () => {
  const mark = { nonce: crypto.randomUUID(), first: null };
  assert.deepEqual(await processesOf(mark), []);
  assert.equal(await endTree(mark, 100), false);
});
