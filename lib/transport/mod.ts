/**
 * The instrument: an HTTP/1.1 client that owns its sockets and stamps every arrival, and the scanner for server-sent events.
 * From: `core/`.
 * To: `predict/` (requests and response sinks), `load/` (which sends).
 */
export * from "./wire.ts";
export * from "./limits.ts";
export * from "./proxies.ts";
export * from "./origin_clock.ts";
export * from "./request_bytes.ts";
export * from "./response_parser.ts";
export * from "./sse_scanner.ts";
export * from "./event_stream_headers.ts";
export * from "./event_stream_scanner.ts";
export type { TransportOptions } from "./http_transport.ts";
export * from "./user_transport.ts";
export * from "./kernel_transport.ts";
export * from "./transport_choice.ts";
