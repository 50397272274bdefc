import assert from "node:assert/strict";
import { join } from "node:path";
import { RunLog } from "../../lib/run/mod.ts";

Deno.test("a log line has a time, a level and a source; line breaks and secrets do not get in", async () => {
  const path = join(await Deno.makeTempDir(), "run.log");
  Deno.env.set("CANARY_API_KEY", "canary-1234567");
  new RunLog(path).write("error", "3_run_inference", "first\nsecond canary-1234567 Bearer abcdefghij");
  Deno.env.delete("CANARY_API_KEY");
  const text = await Deno.readTextFile(path);
  assert.match(
    text,
    /^\d{4}-\d\d-\d\dT[\d:.]+Z error 3_run_inference first \| second \[redacted\] Bearer \[redacted\]\n$/,
  );
});
