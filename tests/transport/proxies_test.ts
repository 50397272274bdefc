import assert from "node:assert/strict";
import { originOf, proxiesFrom } from "../../lib/transport/mod.ts";

const through = (env: Record<string, string>, url: string) =>
  proxiesFrom(env)(originOf(url).origin)?.key ?? null;

Deno.test("each scheme has its variable, the one in small letters first, and ALL_PROXY stands in", () => {
  const env = { HTTP_PROXY: "http://a:1", https_proxy: "b:2", HTTPS_PROXY: "http://c:3" };
  assert.equal(through(env, "http://model.test/"), "http://a:1");
  assert.equal(through(env, "https://model.test/"), "http://b:2");
  assert.equal(through({ ALL_PROXY: "http://d" }, "https://model.test/"), "http://d:80");
  assert.equal(through({}, "http://model.test/"), null);
  assert.equal(through({ HTTP_PROXY: "" }, "http://model.test/"), null);
});

Deno.test("NO_PROXY excepts names with all below them, addresses, networks and ports", () => {
  const cases: [string, string, boolean][] = [
    ["model.test", "http://model.test/", true],
    ["model.test", "http://eu.model.test/", true],
    [".model.test", "http://model.test/", true],
    ["model.test", "http://othermodel.test/", false],
    ["model.test:8000", "http://model.test:8000/", true],
    ["model.test:8000", "http://model.test/", false],
    ["10.0.0.0/8", "http://10.200.3.4/", true],
    ["10.0.0.0/8", "http://11.0.0.1/", false],
    ["192.168.1.7", "http://192.168.1.7:9/", true],
    ["fd00::/8", "http://[fd00::5]/", true],
    ["other.test, *", "http://model.test/", true],
  ];
  for (const [NO_PROXY, url, excepted] of cases) {
    assert.equal(
      through({ HTTP_PROXY: "http://p:1", NO_PROXY }, url),
      excepted ? null : "http://p:1",
      `${NO_PROXY} ${url}`,
    );
  }
});

Deno.test("loopback is never sent through a proxy", () => {
  for (const url of ["http://127.0.0.1:1/", "http://127.8.0.1/", "http://localhost/", "http://[::1]/"]) {
    assert.equal(through({ HTTP_PROXY: "http://p:1" }, url), null, url);
  }
});

Deno.test("credentials become basic authorization and stay out of the key", () => {
  // base64 of "ann:p@ss".
  const proxy = proxiesFrom({ HTTP_PROXY: "http://ann:p%40ss@p:8080" })(originOf("http://m.test/").origin);
  assert.equal(proxy?.authorization, "Basic YW5uOnBAc3M=");
  assert.equal(proxy?.key, "http://p:8080");
});

Deno.test("what is no HTTP proxy is refused without showing its password", () => {
  assert.throws(
    () => proxiesFrom({ HTTP_PROXY: "socks5://ann:secret@p:1" }),
    /^UserError: Cannot use the proxy of "http_proxy": it names no HTTP proxy; expected http:\/\/host:port/,
  );
});
