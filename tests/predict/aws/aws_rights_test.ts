import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

Deno.test("signing takes the rights of a worker: no file, no network, no question to the system", async () => {
  const folder = await Deno.makeTempDir();
  const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      `--config=${path("../../../deno.json")}`,
      "--allow-read=.",
      "--allow-env=AWS_*,_X_AMZN_TRACE_ID",
      path("./rights_program.ts"),
    ],
    cwd: folder,
    env: { NO_COLOR: "1", AWS_PROFILE: "nobody", AWS_ENDPOINT_URL: "http://127.0.0.1:2" },
  }).output();
  await Deno.remove(folder, { recursive: true });
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const model = "http://127.0.0.1:1/model/meta.llama3-8b-instruct-v1%3A0";
  assert.deepEqual(new TextDecoder().decode(stdout).trim().split("\n"), [
    `${model}/converse-stream`,
    `${model}/converse`,
    `${model}/invoke-with-response-stream`,
    `${model}/invoke`,
    "http://127.0.0.1:1/endpoints/ep/invocations-response-stream",
    "http://127.0.0.1:1/endpoints/ep/invocations",
  ]);
});
