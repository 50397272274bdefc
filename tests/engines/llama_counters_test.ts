/** What llama.cpp says of itself while it answers, read from a real server; see `llama_server.ts`. */

import assert from "node:assert/strict";
import { serverSource } from "../../lib/observe/servers.ts";
import { eventually } from "../deploy/scene.ts";
import { llamaUrl } from "./llama_server.ts";

const ignore = llamaUrl === undefined;

Deno.test({
  ignore,
  name: "llama.cpp's counters: more requests than slots are running and waiting, then none",
}, async () => {
  const { read } = serverSource({ experiment_name: "llama", url: `${llamaUrl}/metrics`, copy: null });
  const now = async () => {
    const readings = await read!(new AbortController().signal);
    return new Map(readings.map(({ metric, value }) => [metric, value]));
  };
  // A reading that the busy server leaves waiting for too long is none.
  const reading = () => now().catch(() => new Map<string, number>());
  const isIdle = async () => {
    const found = await reading();
    return found.get("running") === 0 && found.get("waiting") === 0;
  };
  await eventually(isIdle);
  const asked = Array.from({ length: 12 }, (_, i) =>
    fetch(`${llamaUrl}/completion`, {
      method: "POST",
      body: JSON.stringify({ prompt: `${i}: once upon a time`, n_predict: 24, ignore_eos: true }),
    }).then((response) => response.text()));
  let [running, waiting] = [0, 0];
  let answered = false;
  const all = Promise.all(asked).then(() => answered = true);
  while (!answered && (running === 0 || waiting === 0)) {
    const busy = await reading();
    running = Math.max(running, busy.get("running") ?? 0);
    waiting = Math.max(waiting, busy.get("waiting") ?? 0);
  }
  await all;
  assert.ok(running >= 1, "requests are seen while they are worked on");
  assert.ok(waiting >= 1, "requests beyond the slots are seen to wait");
  await eventually(isIdle);
});
