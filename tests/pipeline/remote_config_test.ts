import assert from "node:assert/strict";
import { join } from "node:path";
import { fetchConfig, loadConfigFrom } from "../../lib/pipeline/remote_config.ts";
import { inProject, tinyConfig } from "./made_up_project.ts";

/** Runs a test against a web server, with an empty cache. */
async function onWeb(
  answer: (request: Request) => Response | Promise<Response>,
  body: (base: string, folder: string) => Promise<void>,
): Promise<void> {
  const before = Deno.env.get("XDG_CACHE_HOME");
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
  await inProject(async (folder) => {
    Deno.env.set("XDG_CACHE_HOME", join(folder, "cache"));
    try {
      await body(`http://127.0.0.1:${server.addr.port}`, folder);
    } finally {
      if (before === undefined) Deno.env.delete("XDG_CACHE_HOME");
      else Deno.env.set("XDG_CACHE_HOME", before);
      await server.shutdown();
    }
  });
}

Deno.test("a path is taken as it is", async () => {
  assert.equal(await fetchConfig("configs/demo.yml"), "configs/demo.yml");
});

Deno.test("a config on the web is read anew each time, under its own name", async () => {
  let text = tinyConfig;
  await onWeb(() => new Response(text), async (base, folder) => {
    const address = `${base}/a/my.yml?version=1`;
    const file = await fetchConfig(address);
    assert.ok(file.startsWith(join(folder, "cache", "fmbench", "https")), file);
    assert.ok(file.endsWith("/my.yml"), file);
    const options = { beside: folder };
    assert.equal((await loadConfigFrom(address, options)).config.general.name, "tiny");
    text = tinyConfig.replace("name: tiny", "name: other");
    assert.equal((await loadConfigFrom(address, options)).config.general.name, "other");
    assert.equal(await fetchConfig(address), file);
    assert.notEqual(await fetchConfig(`${base}/b/my.yml`), file);
  });
});

Deno.test("what is no config is told with the one thing to do", async () => {
  await onWeb((request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/page") return new Response("<!DOCTYPE html><html></html>");
    if (pathname === "/large") return new Response(new Uint8Array((1 << 24) + 1));
    return new Response("nothing", { status: 404, statusText: "Not Found" });
  }, async (base) => {
    await assert.rejects(
      fetchConfig(`${base}/page`),
      /it is a web page; expected a YAML file\. Give the address of the raw/,
    );
    await assert.rejects(fetchConfig(`${base}/large`), /it is larger than 16777216 bytes/);
    await assert.rejects(fetchConfig(`${base}/gone.yml`), /the server says 404 Not Found/);
    const secret = base.replace("//", "//me:pass-word@");
    await assert.rejects(fetchConfig(`${secret}/gone.yml`), (error) => !String(error).includes("pass-word"));
  });
  await assert.rejects(
    fetchConfig("http://127.0.0.1:1/x.yml"),
    /Cannot read the config "http:\/\/127.0.0.1:1\/x.yml"/,
  );
});
