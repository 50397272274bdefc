import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig } from "../../lib/config/mod.ts";
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

/** What a web server has, by path; and how often each was asked for. */
function pages(texts: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  return {
    asked,
    answer: (request: Request) => {
      const { pathname } = new URL(request.url);
      asked.push(pathname);
      const text = texts[pathname];
      return text === undefined ? new Response("no", { status: 404 }) : new Response(text);
    },
  };
}

Deno.test("a config of this machine may extend one on the web, and that one another beside it", async () => {
  const { answer, asked } = pages({
    "/a/base.yml": "extends: deeper/first.yml\nreport: { latency_budget: 9 }\n",
    "/a/deeper/first.yml": tinyConfig,
  });
  await onWeb(answer, async (base, folder) => {
    const file = join(folder, "top.yml");
    await Deno.writeTextFile(file, `extends: ${base}/a/base.yml\ngeneral: { name: top }\n`);
    const { config } = await loadConfigFrom(file, {});
    assert.deepEqual([config.general.name, config.report.latency_budget, config.experiments.length], [
      "top",
      9,
      2,
    ]);
    assert.deepEqual(asked, ["/a/base.yml", "/a/deeper/first.yml"]);
    // A notebook that is opened by hand reads the copies.
    assert.equal((await loadConfig(file)).config.report.latency_budget, 9);
    assert.equal(asked.length, 2);
  });
});

Deno.test("a config on the web extends what lies beside it, else what ships; what is gone there is gone here", async () => {
  const texts: Record<string, string> = {
    "/a/c.yml": "extends: demo.yml\ngeneral: { name: mine }\n",
    "/a/demo.yml": tinyConfig,
  };
  const { answer } = pages(texts);
  await onWeb(answer, async (base, folder) => {
    for (const [kind, name] of [["source_data", "rows.jsonl"], ["prompt_template", "ask.txt"]] as const) {
      await Deno.mkdir(join(folder, "fmbench-read", kind), { recursive: true });
      await Deno.rename(join(folder, name), join(folder, "fmbench-read", kind, name));
    }
    const experiments = async () => {
      const { config } = await loadConfigFrom(`${base}/a/c.yml`, { tmpDir: folder });
      return config.experiments.length;
    };
    assert.equal(await experiments(), 2);
    delete texts["/a/demo.yml"];
    assert.equal(await experiments(), 3);
  });
});

Deno.test("a base that can't be had is told: gone, out of the folder, on a server that is not there", async () => {
  const { answer } = pages({
    "/up.yml": "extends: ../base.yml\n",
    "/none.yml": "extends: nowhere.yml\n",
    "/far.yml": "extends: http://127.0.0.1:1/b.yml\n",
    "/round.yml": "extends: other.yml\n",
    "/other.yml": "extends: round.yml\n",
  });
  await onWeb(answer, async (base) => {
    await assert.rejects(
      loadConfigFrom(`${base}/up.yml`, {}),
      /up\.yml": it extends "\.\.\/base\.yml", a path that leads out of its folder; expected a name beside it, or a whole/,
    );
    await assert.rejects(
      loadConfigFrom(`${base}/none.yml`, {}),
      /there is no file "nowhere\.yml"; expected it beside/,
    );
    await assert.rejects(
      loadConfigFrom(`${base}/far.yml`, {}),
      /Cannot read the config "http:\/\/127\.0\.0\.1:1/,
    );
    await assert.rejects(loadConfigFrom(`${base}/round.yml`, {}), /"extends" goes round in a circle/);
  });
});

const scenario =
  '{"text_prompt": "Why?", "expected_output_tokens": 5, "model_id": "m", "region": "us-east-1"}\n';

Deno.test("the scenario file of a study is fetched from its address, or from beside a config on the web, each time anew", async () => {
  const config = (scenarios: string) => `general: { name: s }\nstudy: { scenarios: "${scenarios}" }\n`;
  let text = scenario;
  await onWeb((request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/a/c.yml") return new Response(config("s.jsonl"));
    return pathname.endsWith("s.jsonl") ? new Response(text) : new Response("", { status: 404 });
  }, async (base, folder) => {
    const count = async (address: string) =>
      (await loadConfigFrom(address, { env: {}, tmpDir: folder })).scenarios.length;
    assert.equal(await count(`${base}/a/c.yml`), 1);
    const own = join(folder, "own.yml");
    await Deno.writeTextFile(own, config(`${base}/b/s.jsonl`));
    assert.equal(await count(own), 1);
    text = scenario + scenario;
    assert.deepEqual([await count(own), await count(`${base}/a/c.yml`)], [2, 2]);
    // A step reads the copy, without asking again.
    text = "";
    assert.equal((await loadConfig(own, { env: {}, tmpDir: folder })).scenarios.length, 2);
    await Deno.writeTextFile(own, config(`${base}/none.jsonl`));
    await assert.rejects(count(own), /Cannot read the scenarios ".*\/none\.jsonl": the server says 404/);
  });
});
