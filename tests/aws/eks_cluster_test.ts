import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { eksCluster } from "../../lib/aws/mod.ts";

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret/of/a/test" };
const region = "eu-west-1";
const hash = (text: string) => createHash("sha256").update(text).digest("hex");

/** The signature of a presigned request with no body, as the specification of Signature Version 4 has it. */
function signatureOf(url: URL, headers: Readonly<Record<string, string>>): string {
  const escaped = (text: string) =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  const query = [...url.searchParams].filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`).sort().join("&");
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const canonical = ["GET", "/", query, lines, names.join(";"), hash("")].join("\n");
  const date = url.searchParams.get("X-Amz-Date")!;
  const scope = `${date.slice(0, 8)}/${region}/sts/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", date, scope, hash(canonical)].join("\n");
  const key = scope.split("/").reduce<string | Uint8Array>(
    (last, part) => createHmac("sha256", last).update(part).digest(),
    `AWS4${credentials.secretAccessKey}`,
  );
  return createHmac("sha256", key).update(toSign).digest("hex");
}

async function onEks(
  answer: (request: Request) => Response,
  work: (endpoint: string) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, answer);
  try {
    await work(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

Deno.test("a stand-in for EKS: address and certificate come from DescribeCluster, and the token is a signed call of STS", () =>
  onEks((request) => {
    assert.equal(new URL(request.url).pathname, "/clusters/big");
    assert.match(
      request.headers.get("authorization") ?? "",
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/eks\/aws4_request, /,
    );
    return Response.json({
      cluster: {
        endpoint: "https://x.example.com",
        status: "ACTIVE",
        certificateAuthority: { data: "Q0E=" },
      },
    });
  }, async (endpoint) => {
    const { server, authority, token } = await eksCluster("big", { endpoint, region, credentials });
    assert.deepEqual([server, authority], ["https://x.example.com", "Q0E="]);
    const text = await token();
    assert.ok(text.startsWith("k8s-aws-v1."));
    assert.doesNotMatch(text, /=/);
    const url = new URL(atob(text.slice("k8s-aws-v1.".length).replaceAll("-", "+").replaceAll("_", "/")));
    assert.deepEqual([url.origin, url.pathname], ["https://sts.eu-west-1.amazonaws.com", "/"]);
    const said = (name: string) => url.searchParams.get(name);
    assert.deepEqual(
      ["Action", "Version", "X-Amz-Expires", "X-Amz-SignedHeaders"].map(said),
      ["GetCallerIdentity", "2011-06-15", "60", "host;x-k8s-aws-id"],
    );
    // EKS refuses a token that says anything else.
    assert.deepEqual([...url.searchParams.keys()].sort(), [
      ...["Action", "Version", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires"],
      ...["X-Amz-Signature", "X-Amz-SignedHeaders"],
    ]);
    assert.equal(said("X-Amz-Signature"), signatureOf(url, { host: url.host, "x-k8s-aws-id": "big" }));
  }));

for (
  const [what, response, message] of [
    [
      "no such cluster",
      Response.json({ message: "No cluster found" }, { status: 404 }),
      /there is no such cluster in eu-west-1/,
    ],
    [
      "no permission",
      Response.json({ message: "User may not eks:DescribeCluster" }, { status: 403 }),
      /EKS says: User may not eks:DescribeCluster; expected AWS keys/,
    ],
    [
      "a cluster without an address",
      Response.json({ cluster: { status: "CREATING" } }),
      /it is CREATING and has no address yet/,
    ],
  ] as const
) {
  Deno.test(`a stand-in for EKS: ${what} is said with what to do`, () =>
    onEks(() => response, async (endpoint) => {
      await assert.rejects(eksCluster("big", { endpoint, region, credentials }), message);
    }));
}
