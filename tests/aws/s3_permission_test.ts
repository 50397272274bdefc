import assert from "node:assert/strict";
import { join } from "node:path";
import { S3Error, type S3Folder } from "../../lib/aws/mod.ts";
import { projectFolder } from "../../lib/config/mod.ts";
import { type Allowed, checkPermissions, userWith } from "./local_iam.ts";
import { onS3 } from "./local_s3.ts";

const bucket = "arn:aws:s3:::runs";

async function deniedFor(work: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof S3Error, String(error));
    assert.equal(error.fault, "denied");
    assert.match(error.message, message);
    return true;
  });
}

onS3("a policy that lets a user read, and no more, is told by what it lacks", async (server) => {
  await server.createBucket("runs");
  const owner = await server.folder("s3://runs/mine");
  await owner.write("a.txt", "there");
  owner.close();
  const credentials = await userWith(server, "reader", [
    { Action: "s3:ListBucket", Resource: bucket },
    { Action: "s3:GetObject", Resource: `${bucket}/*` },
  ]);
  await checkPermissions(server);
  const folder: S3Folder = await server.folder("s3://runs/mine", { credentials });
  try {
    assert.equal(await folder.readText("a.txt"), "there");
    assert.deepEqual(await folder.list(), ["a.txt"]);
    await deniedFor(
      folder.write("b.txt", "mine"),
      /^Cannot write "s3:\/\/runs\/mine\/b\.txt": access is denied \(AccessDenied\); expected s3:PutObject on it for the credentials in use\. Grant it; docs\/buckets\.md has the policy\.$/,
    );
    assert.deepEqual(await folder.list(), ["a.txt"]);
  } finally {
    folder.close();
  }
}, { iam: true });

onS3("a policy for another bucket lets nothing be read or looked into", async (server) => {
  await server.createBucket("runs");
  const owner = await server.folder("s3://runs");
  await owner.write("a.txt", "there");
  owner.close();
  const credentials = await userWith(server, "stranger", [
    { Action: "s3:*", Resource: ["arn:aws:s3:::other", "arn:aws:s3:::other/*"] },
  ]);
  await checkPermissions(server);
  const folder = await server.folder("s3://runs", { credentials });
  try {
    await deniedFor(folder.check(), /"s3:\/\/runs".*denied.*s3:ListBucket/);
    await deniedFor(folder.read("a.txt"), /"s3:\/\/runs\/a\.txt".*denied.*s3:GetObject/);
    await deniedFor(folder.list(), /denied.*s3:ListBucket/);
  } finally {
    folder.close();
  }
}, { iam: true });

/** The policy of docs/buckets.md, for these buckets. */
async function documentedPolicy(read: string, write: string): Promise<Allowed[]> {
  const page = await Deno.readTextFile(join(projectFolder, "docs", "buckets.md"));
  const json = /```json\n([\s\S]+?)```/.exec(page)?.[1] ?? "";
  const { Statement } = JSON.parse(
    json.replaceAll(":::READ", `:::${read}`).replaceAll(":::WRITE", `:::${write}`),
  );
  return (Statement as (Allowed & { Effect: string })[]).map(({ Action, Resource }) => ({
    Action,
    Resource,
  }));
}

onS3("the policy of docs/buckets.md is enough for all that is done, and for no more", async (server) => {
  await server.createBucket("read");
  await server.createBucket("write");
  const owner = await server.folder("s3://read");
  await owner.write("rows.jsonl", "{}");
  owner.close();
  const credentials = await userWith(server, "runner", await documentedPolicy("read", "write"));
  await checkPermissions(server);
  const [read, write] = [
    await server.folder("s3://read", { credentials }),
    await server.folder("s3://write/mine", { credentials }),
  ];
  try {
    assert.equal(await read.readText("rows.jsonl"), "{}");
    assert.deepEqual(await read.list(), ["rows.jsonl"]);
    await deniedFor(read.write("rows.jsonl", ""), /s3:PutObject/);
    await write.write("a/b.txt", "1");
    assert.deepEqual(await write.list(), ["a/b.txt"]);
    assert.equal(await write.readText("a/b.txt"), "1");
    await write.remove("a/b.txt");
    assert.deepEqual(await write.list(), []);
  } finally {
    read.close();
    write.close();
  }
}, { iam: true });
