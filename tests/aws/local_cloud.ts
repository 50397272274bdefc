/** A server that stands for an account of AWS: moto, with endpoints that take their time and calls that fail. See `local_cloud.py`. */

import { join } from "node:path";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { withEnvironment } from "./environment.ts";

const python = join(projectRoot, ".venv-s3", "bin", "python");
const program = join(projectRoot, "tests", "aws", "local_cloud.py");

/** Whether it can be had; `deno task test` installs it. */
export const cloudAvailable: boolean = await Deno.stat(python).then(() => true, () => false);

/** What is to go wrong. */
export interface Fault {
  /** Name of a call, `CreateEndpoint`; of S3 its method, `s3:PUT`; `*` = any. */
  readonly target: string;
  /** @default 1 */
  readonly times?: number;
  readonly kind: "throttle" | "500" | "503" | "hang" | "latency" | "reset";
  /** Of `latency` (300) and `hang` (60,000). */
  readonly ms?: number;
}

/** The life of a SageMaker endpoint that is not created yet. */
export interface EndpointLife {
  /** `*` = all that have none of their own. */
  readonly name: string;
  /** @default 0.2 */
  readonly creating_s?: number;
  readonly end?: "InService" | "Failed";
  readonly reason?: string;
  /** @default 0.2 */
  readonly deleting_s?: number;
}

export interface Cloud {
  readonly url: string;
  /** Address, keys and region for the SDK; they stand in the environment while the test runs. */
  readonly env: Readonly<Record<string, string>>;
  fault(fault: Fault): Promise<void>;
  clearFaults(): Promise<void>;
  endpointLife(life: EndpointLife): Promise<void>;
  /** Sets the clock of endpoints forward. */
  advance(seconds: number): Promise<void>;
  /** Names of all calls so far, those that failed among them. */
  calls(): Promise<string[]>;
  /** Runs with the keys of a user who has this policy and nothing else; signatures and policies are checked meanwhile. */
  as(policy: Readonly<Record<string, unknown>>, body: () => Promise<void>): Promise<void>;
}

/** Starts one, runs with its environment in place of all `AWS_` variables, and ends it. */
export async function withCloud(body: (cloud: Cloud) => Promise<void>): Promise<void> {
  const child = new Deno.Command(python, {
    args: [program],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  try {
    const url = `http://127.0.0.1:${await portOf(child.stdout)}`;
    await withEnvironment(
      environment(url, "AKIALOCALCLOUDTEST01", "secret/of/a/local/cloud/0123456789"),
      () => body(cloudAt(url)),
    );
  } finally {
    child.kill("SIGKILL");
    await child.status;
  }
}

async function portOf(output: ReadableStream<Uint8Array>): Promise<number> {
  let text = "";
  for await (const part of output.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.includes("\n")) return Number(text);
  }
  throw new Error("the local cloud did not start");
}

function environment(url: string, key: string, secret: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: key,
    AWS_SECRET_ACCESS_KEY: secret,
  };
}

function cloudAt(url: string): Cloud {
  const control = async (path: string, value?: unknown, method = value === undefined ? "GET" : "POST") => {
    const body = value === undefined ? {} : { body: JSON.stringify(value) };
    const answer = await fetch(`${url}/control/${path}`, { method, ...body });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return await answer.json();
  };
  const users = { made: 0 };
  return {
    url,
    env: Object.fromEntries(Object.entries(Deno.env.toObject()).filter(([name]) => name.startsWith("AWS_"))),
    fault: (fault) => control("fault", fault),
    clearFaults: () => control("fault", undefined, "DELETE"),
    endpointLife: (life) => control("endpoint", life),
    advance: (advance_s) => control("clock", { advance_s }),
    calls: () => control("calls"),
    async as(policy, body) {
      const { key, secret } = await userWith(url, `user-${users.made++}`, policy);
      await checking(url, "0");
      try {
        await withEnvironment(environment(url, key, secret), body);
      } finally {
        await checking(url, "1000000000");
      }
    },
  };
}

/** From how many further calls on signatures and policies are checked. */
async function checking(url: string, from: string): Promise<void> {
  await (await fetch(`${url}/moto-api/reset-auth`, { method: "POST", body: from })).body?.cancel();
}

async function userWith(
  url: string,
  name: string,
  policy: Readonly<Record<string, unknown>>,
): Promise<{ key: string; secret: string }> {
  const call = async (parameters: Record<string, string>) => {
    const answer = await fetch(url, {
      method: "POST",
      // The service is told by the scope of the signature, which nobody checks yet.
      headers: {
        authorization: "AWS4-HMAC-SHA256 Credential=X/20260101/us-east-1/iam/aws4_request, " +
          "SignedHeaders=host, Signature=0",
      },
      body: new URLSearchParams({ Version: "2010-05-08", UserName: name, ...parameters }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${parameters["Action"]}: ${answer.status} ${text}`);
    return text;
  };
  await call({ Action: "CreateUser" });
  await call({ Action: "PutUserPolicy", PolicyName: "all", PolicyDocument: JSON.stringify(policy) });
  const made = await call({ Action: "CreateAccessKey" });
  const within = (tag: string) => new RegExp(`<${tag}>([^<]+)</${tag}>`).exec(made)![1]!;
  return { key: within("AccessKeyId"), secret: within("SecretAccessKey") };
}
