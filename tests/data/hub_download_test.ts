import assert from "node:assert/strict";
import { HubClient } from "../../lib/data/mod.ts";
import { downloadFile } from "../../lib/data/hub_download.ts";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { withFolder } from "./scratch.ts";

/** Another process that downloads the file, and says so when it waits; the last line is the path. */
const other = `
const { HubClient } = await import("./lib/data/hub_client.ts");
const { downloadFile } = await import("./lib/data/hub_download.ts");
const [endpoint, cache_dir] = Deno.args;
const wait = (ms) => (console.log("waits"), new Promise((done) => setTimeout(done, ms / 50)));
const client = new HubClient({ endpoint, cache_dir, env: {}, wait });
console.log(await downloadFile(client, "org/set", { url: endpoint + "/a.txt", path: "a.txt" }));
`;

Deno.test("of two processes that want the same file one downloads it while the other waits", async () => {
  await withFolder(async (folder) => {
    const cache_dir = `${folder}/cache`;
    let downloads = 0;
    const begun = Promise.withResolvers<void>();
    const waited = Promise.withResolvers<void>();
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async ({ method }) => {
      const headers = { etag: '"tag-of-sixteen-characters"', "content-length": "5" };
      if (method === "HEAD") return new Response(null, { headers });
      // A second download is wrong, but must not keep the test waiting.
      if (++downloads > 1) waited.resolve();
      begun.resolve();
      await waited.promise;
      return new Response("whole", { headers });
    });
    const endpoint = `http://127.0.0.1:${server.addr.port}`;
    try {
      const client = new HubClient({ endpoint, cache_dir, env: {} });
      const first = downloadFile(client, "org/set", { url: `${endpoint}/a.txt`, path: "a.txt" });
      await begun.promise;
      const child = new Deno.Command(Deno.execPath(), {
        args: ["eval", other, endpoint, cache_dir],
        cwd: projectRoot,
        stdout: "piped",
      }).spawn();
      let said = "";
      for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
        said += text;
        waited.resolve();
      }
      assert.ok((await child.status).success);
      const path = await first;
      assert.match(said, /^waits\n/);
      assert.equal(said.trimEnd().split("\n").at(-1), path);
      assert.equal(await Deno.readTextFile(path), "whole");
      assert.equal(downloads, 1);
      const left = [...Deno.readDirSync(path.slice(0, -"/a.txt".length))].map(({ name }) => name);
      assert.deepEqual(left, ["a.txt"]);
    } finally {
      waited.resolve();
      await server.shutdown();
    }
  });
});
