/** What AWS's services say instead of an answer, by HTTP status or in the middle of a stream, as errors of records. */

import type { ErrorKind } from "../../core/mod.ts";
import type { ResponseHead } from "../../transport/mod.ts";
import type { AnswerError } from "../answer.ts";
import { clipped, messageIn } from "../failure.ts";

/** Names under which a service says that it was asked too much. */
const throttling = new Set([
  "ThrottlingException",
  "Throttling",
  "ThrottledException",
  "TooManyRequestsException",
  "ServiceQuotaExceededException",
  "RequestLimitExceeded",
  "overloaded_error",
  "rate_limit_error",
]);
const timeouts = new Set(["ModelTimeoutException", "ModelInvocationTimeExceeded"]);
const expired = new Set(["ExpiredTokenException", "ExpiredToken", "RequestExpired"]);

const skewed = /signature (expired|not yet current)|RequestTimeTooSkewed/i;

const renewal = "The keys to AWS have ended: renew them (aws sso login, or new keys) and resume the run.";
const rightTime = "Set this machine's clock right.";

/**
 * The error that an answer outside 200 to 299 is: `throttled` by its name or status 429, `timeout` when the model took too
 * long, else `http`. A model that is not ready yet (429 too) has not been asked too much: that is `http`. A container's own
 * refusal behind SageMaker's `ModelError` (424) counts by the container's status and says the container's own message.
 */
export function refusalOf(head: ResponseHead, body: string, secrets: readonly string[]): AnswerError {
  const said = saidIn(body);
  const name = nameOf(head.headers.get("x-amzn-errortype") ?? said.type);
  const status = said.original_status ?? head.status;
  const throttled = throttling.has(name) || (status === 429 && name !== "ModelNotReadyException");
  const message = said.original_message === null ? said.message : messageIn(said.original_message);
  const parts = [
    `HTTP ${head.status}`,
    name,
    status === head.status ? "" : `(the container: HTTP ${status})`,
  ].filter((part) => part !== "").join(" ");
  const advice = expired.has(name) ? renewal : skewed.test(`${name} ${message}`) ? rightTime : "";
  const text = message === "" ? parts : `${parts}: ${message}`;
  return {
    kind: throttled ? "throttled" : timeouts.has(name) ? "timeout" : "http",
    message: clipped(advice === "" ? text : `${text.replace(/[.\s]+$/, "")}. ${advice}`, secrets),
  };
}

/**
 * The error that an exception in the middle of a stream is: `throttled`, `timeout` (the model's own limit) and `validation`
 * by its name, `stream` for every other reason why the service broke off.
 *
 * @param type name of the exception's member or shape: `throttlingException`, `ModelStreamError`
 */
export function breakOf(type: string, payload: string, secrets: readonly string[]): AnswerError {
  const name = type.replace(/^[a-z]/, (letter) => letter.toUpperCase());
  const { message, code } = saidIn(payload);
  const title = code === null ? name : `${name} (${code})`;
  return {
    kind: breakKind(name, code),
    message: clipped(message === "" ? title : `${title}: ${message}`, secrets),
  };
}

/** Which kind a break by this name, and this code where it has one, is. */
export function breakKind(name: string, code: string | null = null): ErrorKind {
  if (throttling.has(name)) return "throttled";
  if (timeouts.has(name) || (code !== null && timeouts.has(code))) return "timeout";
  return name === "ValidationException" ? "validation" : "stream";
}

/** `com.amazonaws.bedrock#ThrottlingException:http://...` is `ThrottlingException`. */
function nameOf(type: string): string {
  return type.replace(/:.*$/, "").replace(/^.*#/, "").trim();
}

/** The members of AWS's error bodies, in either of the spellings that services use. */
function saidIn(body: string): {
  type: string;
  message: string;
  code: string | null;
  original_message: string | null;
  original_status: number | null;
} {
  let value: unknown = null;
  try {
    value = JSON.parse(body);
  } catch {
    // Whatever stands between may answer in HTML.
  }
  const members = value !== null && typeof value === "object" ? value as Record<string, unknown> : {};
  const text = (name: string) => typeof members[name] === "string" ? members[name] : null;
  const status = members["OriginalStatusCode"];
  return {
    type: text("__type") ?? "",
    message: text("message") ?? text("Message") ?? messageIn(body),
    code: text("ErrorCode"),
    original_message: text("OriginalMessage") || null,
    original_status: typeof status === "number" && status >= 100 ? status : null,
  };
}
