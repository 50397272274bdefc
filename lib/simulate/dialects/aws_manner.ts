/** What the services of AWS share: ids, and errors with the exception's name in a header, or as an event in mid-stream. */

import type { Dialect, ErrorAnswer, ServerError } from "../dialect.ts";
import type { Event } from "../framing.ts";
import type { Refusal } from "../refusal.ts";
import { serverMessages } from "./openai_error.ts";

type Manner = Pick<Dialect, "id_header" | "newId" | "refused" | "failed"> & {
  /** The exception that ends a stream. */
  broken(exception: string | null): Event;
};

interface Service {
  /** The exceptions for the server's errors, and the one of a stream. */
  readonly usual: Readonly<Record<ServerError | "stream", string>>;
  /** Statuses of its exceptions; those that are not listed are 500. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Members of an exception's body. */
  members(name: string, message: string): Record<string, unknown>;
  /** An exception's name as an event has it. */
  inStream(name: string): string;
  /** What refuses a request that no exception of the service itself is meant for. */
  refuse(refusal: Refusal): { readonly name: string; readonly members: Record<string, unknown> };
}

const modelMessage = "The model had a simulated error.";

function mannerOf({ usual, statuses, members, inStream, refuse }: Service): Manner {
  const answer = (name: string, body: Record<string, unknown>, status = statuses[name]): ErrorAnswer => ({
    status: status ?? 500,
    body: JSON.stringify(body),
    headers: { "x-amzn-errortype": name },
  });
  return {
    id_header: "x-amzn-requestid",
    newId: () => crypto.randomUUID(),
    refused(refusal) {
      const { code, status, message } = refusal;
      if (code !== null && /^[A-Z]/.test(code)) return answer(code, members(code, message), status);
      const { name, members: body } = refuse(refusal);
      return answer(name, body);
    },
    failed(code, exception) {
      const name = code === 429 || exception === null ? usual[code] : upperFirst(exception);
      return answer(name, members(name, serverMessages[code]));
    },
    broken(exception) {
      const name = exception === null ? usual.stream : upperFirst(exception);
      return {
        exception: true,
        type: inStream(name),
        data: JSON.stringify(members(name, serverMessages[503])),
      };
    },
  };
}

const upperFirst = (name: string) => name.slice(0, 1).toUpperCase() + name.slice(1);
const lowerFirst = (name: string) => name.slice(0, 1).toLowerCase() + name.slice(1);

/** Bedrock runtime. */
export const bedrockManner = mannerOf({
  usual: {
    429: "ThrottlingException",
    500: "InternalServerException",
    503: "ServiceUnavailableException",
    stream: "ModelStreamErrorException",
  },
  statuses: {
    ValidationException: 400,
    AccessDeniedException: 403,
    ResourceNotFoundException: 404,
    ModelTimeoutException: 408,
    ServiceQuotaExceededException: 400,
    ModelErrorException: 424,
    ModelStreamErrorException: 424,
    ThrottlingException: 429,
    ModelNotReadyException: 429,
    ExpiredTokenException: 403,
    ServiceUnavailableException: 503,
  },
  members: (name, message) => ({
    message,
    ...(/^Model(Stream)?ErrorException$/.test(name) ? { originalStatusCode: 500 } : {}),
    ...(name === "ModelStreamErrorException" ? { originalMessage: modelMessage } : {}),
  }),
  inStream: lowerFirst,
  refuse: ({ message }) => ({ name: "ValidationException", members: { message } }),
});

/** Errors that SageMaker's runtime models itself; they spell `Message`, those of the front door `message`. */
const ownOfSageMaker =
  /^(ModelError|ModelStreamError|ModelNotReadyException|ValidationError|Internal\w*|ServiceUnavailable)$/;

/** SageMaker runtime. What its container refuses is a `ModelError` with the container's own status and words. */
export const sageMakerManner = mannerOf({
  usual: {
    429: "ThrottlingException",
    500: "InternalFailure",
    503: "ServiceUnavailable",
    stream: "ModelStreamError",
  },
  statuses: {
    ValidationError: 400,
    ThrottlingException: 400,
    AccessDeniedException: 403,
    ExpiredTokenException: 403,
    ModelError: 424,
    ModelNotReadyException: 429,
    ServiceUnavailable: 503,
    InternalDependencyException: 530,
  },
  members: (name, message) => ({
    [ownOfSageMaker.test(name) ? "Message" : "message"]: message,
    ...(name === "ModelError" ? { OriginalStatusCode: 500, OriginalMessage: modelMessage } : {}),
    ...(name === "ModelStreamError" ? { ErrorCode: "StreamBroken" } : {}),
  }),
  inStream: (name) => name,
  refuse: ({ status, message }) => ({
    name: "ModelError",
    members: {
      Message: `Received client error (${status}) from primary with message "${message}".`,
      OriginalStatusCode: status,
      OriginalMessage: message,
    },
  }),
});
