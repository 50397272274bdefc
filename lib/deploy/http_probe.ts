/** Whether a server answers; no proxy is asked. */

import { get } from "node:http";

/** The status of the answer; a text says why there is none. */
export type Probe = number | string;

/** Sends `GET` and reads no body. Never throws. */
export function probe(url: URL, timeout_ms: number): Promise<Probe> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, headers: { connection: "close" } }, (answer) => {
      resolve(answer.statusCode ?? "it is no HTTP server");
      answer.destroy();
      request.destroy();
    });
    const timer = setTimeout(() => {
      resolve(`no answer within ${timeout_ms} ms`);
      request.destroy();
    }, timeout_ms);
    request.on("error", (error: Error & { code?: string }) => resolve(error.code ?? error.message));
    request.on("close", () => {
      clearTimeout(timer);
      resolve("the connection was closed");
    });
  });
}
