import assert from "node:assert/strict";
import { givenVariables, moduleRights, reachableHosts } from "../../../lib/predict/mod.ts";

const hostsOf = (...urls: string[]) => reachableHosts(urls);

Deno.test("only the endpoints' addresses and ports are let through", async () => {
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

Deno.test("a module may reach its hosts and read its folder, and nothing else is granted", () => {
  const rights = moduleRights("/x/mine.ts", ["h:80"], ["."]);
  assert.deepEqual(rights.filter((right) => right.startsWith("--allow")), [
    "--allow-net=h:80",
    "--allow-read=.,/x",
    "--allow-env",
  ]);
  assert.deepEqual(rights.filter((right) => /^--(no|deny|cached)/.test(right)), [
    "--no-prompt",
    "--cached-only",
    "--deny-import",
  ]);
  assert.deepEqual(moduleRights("/x/mine.ts", []).filter((right) => right.startsWith("--allow-net")), []);
  assert.throws(() => moduleRights("/x,y/mine.ts", []), /its path has a comma/);
});

Deno.test("of the environment only what the runtime needs, proxies and the named keys go along", () => {
  const env = { PATH: "/bin", SECRET: "s", KEY: "k", HTTPS_PROXY: "http://p:1" };
  assert.deepEqual(givenVariables(env, ["KEY", "ABSENT"]), {
    PATH: "/bin",
    HTTPS_PROXY: "http://p:1",
    KEY: "k",
    NO_COLOR: "1",
  });
});
