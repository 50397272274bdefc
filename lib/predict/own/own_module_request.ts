/** Requests as a user's own protocol gives them. */

import type { WireRequest } from "../../transport/mod.ts";
import { originOf } from "../../transport/mod.ts";
import { headerFault } from "../request_headers.ts";

/**
 * What is sent.
 *
 * @throws {TypeError} if the value is no request
 */
export function requestBy(value: unknown): WireRequest {
  if (value === null || typeof value !== "object") throw new TypeError("request() gave no object");
  const { method, url, headers = {}, body = null } = value as Record<string, unknown>;
  if (method !== "GET" && method !== "POST") {
    throw new TypeError(`request() gave the method ${shown(method)}; expected "GET" or "POST"`);
  }
  if (typeof url !== "string") throw new TypeError(`request() gave the url ${shown(url)}; expected a text`);
  originOf(url);
  if (headers === null || typeof headers !== "object" || Symbol.iterator in headers) {
    throw new TypeError("request() gave headers that are no plain object of texts");
  }
  for (const [name, text] of Object.entries(headers)) {
    const fault = typeof text === "string" ? headerFault(name, text) : "its value is no text";
    if (fault !== null) {
      throw new TypeError(`request() gave a header that can't be sent: "${name}": ${fault}`);
    }
  }
  if (body !== null && typeof body !== "string" && !(body instanceof Uint8Array)) {
    throw new TypeError(
      "request() gave a body that is no text and no Uint8Array; an object is JSON.stringify'd first",
    );
  }
  return {
    method,
    url,
    headers: { ...headers } as Record<string, string>,
    body: body ?? (method === "POST" ? "" : null),
  };
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : `a value of type ${typeof value}`;
}
