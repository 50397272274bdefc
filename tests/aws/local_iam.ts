/** Users with policies on the local server that stands for an AWS account: moto keeps and checks them. */

import type { LocalS3 } from "./local_s3.ts";

/** What a policy allows. */
export interface Allowed {
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Creates a user who may do this and nothing else. The server must not check permissions yet. */
export async function userWith(
  server: LocalS3,
  name: string,
  allowed: readonly Allowed[],
): Promise<AccessKey> {
  const policy = {
    Version: "2012-10-17",
    Statement: allowed.map((each) => ({ Effect: "Allow", ...each })),
  };
  await call(server, { Action: "CreateUser", UserName: name });
  await call(server, {
    Action: "PutUserPolicy",
    UserName: name,
    PolicyName: "all",
    PolicyDocument: JSON.stringify(policy),
  });
  const answer = await call(server, { Action: "CreateAccessKey", UserName: name });
  return { accessKeyId: within(answer, "AccessKeyId"), secretAccessKey: within(answer, "SecretAccessKey") };
}

/** From now on signatures and permissions are checked. */
export async function checkPermissions({ url }: LocalS3): Promise<void> {
  await (await fetch(`${url}/moto-api/reset-auth`, { method: "POST", body: "0" })).body?.cancel();
}

async function call({ url }: LocalS3, parameters: Record<string, string>): Promise<string> {
  const answer = await fetch(url, {
    method: "POST",
    // The service is told by the scope of the signature, which nobody checks yet.
    headers: {
      authorization: "AWS4-HMAC-SHA256 Credential=X/20260101/us-east-1/iam/aws4_request, " +
        "SignedHeaders=host, Signature=0",
    },
    body: new URLSearchParams({ Version: "2010-05-08", ...parameters }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${parameters["Action"]}: ${answer.status} ${text}`);
  return text;
}

function within(xml: string, name: string): string {
  const found = new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1];
  if (found === undefined) throw new Error(`no ${name} in ${xml}`);
  return found;
}
