import assert from "node:assert/strict";
import { reachableHosts } from "../../lib/load/worker_process.ts";
import { endpoint, level } from "./made_up.ts";

function hostsOf(...urls: string[]): Promise<string[]> {
  return reachableHosts(
    urls.map((url, i) => level({ endpoint: endpoint({ experiment_name: `e${i}`, url }) })),
  );
}

Deno.test("workers may reach the endpoints' addresses and ports, no others", async () => {
  const hosts = await hostsOf("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v2", "https://[::1]/x");
  assert.deepEqual(hosts.sort(), ["127.0.0.1:8000", "[::1]:443"]);
});

Deno.test("a name is let through with what it stands for", async () => {
  const hosts = await hostsOf("http://localhost:8000/v1");
  assert.equal(hosts[0], "localhost");
  assert.ok(hosts.includes("127.0.0.1:8000") || hosts.includes("[::1]:8000"));
});

Deno.test("a name that nobody knows is let through all the same: that it fails is for the record", async () => {
  assert.deepEqual(await hostsOf("http://no-such-host.invalid:8000/v1"), ["no-such-host.invalid"]);
});
