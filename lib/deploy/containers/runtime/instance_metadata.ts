/** Which instance of EC2 this machine is, by the metadata service that every instance has (IMDSv2). */

import { request } from "node:http";

const address = "http://169.254.169.254";
const patience_ms = 1_000;

/**
 * The type of the instance; null where nobody answers: it is none, or a container that may not ask. No proxy is asked.
 *
 * @param env `AWS_EC2_METADATA_SERVICE_ENDPOINT` is its address, `AWS_EC2_METADATA_DISABLED=true` switches it off, as in the SDK
 */
export async function instanceType(
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  if (env["AWS_EC2_METADATA_DISABLED"]?.toLowerCase() === "true") return null;
  const base = URL.parse(env["AWS_EC2_METADATA_SERVICE_ENDPOINT"] || address);
  if (base === null) return null;
  const deadline = performance.now() + patience_ms;
  const token = await ask(base, "PUT", "/latest/api/token", {
    "x-aws-ec2-metadata-token-ttl-seconds": "60",
  }, deadline);
  if (token === null) return null;
  const headers = { "x-aws-ec2-metadata-token": token };
  const type = await ask(base, "GET", "/latest/meta-data/instance-type", headers, deadline);
  return type !== null && /^[a-z0-9-]+\.[a-z0-9-]+$/.test(type) ? type : null;
}

function ask(
  base: URL,
  method: string,
  path: string,
  headers: Record<string, string>,
  deadline: number,
): Promise<string | null> {
  return new Promise((resolve) => {
    const url = new URL(path, base);
    const asked = request(
      url,
      { method, headers: { ...headers, connection: "close" }, agent: false },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (piece: string) => text += piece);
        answer.on("end", () => settle(answer.statusCode === 200 ? text.trim() : null));
        answer.on("error", () => settle(null));
      },
    );
    const timer = setTimeout(() => settle(null), Math.max(0, deadline - performance.now()));
    function settle(value: string | null): void {
      clearTimeout(timer);
      resolve(value);
      asked.destroy();
    }
    asked.on("error", () => settle(null));
    asked.end();
  });
}
