import assert from "node:assert/strict";
import { serve } from "../../lib/simulate/mod.ts";
import { address, answersWith, connectError, health } from "../../lib/deploy/reachability.ts";
import { silentListener } from "./scene.ts";

Deno.test("host and port of a URL, with the scheme's port where none is given", () => {
  const of = (text: string) => address(new URL(text));
  assert.deepEqual(of("http://127.0.0.1:8000/v1"), { hostname: "127.0.0.1", port: 8000 });
  assert.deepEqual(of("https://example.org/v1"), { hostname: "example.org", port: 443 });
  assert.deepEqual(of("http://[::1]/"), { hostname: "::1", port: 80 });
});

Deno.test("an embedded endpoint tells its nonce; nobody there is false; a stranger there is an error", async () => {
  const simulation = await serve({ nonce: "n1" });
  const url = new URL(simulation.url);
  assert.equal(await connectError(url, 1_000), null);
  assert.equal((await health(url, 1_000))?.["simulated"], true);
  assert.equal(await answersWith("n1", url), true);
  await assert.rejects(answersWith("n2", url), /left alone/);
  await simulation.close();
  assert.match(await connectError(url, 1_000) ?? "", /refused/i);
  assert.equal(await answersWith("n1", url), false);
  const stranger = silentListener();
  await assert.rejects(answersWith("n1", new URL(stranger.url)), /left alone/);
  stranger.close();
});

Deno.test("an endpoint that accepts and never answers is not waited for longer than told", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  assert.equal(await health(new URL(`http://127.0.0.1:${listener.addr.port}/`), 50), null);
  listener.close();
});
