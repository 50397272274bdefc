import assert from "node:assert/strict";
import { version } from "../../lib/core/mod.ts";

Deno.test("the version is that of deno.json", async () => {
  const text = await Deno.readTextFile(new URL("../../deno.json", import.meta.url));
  assert.equal(version, (JSON.parse(text) as { version: string }).version);
  assert.match(version, /^\d+\.\d+\.\d+$/);
});
