/** Signature Version 4 as its specification has it, by WebCrypto: what a server does to check a request. */

const encoder = new TextEncoder();
const hex = (bytes: ArrayBuffer) => new Uint8Array(bytes).toHex();
const sha256 = async (bytes: Uint8Array<ArrayBuffer>) => hex(await crypto.subtle.digest("SHA-256", bytes));

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const usable = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", usable, encoder.encode(text)));
}

/** A request as a server reads it: the head without its blank line, the body as windows-1252, so without bytes 0x80 to 0x9f. */
export interface RawRequest {
  readonly head: string;
  readonly body: string;
}

/** The headers of a raw head, in order, as they were sent. */
export function rawHeaders(head: string): [string, string][] {
  return head.split("\r\n").slice(1).map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
}

/**
 * The signature that the request should carry, made of what was received alone, and the one it does carry. A path is
 * escaped once more than it was sent, as for every service but S3.
 */
export async function signatures(
  { head, body }: RawRequest,
  secret: string,
): Promise<{ carried: string; due: string; signed: string[] }> {
  const headers = rawHeaders(head);
  const valueOf = (name: string) =>
    headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value).join(",");
  const [, scope, names, carried] =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/(\S+), SignedHeaders=(\S+), Signature=([0-9a-f]{64})$/
      .exec(valueOf("authorization"))!;
  const [method, target] = head.split(" ");
  const [path, query = ""] = target!.split("?");
  const signed = names!.split(";");
  const canonical = [
    method,
    path!.split("/").map(encodeURIComponent).join("/"),
    query.split("&").sort().join("&"),
    ...signed.map((name) => `${name}:${valueOf(name).replace(/ +/g, " ")}`),
    "",
    names,
    await sha256(Uint8Array.from(body, (sign) => sign.charCodeAt(0))),
  ].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", valueOf("x-amz-date"), scope, await sha256(encoder.encode(canonical))];
  let key = encoder.encode(`AWS4${secret}`);
  for (const part of scope!.split("/")) key = await hmac(key, part);
  return { carried: carried!, due: hex((await hmac(key, toSign.join("\n"))).buffer), signed };
}
