import assert from "node:assert/strict";
import { startEndpoint } from "../../lib/certify/endpoint_process.ts";
import { UserError } from "../../lib/core/mod.ts";
import type { Truth } from "../../lib/simulate/mod.ts";
import { readJsonLines } from "../../lib/storage/mod.ts";
import { chatRequest, quick, RawClient, writePrompts } from "../simulate/raw_client.ts";

/** A folder whose name is hard on permission lists. */
async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    const folder = `${root}/a, b`;
    await writePrompts(`${folder}/prompts`);
    await body(folder);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("the endpoint answers, and its log is whole when it has been stopped", () =>
  inFolder(async (folder) => {
    const log_path = `${folder}/truth.jsonl`;
    const endpoint = await startEndpoint(folder, {
      profile: quick,
      model_id: "m",
      accuracy: 1,
      prompts_dir: `${folder}/prompts`,
      log_path,
      log_tokens: true,
    });
    try {
      const client = await RawClient.open(Number(new URL(endpoint.url).port));
      for (let i = 0; i < 3; i++) {
        await client.send(chatRequest({ stream: true }));
        assert.match((await client.stream()).events.join(""), /\[DONE\]/);
      }
      client.close();
    } finally {
      await endpoint.stop();
    }
    const truths = await readJsonLines<Truth>(log_path);
    assert.deepEqual(truths.map(({ n, status }) => [n, status]), [[1, 200], [2, 200], [3, 200]]);
    assert.ok(truths.every(({ sent_us }) => sent_us!.length > 0));
    await assert.rejects(RawClient.open(Number(new URL(endpoint.url).port)), Deno.errors.ConnectionRefused);
    await endpoint.stop();
  }));

Deno.test(
  "it says truly whether it goes before everything else",
  { ignore: Deno.build.os !== "linux" },
  () =>
    inFolder(async (folder) => {
      const endpoint = await startEndpoint(folder, { profile: quick });
      try {
        const { stdout } = await new Deno.Command("ps", { args: ["-o", "cls=", "-p", String(endpoint.pid)] })
          .output();
        // FF is SCHED_FIFO, TS the class of everything else.
        assert.equal(new TextDecoder().decode(stdout).trim(), endpoint.realtime ? "FF" : "TS");
      } finally {
        await endpoint.stop();
      }
    }),
);

Deno.test("one that does not come to answer is one message, with what it said", () =>
  inFolder((folder) =>
    assert.rejects(startEndpoint(folder, { profile: "no-such" }), (error: Error) => {
      assert.ok(error instanceof UserError);
      assert.match(
        error.message,
        /^Cannot start the simulated endpoint for "certify": Cannot simulate the profile "no-such"/,
      );
      return true;
    })
  ));
