/** The SDK's request in the transport's terms. */

import type { HttpRequest, QueryParameterBag } from "@smithy/types";
import type { WireRequest } from "../transport/mod.ts";

/**
 * The request as it goes over the wire, byte for byte what was signed.
 *
 * @throws {Error} for a body that is a stream, and a method other than GET and POST: no call of an inference API has one
 */
export function wireRequest(request: HttpRequest): WireRequest {
  const { method, hostname, port, path, query = {}, body } = request;
  if (method !== "GET" && method !== "POST") {
    throw new Error(`the transport does not send ${method} requests`);
  }
  const protocol = request.protocol.replace(/:?$/, ":");
  const place = port === undefined ? hostname : `${hostname}:${port}`;
  const search = queryString(query);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value;
  // The whole request leaves at once, so there is nothing to wait for; it is never part of a signature.
  delete headers["expect"];
  const url = `${protocol}//${place}${path}${search === "" ? "" : `?${search}`}`;
  return { method, url, headers, body: bytesOf(body) };
}

function bytesOf(body: unknown): WireRequest["body"] {
  if (body === undefined || body === null) return null;
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  throw new Error("the transport sends whole bodies, not streams");
}

/** Sorted and escaped as the signature's canonical form has it (RFC 3986: all but letters, digits and `-._~`). */
function queryString(query: QueryParameterBag): string {
  return Object.keys(query).sort().flatMap((name) => {
    const value = query[name];
    const key = escaped(name);
    return [value ?? null].flat().map((each) => each === null ? key : `${key}=${escaped(each)}`);
  }).join("&");
}

function escaped(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
