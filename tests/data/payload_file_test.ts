import assert from "node:assert/strict";
import { join } from "node:path";
import type { Payload } from "../../lib/core/mod.ts";
import { checkPayloadFileName, PayloadWriter, readPayloads } from "../../lib/data/mod.ts";
import { rejectedWith, withFile, withFolder } from "./scratch.ts";

const payload: Payload = {
  payload_id: "0123456789abcdef",
  prompt: "What?\nNow\u2028",
  prompt_tokens: 5,
  language: null,
  question: "What?",
  ground_truth: ["this", "that"],
};

Deno.test("what PayloadWriter writes readPayloads reads back, in order, past the size of one block", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "p.jsonl");
    const payloads = Array.from({ length: 150 }, (_, i) => ({ ...payload, prompt_tokens: i }));
    const writer = await PayloadWriter.open(path);
    for (const each of payloads) await writer.write(each);
    await writer.finish();
    await writer.publish();
    assert.deepEqual(await readPayloads(path), payloads);
  });
});

Deno.test("a payload file has no name until it is published, and leaves nothing when discarded", async () => {
  await withFolder(async (folder) => {
    const writer = await PayloadWriter.open(join(folder, "p.jsonl"));
    await writer.write(payload);
    await writer.finish();
    assert.deepEqual(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["p.jsonl.part"]);
    await writer.discard();
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("readPayloads refuses a line that is no payload and names it", async () => {
  const wrong = { ...payload, ground_truth: "this" };
  await withFile(`${JSON.stringify(payload)}\n${JSON.stringify(wrong)}\n`, async (path) => {
    await rejectedWith(
      readPayloads(path),
      /rows.jsonl:2": it has payload_id, prompt.*Run 1_generate_data again/,
    );
  });
});

Deno.test("checkPayloadFileName takes plain names only", () => {
  for (const name of ["payload_en_0-500.jsonl", "p", "größe 1..2.jsonl"]) checkPayloadFileName(name);
  for (const name of ["", ".", "..", "../p", "a/b", "/etc/p", "a\\b", ".hidden", "c:p", "a\u0000b", "a\nb"]) {
    assert.throws(() => checkPayloadFileName(name), /Cannot use the payload file name/, JSON.stringify(name));
  }
});
