import assert from "node:assert/strict";
import { defaultCredentials } from "../../lib/aws/mod.ts";
import type { AwsCredentials } from "../../lib/core/mod.ts";
import { withEnvironment } from "./environment.ts";

const expiry = "2099-01-02T03:04:05Z";
const ending: AwsCredentials = {
  access_key_id: "AKIDLOCAL",
  secret_access_key: "secret",
  session_token: "token",
  expires_at_ms: Date.parse(expiry),
};
const endless: AwsCredentials = { ...ending, session_token: null, expires_at_ms: null };

/** A folder that is gone after the test. */
async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A local server that stands for a service which gives keys. */
async function withServer(
  answer: (request: Request) => Response | Promise<Response>,
  body: (url: string) => Promise<void>,
): Promise<void> {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
  await body(`http://127.0.0.1:${server.addr.port}`);
}

Deno.test("keys of the environment, with and without a session", async () => {
  const keys = { AWS_ACCESS_KEY_ID: "AKIDLOCAL", AWS_SECRET_ACCESS_KEY: "secret" };
  await withEnvironment(keys, async () => assert.deepEqual(await defaultCredentials(), endless));
  await withEnvironment(
    { ...keys, AWS_SESSION_TOKEN: "token", AWS_CREDENTIAL_EXPIRATION: expiry },
    async () => assert.deepEqual(await defaultCredentials(), ending),
  );
});

Deno.test("keys of the shared credentials file, by profile; what is changed there is found", () =>
  inFolder(async (folder) => {
    const file = `${folder}/credentials`;
    const section = (name: string, id: string) =>
      `[${name}]\naws_access_key_id = ${id}\naws_secret_access_key = secret\n`;
    await Deno.writeTextFile(file, section("default", "AKIDDEFAULT") + section("work", "AKIDLOCAL"));
    await withEnvironment({ AWS_SHARED_CREDENTIALS_FILE: file }, async () => {
      assert.equal((await defaultCredentials()).access_key_id, "AKIDDEFAULT");
      await Deno.writeTextFile(file, section("default", "AKIDRENEWED"));
      assert.equal((await defaultCredentials()).access_key_id, "AKIDRENEWED");
    });
    await Deno.writeTextFile(file, section("default", "AKIDDEFAULT") + section("work", "AKIDLOCAL"));
    await withEnvironment(
      { AWS_SHARED_CREDENTIALS_FILE: file, AWS_PROFILE: "work" },
      async () => assert.deepEqual(await defaultCredentials(), endless),
    );
  }));

Deno.test("keys of a program that the config file names", () =>
  inFolder(async (folder) => {
    const answer = JSON.stringify({
      Version: 1,
      AccessKeyId: "AKIDLOCAL",
      SecretAccessKey: "secret",
      SessionToken: "token",
      Expiration: expiry,
    });
    await Deno.writeTextFile(`${folder}/answer.json`, answer);
    await Deno.writeTextFile(
      `${folder}/config`,
      `[profile p]\ncredential_process = cat ${folder}/answer.json\n`,
    );
    await withEnvironment(
      { AWS_CONFIG_FILE: `${folder}/config`, AWS_PROFILE: "p" },
      async () => assert.deepEqual(await defaultCredentials(), ending),
    );
  }));

const served = {
  AccessKeyId: "AKIDLOCAL",
  SecretAccessKey: "secret",
  Token: "token",
  Expiration: expiry,
};

Deno.test("keys of a container's address, with its token", () => {
  const answer = (request: Request) =>
    request.headers.get("authorization") === "let me in"
      ? Response.json(served)
      : new Response("who are you?", { status: 401 });
  return withServer(answer, (url) =>
    withEnvironment(
      { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/keys`, AWS_CONTAINER_AUTHORIZATION_TOKEN: "let me in" },
      async () => assert.deepEqual(await defaultCredentials(), ending),
    ));
});

Deno.test("keys of an instance's role, by IMDSv2", () => {
  const answer = (request: Request) => {
    const { pathname } = new URL(request.url);
    if (request.method === "PUT" && pathname === "/latest/api/token") return new Response("imds-token");
    if (request.headers.get("x-aws-ec2-metadata-token") !== "imds-token") {
      return new Response("", { status: 401 });
    }
    if (pathname === "/latest/meta-data/iam/security-credentials/") return new Response("role-1");
    return pathname.endsWith("/role-1")
      ? Response.json({ Code: "Success", Type: "AWS-HMAC", LastUpdated: "2026-01-01T00:00:00Z", ...served })
      : new Response("", { status: 404 });
  };
  return withServer(answer, (url) =>
    withEnvironment(
      { AWS_EC2_METADATA_DISABLED: "false", AWS_EC2_METADATA_SERVICE_ENDPOINT: url },
      async () => assert.deepEqual(await defaultCredentials(), ending),
    ));
});

/** What STS answers to a call that gives keys. */
function sts(action: string): Response {
  const keys =
    `<AccessKeyId>AKIDLOCAL</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>` +
    `<Expiration>${expiry}</Expiration>`;
  const body = `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>` +
    `<Credentials>${keys}</Credentials></${action}Result></${action}Response>`;
  return new Response(body, { headers: { "content-type": "text/xml" } });
}

Deno.test("local server that stands for STS: keys for a web identity", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/token`, "web-token");
    const asked: URLSearchParams[] = [];
    const answer = async (request: Request) => {
      asked.push(new URLSearchParams(await request.text()));
      return sts("AssumeRoleWithWebIdentity");
    };
    await withServer(answer, (url) =>
      withEnvironment({
        AWS_WEB_IDENTITY_TOKEN_FILE: `${folder}/token`,
        AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/r",
        AWS_ENDPOINT_URL_STS: url,
      }, async () => assert.deepEqual(await defaultCredentials(), ending)));
    assert.deepEqual(
      asked.map((each) => [each.get("Action"), each.get("WebIdentityToken"), each.get("RoleArn")]),
      [["AssumeRoleWithWebIdentity", "web-token", "arn:aws:iam::123456789012:role/r"]],
    );
  }));

Deno.test("local server that stands for STS: keys of a role that a profile assumes", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/config`,
      "[profile p]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = base\nregion = eu-west-1\n" +
        "[profile base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = base\n",
    );
    const asked: (string | null)[] = [];
    const answer = async (request: Request) => {
      asked.push(new URLSearchParams(await request.text()).get("Action"));
      assert.match(
        request.headers.get("authorization") ?? "",
        /Credential=AKIDBASE\/\d{8}\/eu-west-1\/sts\//,
      );
      return sts("AssumeRole");
    };
    await withServer(answer, (url) =>
      withEnvironment(
        { AWS_CONFIG_FILE: `${folder}/config`, AWS_PROFILE: "p", AWS_ENDPOINT_URL_STS: url },
        async () => assert.deepEqual(await defaultCredentials(), ending),
      ));
    assert.deepEqual(asked, ["AssumeRole"]);
  }));

/** A home with a config of SSO and the token that `aws sso login` would have left there. */
async function ssoHome(folder: string, expiresAt: string): Promise<void> {
  await Deno.mkdir(`${folder}/.aws/sso/cache`, { recursive: true });
  await Deno.writeTextFile(
    `${folder}/.aws/config`,
    "[profile p]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = Reader\n" +
      "[sso-session s]\nsso_region = us-east-1\nsso_start_url = https://start.example/start\n",
  );
  const name = new Uint8Array(await crypto.subtle.digest("SHA-1", new TextEncoder().encode("s"))).toHex();
  await Deno.writeTextFile(
    `${folder}/.aws/sso/cache/${name}.json`,
    JSON.stringify({ accessToken: "sso-token", expiresAt }),
  );
}

/** Runs with another home: SSO's tokens lie there. */
async function atHome(folder: string, body: () => Promise<void>): Promise<void> {
  const before = Deno.env.get("HOME");
  Deno.env.set("HOME", folder);
  try {
    await body();
  } finally {
    if (before === undefined) Deno.env.delete("HOME");
    else Deno.env.set("HOME", before);
  }
}

Deno.test("local server that stands for SSO's portal: keys of a login", () =>
  inFolder(async (folder) => {
    await ssoHome(folder, "2099-01-01T00:00:00Z");
    const answer = (request: Request) => {
      const { pathname, searchParams } = new URL(request.url);
      assert.deepEqual(
        [pathname, searchParams.get("account_id"), searchParams.get("role_name")],
        ["/federation/credentials", "123456789012", "Reader"],
      );
      assert.equal(request.headers.get("x-amz-sso_bearer_token"), "sso-token");
      return Response.json({
        roleCredentials: {
          accessKeyId: "AKIDLOCAL",
          secretAccessKey: "secret",
          sessionToken: "token",
          expiration: Date.parse(expiry),
        },
      });
    };
    await atHome(folder, () =>
      withServer(answer, (url) =>
        withEnvironment(
          { AWS_CONFIG_FILE: `${folder}/.aws/config`, AWS_PROFILE: "p", AWS_ENDPOINT_URL_SSO: url },
          async () => assert.deepEqual(await defaultCredentials(), ending),
        )));
  }));

Deno.test("a login that has ended says so, and what to do", () =>
  inFolder(async (folder) => {
    await ssoHome(folder, "2020-01-01T00:00:00Z");
    await atHome(folder, () =>
      withEnvironment(
        { AWS_CONFIG_FILE: `${folder}/.aws/config`, AWS_PROFILE: "p" },
        () =>
          assert.rejects(defaultCredentials(), {
            name: "UserError",
            message: /the keys could not be had: .*(expired|sso login).*aws sso login/s,
          }),
      ));
  }));

Deno.test("without any keys the message lists the ways to have some", () =>
  withEnvironment({}, () =>
    assert.rejects(defaultCredentials(), {
      name: "UserError",
      message:
        'Cannot sign requests to "AWS": there are no keys in the environment, in the shared files, or from a role of ' +
        "this machine. Do one of these: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN); name a " +
        "profile of ~/.aws by AWS_PROFILE; log in by `aws sso login`; or run where a role gives keys (an EC2 instance, a " +
        "container, web identity).",
    })));

Deno.test("a profile that is not there is named", () =>
  withEnvironment(
    { AWS_PROFILE: "missing" },
    () =>
      assert.rejects(defaultCredentials(), {
        name: "UserError",
        message: /the profile "missing" \(AWS_PROFILE\) has no keys/,
      }),
  ));
