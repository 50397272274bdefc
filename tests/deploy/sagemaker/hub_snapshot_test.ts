import assert from "node:assert/strict";
import { openS3, s3Folder } from "../../../lib/aws/mod.ts";
import { HubClient } from "../../../lib/data/mod.ts";
import { removeSnapshot, snapshotToS3 } from "../../../lib/deploy/sagemaker/hub_snapshot.ts";
import { cloudAvailable, withCloud } from "../../aws/local_cloud.ts";
import { type ModelHub, withModelHub } from "./model_hub.ts";
import { bucketFolder } from "./sagemaker_scene.ts";

const served = ["config.json", "model.safetensors", "tokenizer.json"];

const owner = "20261122T100000Z-1a2b3c";
const address = "s3://weights/models/small";

function test(
  name: string,
  body: (tools: {
    place: (
      changed?: { owner?: string; address?: string; repo?: string; signal?: AbortSignal },
    ) => ReturnType<
      typeof snapshotToS3
    >;
    list: () => Promise<string[]>;
    hub: ModelHub;
    cache: string;
  }) => Promise<void>,
): void {
  Deno.test({
    name: `local S3 (moto): ${name}`,
    ignore: !cloudAvailable,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () =>
      withCloud(() =>
        withModelHub(async (hub) => {
          await using folder = await bucketFolder("weights");
          const cache = await Deno.makeTempDir();
          try {
            const client = new HubClient({
              kind: "model",
              endpoint: hub.endpoint,
              cache_dir: cache,
              env: {},
            });
            await body({
              hub,
              cache,
              list: () => folder.list(),
              place: ({ signal = new AbortController().signal, ...changed } = {}) =>
                snapshotToS3({ repo: "org/model", address, owner, ...changed }, {
                  client,
                  s3: {},
                  signal,
                  log: () => {},
                }),
            });
          } finally {
            await Deno.remove(cache, { recursive: true });
          }
        })
      ),
  });
}

const placed = [
  "models/small.fmbench.json",
  "models/small/config.json",
  "models/small/model.safetensors",
  "models/small/tokenizer.json",
];

test("what a server needs of a model is placed, kept the next time, and removed to the last object", async (t) => {
  const first = await t.place();
  assert.deepEqual(first, { revision: "a".repeat(40), files: 3, bytes: 2 + 40_000 + 13, uploaded: served });
  assert.deepEqual(await t.list(), placed);
  // Nothing of it stays on this machine.
  const left = [];
  for await (const folder of Deno.readDir(`${t.cache}/org--model`)) {
    for await (const { name } of Deno.readDir(`${t.cache}/org--model/${folder.name}`)) left.push(name);
  }
  assert.deepEqual(left, []);
  assert.deepEqual((await t.place()).uploaded, []);
  assert.deepEqual(t.hub.asked, served);
  assert.equal(await removeSnapshot({ address, owner }, {}), "removed");
  assert.deepEqual(await t.list(), []);
  assert.equal(await removeSnapshot({ address, owner }, {}), "already gone");
});

test("a try that was stopped goes on where it ended, and what it placed can be removed", async (t) => {
  const stop = new AbortController();
  const { asked } = t.hub;
  const watching = setInterval(
    () => asked.includes("model.safetensors") && stop.abort(new Error("stopped")),
    1,
  );
  await assert.rejects(t.place({ signal: stop.signal }), /stopped/);
  clearInterval(watching);
  const before = await t.list();
  assert.ok(before.includes(placed[0]!) && before.length < placed.length, String(before));
  const { uploaded } = await t.place();
  assert.deepEqual(uploaded.length + before.length, placed.length);
  assert.deepEqual(await t.list(), placed);
  assert.equal(await removeSnapshot({ address, owner }, {}), "removed");
  assert.deepEqual(await t.list(), []);
});

test("of an upload that was cut in mid-file no part is left, and those of others go on", async (t) => {
  await t.place();
  const { client, sdk } = await openS3();
  const begin = (Key: string) =>
    client.send(new sdk.CreateMultipartUploadCommand({ Bucket: "weights", Key }));
  for (const Key of ["models/small/model.safetensors", "models/small/theirs.bin"]) await begin(Key);
  await removeSnapshot({ address, owner }, {});
  const { Uploads } = await client.send(new sdk.ListMultipartUploadsCommand({ Bucket: "weights" }));
  assert.deepEqual(Uploads?.map(({ Key }) => Key), ["models/small/theirs.bin"]);
  client.destroy();
});

test("another run's copy of the same revision is used and not removed; of another revision it is refused", async (t) => {
  await t.place({ owner: "20261121T100000Z-999999" });
  assert.deepEqual((await t.place()).uploaded, []);
  assert.equal(await removeSnapshot({ address, owner }, {}), "already gone");
  assert.deepEqual(await t.list(), placed);
  t.hub.commit("b".repeat(40));
  await assert.rejects(
    t.place(),
    /run 20261121T100000Z-999999 has placed org\/model there, revision aaaaaaaaaaaa/,
  );
  assert.deepEqual(await t.list(), placed);
});

test("two that want the same place take turns", async (t) => {
  const both = await Promise.all([t.place(), t.place({ owner: "20261122T100000Z-4d5e6f" })]);
  assert.deepEqual(both.map(({ uploaded }) => uploaded.length), [3, 0]);
});

test("what somebody else has put there is neither overwritten nor removed", async (t) => {
  const folder = await s3Folder("s3://weights/models/small");
  await folder.write("config.json", "theirs");
  await assert.rejects(
    t.place(),
    /there is small\/config\.json, which this program has not placed there.*model_s3_path/,
  );
  assert.equal(await folder.readText("config.json"), "theirs");
  folder.close();
  assert.equal(await removeSnapshot({ address, owner }, {}), "already gone");
  assert.deepEqual(await t.list(), ["models/small/config.json"]);
});

test("a bucket as a whole is no place, and a model that is not there is said to be so", async (t) => {
  await assert.rejects(t.place({ address: "s3://weights" }), /bucket as a whole.*model_s3_path/);
  await assert.rejects(t.place({ repo: "org/none" }), /no model of that name.*model_id/);
  assert.deepEqual(await t.list(), []);
});
