import assert from "node:assert/strict";
import { join } from "node:path";
import { etagOf, partSize, S3Error, type S3Fault, type S3Folder } from "../../lib/aws/mod.ts";
import { inParallel } from "../../lib/storage/mod.ts";
import { s3Folder } from "../../lib/aws/mod.ts";
import { keys, type LocalS3, onS3 } from "./local_s3.ts";

/** A test on a server with the bucket `runs`. */
function onServer(name: string, body: (folder: S3Folder, server: LocalS3) => Promise<void>): void {
  onS3(name, async (server) => {
    await server.createBucket("runs");
    const folder = await server.folder("s3://runs/mine/today");
    try {
      await body(folder, server);
    } finally {
      folder.close();
    }
  });
}

/** The work fails by this fault, with this message. */
async function failsWith(work: Promise<unknown>, fault: S3Fault, message: RegExp): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof S3Error, String(error));
    assert.equal(error.fault, fault);
    assert.match(error.message, message);
    return true;
  });
}

onServer("what is written can be read, is listed and is there", async (folder) => {
  await folder.write("a/b.txt", "Grüße");
  await folder.write("a/c.bin", new Uint8Array([0, 255]));
  await folder.write("d.txt", "");
  assert.equal(await folder.readText("a/b.txt"), "Grüße");
  assert.deepEqual([...await folder.read("a/c.bin")], [0, 255]);
  assert.equal(await folder.exists("a/b.txt"), true);
  assert.equal(await folder.exists("a"), false);
  assert.deepEqual(await folder.list(), ["a/b.txt", "a/c.bin", "d.txt"]);
  assert.deepEqual(await folder.list("a"), ["a/b.txt", "a/c.bin"]);
  assert.deepEqual(await folder.list("b"), []);
  assert.equal(folder.address, "s3://runs/mine/today");
});

onServer("names with spaces, signs and umlauts come back as they went", async (folder) => {
  const names = ["a b.txt", "a+b&c=d.txt", "100%.txt", "ärger/ß.txt", "{en}_1-2.jsonl"];
  for (const name of names) await folder.write(name, name);
  assert.deepEqual(await folder.list(), [...names].sort());
  for (const name of names) assert.equal(await folder.readText(name), name);
});

onServer("a folder does not see what lies beside it, and no path leads out", async (folder, server) => {
  const beside = await server.folder("s3://runs/mine/today2");
  await beside.write("x.txt", "theirs");
  beside.close();
  assert.deepEqual(await folder.list(), []);
  await assert.rejects(folder.read("../today2/x.txt"), /leads out of the storage/);
});

onServer("all of 1,203 objects are listed, over more than one page", async (folder) => {
  const names = Array.from({ length: 1203 }, (_, i) => `o/${String(i).padStart(4, "0")}`);
  const began = performance.now();
  await inParallel(names, 16, (name) => folder.write(name, name));
  const written = performance.now();
  assert.deepEqual(await folder.list("o"), names);
  const listed = performance.now();
  console.log(
    `1,203 written in ${(written - began).toFixed(0)} ms, listed in ${(listed - written).toFixed(0)} ms`,
  );
});

onServer("50 parallel writes are all there and all distinct", async (folder) => {
  const contents = Array.from({ length: 50 }, (_, i) => `content ${i} ${"x".repeat(i * 1000)}`);
  const began = performance.now();
  await Promise.all(contents.map((content, i) => folder.write(`w/${i}.txt`, content)));
  console.log(`50 parallel writes in ${(performance.now() - began).toFixed(0)} ms`);
  const read = await Promise.all(contents.map((_, i) => folder.readText(`w/${i}.txt`)));
  assert.deepEqual(read, contents);
  assert.equal(new Set(read).size, 50);
});

onServer(
  "a large file goes up in parts and comes down the same, its etag known beforehand",
  async (folder) => {
    const dir = await Deno.makeTempDir();
    try {
      const file = join(dir, "big");
      const bytes = new Uint8Array(partSize + 12345).map((_, i) => i * 31 >> 3);
      await Deno.writeFile(file, bytes);
      const etag = await folder.upload("big", file);
      assert.equal(etag, await etagOf(file));
      assert.match(etag, /-2$/);
      assert.deepEqual(await folder.entries(), [{ path: "big", size: bytes.length, etag }]);
      await folder.download("big", join(dir, "back"));
      assert.deepEqual(await Deno.readFile(join(dir, "back")), bytes);
      await Deno.writeTextFile(join(dir, "small"), "abc");
      // The MD5 sum of "abc" (RFC 1321).
      assert.equal(await folder.upload("small", join(dir, "small")), "900150983cd24fb0d6963f7d28e17f72");
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
);

onServer("only what this program wrote is removed", async (folder, server) => {
  await folder.write("own.txt", "1");
  await folder.remove("own.txt");
  await folder.remove("never.txt");
  assert.deepEqual(await folder.list(), []);
  const { openS3 } = await import("../../lib/aws/mod.ts");
  const { client, sdk } = await openS3(server.options);
  await client.send(new sdk.PutObjectCommand({ Bucket: "runs", Key: "mine/today/theirs.txt", Body: "2" }));
  client.destroy();
  await assert.rejects(
    folder.remove("theirs.txt"),
    /Cannot remove "s3:\/\/runs\/mine\/today\/theirs.txt": it was not written by this program/,
  );
  assert.deepEqual(await folder.list(), ["theirs.txt"]);
});

onServer("a missing object and a missing bucket are told apart", async (folder, server) => {
  await failsWith(
    folder.read("no.txt"),
    "no_object",
    /"s3:\/\/runs\/mine\/today\/no.txt": there is no such object/,
  );
  const gone = await server.folder("s3://no-such-bucket/x");
  const message = /there is no bucket "no-such-bucket"\. Create it \(aws s3 mb s3:\/\/no-such-bucket\)/;
  await failsWith(gone.read("a"), "no_bucket", message);
  await failsWith(gone.write("a", ""), "no_bucket", message);
  await failsWith(gone.list(), "no_bucket", message);
  await failsWith(gone.exists("a"), "no_bucket", message);
  await failsWith(gone.remove("a"), "no_bucket", message);
  gone.close();
});

onServer(
  "a server that is gone is a network fault, and all goes on when it is back",
  async (folder, server) => {
    await server.kill();
    await failsWith(
      folder.write("a", "1"),
      "network",
      /http:\/\/127\.0\.0\.1:\d+ can't be reached .*ECONNREFUSED/,
    );
    await server.start();
    await server.createBucket("runs").catch(() => {});
    await folder.write("a", "1");
    assert.equal(await folder.readText("a"), "1");
  },
);

onS3("keys that the service does not know are refused", async (server) => {
  const folder = await server.folder("s3://runs", {
    credentials: { ...keys, accessKeyId: "AKIAUNKNOWN000000000" },
  });
  await failsWith(folder.list(), "credentials", /not accepted \(InvalidAccessKeyId\)/);
  folder.close();
}, { checked: true });

/** The answers of a service that refuses, made by hand: local servers know no second region and no sessions that expire. */
const refusals: [string, number, Record<string, string>, string, S3Fault, RegExp][] = [
  [
    "denied access",
    403,
    {},
    "<Error><Code>AccessDenied</Code><Message>arn:aws:iam::123456789012:user/x may not</Message></Error>",
    "denied",
    /^Cannot read "s3:\/\/runs\/k": access is denied \(AccessDenied\); expected s3:GetObject on it/,
  ],
  [
    "another region",
    301,
    { "x-amz-bucket-region": "eu-west-1" },
    "<Error><Code>PermanentRedirect</Code><Message>use the endpoint</Message></Error>",
    "region",
    /bucket "runs" lies in region eu-west-1\. Set AWS_REGION=eu-west-1\.$/,
  ],
  [
    "another region in the signature",
    400,
    {},
    "<Error><Code>AuthorizationHeaderMalformed</Code><Message>m</Message><Region>eu-west-3</Region></Error>",
    "region",
    /lies in region eu-west-3/,
  ],
  [
    "an expired token",
    400,
    {},
    "<Error><Code>ExpiredToken</Code><Message>expired</Message></Error>",
    "credentials",
    /not accepted \(ExpiredToken\)\. Renew them/,
  ],
  [
    "a service that is overloaded",
    503,
    {},
    "<Error><Code>SlowDown</Code><Message>reduce your rate</Message></Error>",
    "service",
    /S3 says SlowDown \(HTTP 503\): reduce your rate\. Run the same command again later/,
  ],
];

for (const [name, status, headers, body, fault, message] of refusals) {
  Deno.test({
    name: `${name} is told with the one thing to do`,
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const server = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen() {} },
        () => new Response(body, { status, headers: { "content-type": "application/xml", ...headers } }),
      );
      const endpoint = `http://127.0.0.1:${server.addr.port}`;
      const folder = await s3Folder("s3://runs", {
        endpoint,
        region: "us-east-1",
        credentials: keys,
        attempts: 1,
      });
      try {
        await failsWith(folder.read("k"), fault, message);
        await assert.rejects(folder.read("k"), (error) => !String(error).includes("123456789012"));
      } finally {
        folder.close();
        await server.shutdown();
      }
    },
  });
}
