import assert from "node:assert/strict";
import { callerIdentity } from "../../lib/aws/mod.ts";
import { checkPermissions, userWith } from "./local_iam.ts";
import { keys, onS3 } from "./local_s3.ts";

onS3("STS says the account behind the credentials, of a stand-in for an AWS account", async ({ url }) => {
  assert.deepEqual(
    await callerIdentity("aws.bucket", { endpoint: url, region: "eu-west-1", credentials: keys }),
    { region: "eu-west-1", account: "123456789012" },
  );
}, { iam: true });

onS3(
  "STS takes the signature of a user without any permission, of a stand-in for an AWS account",
  async (server) => {
    const credentials = await userWith(server, "nobody", [{
      Action: "s3:GetObject",
      Resource: "arn:aws:s3:::x/y",
    }]);
    await checkPermissions(server);
    const { account } = await callerIdentity("aws.bucket", {
      endpoint: server.url,
      region: "us-east-1",
      credentials,
    });
    assert.equal(account, "123456789012");
    await assert.rejects(
      callerIdentity("aws.bucket", {
        endpoint: server.url,
        region: "us-east-1",
        credentials: { ...credentials, secretAccessKey: "wrong/secret/of/a/test/server/0123456789" },
      }),
      /^UserError: Cannot find out the AWS account for "aws\.bucket": the AWS credentials are not accepted \(\w+\); .* Renew them \(aws sso login\), or correct them; or name the bucket/,
    );
  },
  { iam: true },
);

/** Runs without what the environment and the user's files say of AWS. */
async function withoutAws(body: () => Promise<void>): Promise<void> {
  const before = Deno.env.toObject();
  for (const name of Object.keys(before)) if (name.startsWith("AWS_")) Deno.env.delete(name);
  Deno.env.set("AWS_EC2_METADATA_DISABLED", "true");
  Deno.env.set("AWS_CONFIG_FILE", "/nonexistent/config");
  Deno.env.set("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials");
  try {
    await body();
  } finally {
    for (const name of Object.keys(Deno.env.toObject())) if (name.startsWith("AWS_")) Deno.env.delete(name);
    for (const [name, value] of Object.entries(before)) Deno.env.set(name, value);
  }
}

const untidy = { sanitizeOps: false, sanitizeResources: false };

Deno.test("without credentials, or without a region, the error says what to set", untidy, async () => {
  await withoutAws(async () => {
    await assert.rejects(callerIdentity("aws.bucket", { region: "us-east-1" }), {
      message:
        'Cannot find out the AWS account for "aws.bucket": there are no AWS credentials; expected credentials whose ' +
        "account and region the bucket's name is made of. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or " +
        "AWS_PROFILE; or name the bucket (--write-bucket, -A read_bucket=...) or run with --local-mode yes.",
    });
    await assert.rejects(
      callerIdentity("aws.bucket", { credentials: keys }),
      /no AWS region is known; .* Set AWS_REGION, e\.g\. AWS_REGION=us-east-1; or name the bucket/,
    );
  });
});

Deno.test("an STS that is not reached, or answers something else, is told", untidy, async () => {
  const options = { region: "us-east-1", credentials: keys };
  await assert.rejects(
    callerIdentity("aws.bucket", { ...options, endpoint: "http://127.0.0.1:1" }),
    /STS can't be reached \(.+\); .* Check the network and AWS_ENDPOINT_URL_STS/,
  );
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => new Response("hello"));
  try {
    await assert.rejects(
      callerIdentity("aws.bucket", { ...options, endpoint: `http://127.0.0.1:${server.addr.port}` }),
      /STS does not say it \(HTTP 200\)/,
    );
  } finally {
    await server.shutdown();
  }
});
