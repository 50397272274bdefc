/** Signature Version 4, checked as AWS checks it: what was received is signed again with the key that it names. */

import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { Buffer } from "node:buffer";
import type { AwsCredentials } from "../core/mod.ts";
import type { Request } from "./incoming.ts";
import { Refusal } from "./refusal.ts";

/** How far a request's own time may lie from the time of its arrival. */
const window_ms = 5 * 60_000;

const form =
  /^AWS4-HMAC-SHA256 Credential=([^/\s,]+)\/(\d{8})\/([^/\s,]+)\/([^/\s,]+)\/aws4_request,\s*SignedHeaders=([^\s,]+),\s*Signature=([0-9a-f]{64})$/;

const hash = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");
const hmac = (key: string | Uint8Array, text: string) => createHmac("sha256", key).update(text).digest();

function forbidden(code: string, message: string): Refusal {
  return new Refusal(403, message, { code });
}

/** Everything but A-Z, a-z, 0-9, `-`, `_`, `.` and `~` escaped. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The path as it was sent, each segment escaped once more. */
export function canonicalPath(path: string): string {
  return path.split("/").map(escaped).join("/");
}

/** The query's pairs, escaped once, in the order of their names and values. */
export function canonicalQuery(query: string): string {
  if (query === "") return "";
  const plain = (text: string) => escaped(decodeURIComponent(text.replaceAll("+", "%20")));
  return query.split("&").map((pair) => {
    const at = pair.indexOf("=");
    const [name, value] = at === -1 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
    return [plain(name), plain(value)] as const;
  }).sort(([a, x], [b, y]) => a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0)
    .map(([name, value]) => `${name}=${value}`).join("&");
}

/** `20261122T114058Z` in milliseconds since 1970; NaN for anything else. */
function timeOf(stamp: string): number {
  const parts = stamp.match(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/);
  if (parts === null) return NaN;
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/**
 * Checks the signature of a request to an AWS service.
 *
 * @param service the name that its credential scope must have, `bedrock` or `sagemaker`
 * @param keys all that are accepted
 * @param at milliseconds since 1970
 * @throws {Refusal} 403 with the exception that AWS answers with
 */
export function checkSignature(
  { method, path, query, headers, body }: Pick<Request, "method" | "path" | "query" | "headers" | "body">,
  service: string,
  keys: readonly AwsCredentials[],
  at: number,
): void {
  const authorization = headers.get("authorization");
  if (authorization === undefined) {
    throw forbidden("MissingAuthenticationTokenException", "Missing Authentication Token");
  }
  const parts = form.exec(authorization);
  const stamp = headers.get("x-amz-date") ?? "";
  if (parts === null) {
    throw forbidden(
      "IncompleteSignatureException",
      "The authorization header is not one of Signature Version 4.",
    );
  }
  const [, id = "", day = "", region = "", named = "", list = "", signature = ""] = parts;
  const key = keys.find(({ access_key_id }) => access_key_id === id);
  const token = headers.get("x-amz-security-token") ?? null;
  if (key === undefined || token !== key.session_token) {
    throw forbidden("UnrecognizedClientException", "The security token included in the request is invalid.");
  }
  if (key.expires_at_ms !== null && key.expires_at_ms <= at) {
    throw forbidden("ExpiredTokenException", "The security token included in the request is expired");
  }
  if (named !== service) {
    throw forbidden(
      "InvalidSignatureException",
      `Credential should be scoped to correct service: '${service}'.`,
    );
  }
  if (stamp.slice(0, 8) !== day || !(Math.abs(timeOf(stamp) - at) <= window_ms)) {
    throw forbidden(
      "InvalidSignatureException",
      `Signature expired: ${stamp} is not within 5 minutes of now.`,
    );
  }
  const signed = list.split(";");
  const needed = ["host", ...[...headers.keys()].filter((name) => name.startsWith("x-amz-"))];
  if (needed.some((name) => !signed.includes(name)) || signed.some((name) => !headers.has(name))) {
    throw forbidden("InvalidSignatureException", "The signed headers are not those that must be signed.");
  }
  const canonical = [
    method,
    canonicalPath(path),
    canonicalQuery(query),
    ...signed.map((name) => `${name}:${headers.get(name)!.trim().replace(/ +/g, " ")}`),
    "",
    list,
    hash(body),
  ].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = `AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${hash(canonical)}`;
  const signing = [day, region, service, "aws4_request"].reduce<string | Uint8Array>(
    hmac,
    `AWS4${key.secret_access_key}`,
  );
  if (!timingSafeEqual(hmac(signing, toSign), Buffer.from(signature, "hex"))) {
    throw forbidden(
      "InvalidSignatureException",
      "The request signature we calculated does not match the signature you provided. " +
        "Check your AWS Secret Access Key and signing method.",
    );
  }
}
