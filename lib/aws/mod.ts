/**
 * The AWS SDK over the instrument: lazy clients, a request handler for ordinary calls, and measured calls in two halves; clients that create and delete.
 * From: `core/`, `storage/` (S3 is a home of it), `transport/`; the one area that imports `@aws-sdk`, and only when a client is asked for.
 * To: `predict/` (signed requests, answers read afterwards), `deploy/`, `pipeline/` (buckets).
 */
export * from "./caller_identity.ts";
export * from "./clients.ts";
export * from "./control_clients.ts";
export * from "./default_credentials.ts";
export * from "./eks_cluster.ts";
export * from "./identity.ts";
export * from "./recording.ts";
export * from "./request_handler.ts";
export * from "./s3_client.ts";
export * from "./s3_error.ts";
export * from "./s3_folder.ts";
export { etagOf, partSize } from "./s3_parts.ts";
export * from "./service_url.ts";
export * from "./signed_call.ts";
export * from "./transport_error.ts";
export * from "./wire_request.ts";
