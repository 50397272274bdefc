/**
 * A measured call of the SDK in two halves. The first serialises, resolves the endpoint and signs, before the request is
 * due; the second reads the recorded answer, when all is over. Between them lies the transport alone.
 */

import type {
  Client,
  Command,
  DeserializeMiddleware,
  HttpRequest,
  HttpResponse,
  Identity,
  MetadataBearer,
  Provider,
  SMITHY_CONTEXT_KEY,
} from "@smithy/types";
import type { WireRequest } from "../transport/mod.ts";
import type { RecordedAnswer } from "./recording.ts";
import { TransportError } from "./transport_error.ts";
import { wireRequest } from "./wire_request.ts";

/** A call that has its request and waits for the answer to it. */
export interface SignedCall<Output> {
  /** Sent once, before `expires_at_ms`. */
  readonly request: WireRequest;
  /** Not later than the signature; wall clock of this machine, in milliseconds since 1970. */
  readonly signed_at_ms: number;
  /** From then on the service may refuse the request, and it has to be signed again; same unit. Infinity for a key that never ends. */
  readonly expires_at_ms: number;
  /**
   * What the SDK makes of the answer. Called once. An event stream is read as it is iterated over; it brings the events
   * that came, and ends with the error that cut it.
   *
   * Rejects with the SDK's own error for what the service refused (`ThrottlingException`, ...), with `TransportError` when
   * no head came.
   */
  output(recorded: RecordedAnswer): Promise<Output>;
}

/** What is asked of a client here; any client of the SDK is one. */
export interface RetryConfig {
  readonly maxAttempts: Provider<number>;
  readonly retryMode: string | Provider<string>;
}

/** A copy: importing the constant would load its module. */
const contextKey: typeof SMITHY_CONTEXT_KEY = "__smithy_context";

/** AWS takes a request within 5 minutes of its `x-amz-date`. */
const signatureLife_ms = 5 * 60_000;

/**
 * Runs the SDK's middleware up to the point where it would send. The command can be signed again.
 *
 * @throws {Error} if the client might send twice, or wait before it sends; and what the SDK throws for an input it can't
 * serialise, or credentials it can't find
 */
export async function signedRequest<
  ClientInput extends object,
  Input extends ClientInput,
  ClientOutput extends MetadataBearer,
  Output extends ClientOutput,
  Config extends RetryConfig,
>(
  client: Client<ClientInput, ClientOutput, Config>,
  command: Command<ClientInput, Input, ClientOutput, Output, Config>,
): Promise<SignedCall<Output>> {
  await refuseRetries(client.config);
  const captured = Promise.withResolvers<{ request: HttpRequest; identity: Identity | undefined }>();
  const answered = Promise.withResolvers<HttpResponse>();
  let signed = false;
  const capture: DeserializeMiddleware<Input, Output> = (_next, context) => async ({ request }) => {
    if (signed) throw new Error("the SDK asked for a second attempt of a measured call");
    signed = true;
    const identity = context[contextKey]?.selectedHttpAuthScheme?.identity;
    captured.resolve({ request: request as HttpRequest, identity });
    return { response: await answered.promise };
  };
  // The last of the stack: where it hands over, the SDK would send. The stack is built within `send`, and with options
  // given it is not kept for other commands.
  const name = "measuredCall";
  const signed_at_ms = Date.now();
  command.middlewareStack.add(capture, { step: "deserialize", priority: "low", name, override: true });
  const output = client.send(command, {});
  command.middlewareStack.remove(name);
  output.catch(captured.reject);
  const { request, identity } = await captured.promise;
  return {
    request: wireRequest(request),
    signed_at_ms,
    expires_at_ms: Math.min(
      "x-amz-date" in request.headers ? signed_at_ms - signed_at_ms % 1000 + signatureLife_ms : Infinity,
      identity?.expiration?.getTime() ?? Infinity,
    ),
    output(recorded) {
      const { head, failure } = recorded;
      if (head !== null) answered.resolve(responseOf(head, recorded));
      else answered.reject(new TransportError(failure ?? { kind: "stream", message: "no response" }));
      return output;
    },
  };
}

async function refuseRetries({ maxAttempts, retryMode }: RetryConfig): Promise<void> {
  const attempts = await maxAttempts();
  const mode = typeof retryMode === "string" ? retryMode : await retryMode();
  if (attempts !== 1 || mode !== "standard") {
    throw new Error(
      `a measured call needs a client with one attempt and no rate limiter, not ${attempts}, ${mode}`,
    );
  }
}

/**
 * Without its date: the SDK would take the difference to the present moment for an error of this machine's clock, and sign
 * later calls with it.
 */
function responseOf(
  { status, reason, headers }: NonNullable<RecordedAnswer["head"]>,
  { body, failure }: RecordedAnswer,
): HttpResponse {
  const { date: _, ...others } = Object.fromEntries(headers);
  return { statusCode: status, reason, headers: others, body: ReadableStream.from(replayed(body, failure)) };
}

async function* replayed(body: RecordedAnswer["body"], failure: RecordedAnswer["failure"]) {
  yield* body;
  if (failure !== null) throw new TransportError(failure);
}
