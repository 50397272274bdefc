import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { chatRequest, quick, RawClient, writePrompts } from "./raw_client.ts";

const simulateDir = fileURLToPath(new URL("../../lib/simulate/", import.meta.url));

function command(options: unknown, permissions: string[] = []): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-net=127.0.0.1",
      ...permissions,
      join(simulateDir, "serve.ts"),
      JSON.stringify(options),
    ],
    stdout: "piped",
    stderr: "piped",
  });
}

Deno.test("the program serves with the permissions it names, says so once, and ends on SIGTERM with its log written", async () => {
  const folder = await Deno.makeTempDir();
  await writePrompts(`${folder}/prompts`);
  await Deno.mkdir(`${folder}/logs`);
  const options = {
    profile: quick,
    model_id: "m",
    accuracy: 1,
    prompts_dir: `${folder}/prompts`,
    log_path: `${folder}/logs/t.jsonl`,
  };
  const process = command(options, [
    `--allow-read=${folder}/prompts,${simulateDir}deadline_thread.ts`,
    `--allow-write=${folder}/logs`,
  ]).spawn();
  const errors = new Response(process.stderr).text();
  const reader = process.stdout.getReader();
  const { value } = await reader.read();
  const ready = JSON.parse(new TextDecoder().decode(value));
  assert.deepEqual(ready, {
    ready: true,
    url: `http://127.0.0.1:${ready.port}/v1`,
    port: ready.port,
    pid: process.pid,
  });
  await reader.cancel();
  const client = await RawClient.open(ready.port);
  await client.send(chatRequest({ stream: true }));
  assert.match((await client.stream()).events.join(""), /\[DONE\]/);
  const start = performance.now();
  process.kill("SIGTERM");
  assert.equal((await process.status).code, 0);
  assert.ok(performance.now() - start < 1_500, "it took too long to end");
  assert.equal(await errors, "");
  const lines = (await Deno.readTextFile(options.log_path)).trim().split("\n");
  assert.equal(lines.length, 1);
  client.close();
});

Deno.test("a wrong option is one line on stderr and exit code 1", async () => {
  const { code, stderr, stdout } = await command({ profile: "huge" }, [
    `--allow-read=${simulateDir}deadline_thread.ts`,
  ]).output();
  assert.deepEqual([code, new TextDecoder().decode(stdout)], [1, ""]);
  assert.match(new TextDecoder().decode(stderr), /^Cannot simulate the profile "huge": .*\n$/);
});
