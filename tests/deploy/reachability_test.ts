import assert from "node:assert/strict";
import { serve } from "../../lib/simulate/mod.ts";
import { address, connectError, health } from "../../lib/deploy/reachability.ts";

Deno.test("host and port of a URL, with the scheme's port where none is given", () => {
  const of = (text: string) => address(new URL(text));
  assert.deepEqual(of("http://127.0.0.1:8000/v1"), { hostname: "127.0.0.1", port: 8000 });
  assert.deepEqual(of("https://example.org/v1"), { hostname: "example.org", port: 443 });
  assert.deepEqual(of("http://[::1]/"), { hostname: "::1", port: 80 });
});

Deno.test("an embedded endpoint says what it is; nobody there is told as such", async () => {
  const simulation = await serve();
  const url = new URL(simulation.url);
  assert.equal(await connectError(url, 1_000), null);
  assert.equal((await health(url, 1_000))?.["simulated"], true);
  await simulation.close();
  assert.match(await connectError(url, 1_000) ?? "", /refused/i);
  assert.equal(await health(url, 1_000), null);
});

Deno.test("an endpoint that accepts and never answers is not waited for longer than told", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  assert.equal(await health(new URL(`http://127.0.0.1:${listener.addr.port}/`), 50), null);
  listener.close();
});
