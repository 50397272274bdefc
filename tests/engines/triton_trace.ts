/** Triton's own account of requests: its traces (`--trace-config triton,file=PATH,log-frequency=1`), a file for each request. */

import { basename, dirname, join } from "node:path";

/** One request by the server's monotonic clock, in milliseconds. */
export interface TracedRequest {
  /** The last byte of the request was there. */
  readonly received_ms: number;
  /** Each response was ready to be sent; the last of these is the empty one that ends a stream. */
  readonly responses_ms: readonly number[];
}

interface Entry {
  readonly timestamps?: readonly { readonly name: string; readonly ns: number }[];
}

/** The traces that lie at `path` (`PATH.0`, `PATH.1`, ...), in the order in which the requests ended. */
export function tracedRequests(path: string): TracedRequest[] {
  const prefix = `${basename(path)}.`;
  return [...Deno.readDirSync(dirname(path))].map(({ name }) => name).filter((name) =>
    name.startsWith(prefix)
  )
    .sort((a, b) => Number(a.slice(prefix.length)) - Number(b.slice(prefix.length)))
    .map((name) => join(dirname(path), name)).filter((file) => Deno.statSync(file).size > 0).map(traced);
}

function traced(file: string): TracedRequest {
  const text = Deno.readTextFileSync(file).trim();
  // The newest file is closed by the next request.
  const entries: readonly Entry[] = JSON.parse(text.endsWith("]") ? text : `${text}]`);
  const stamps = entries.flatMap(({ timestamps = [] }) => timestamps);
  const of = (wanted: string) => stamps.filter(({ name }) => name === wanted).map(({ ns }) => ns / 1e6);
  return { received_ms: of("HTTP_RECV_END")[0] ?? NaN, responses_ms: of("INFER_RESPONSE_COMPLETE") };
}
