/** The SDK's request handler for calls that are not measured: answers are handed on as they come. */

import type { HttpHandlerOptions, HttpRequest, HttpResponse, RequestHandlerOutput } from "@smithy/types";
import type { ResponseHead, SendLimits, Transports } from "../transport/mod.ts";
import { TransportError } from "./transport_error.ts";
import { wireRequest } from "./wire_request.ts";

/** Where a handler sends by; `Transports` of `openTransports` is one. */
export type TransportChoice = Pick<Transports, "for">;

/**
 * Carries the SDK's requests over our transport. The transports belong to whoever opened them: `destroy` leaves them open.
 *
 * A call's `requestTimeout` replaces the limit on the first byte; its `abortSignal` ends the exchange, also in the middle
 * of the answer. What the network does comes out as `TransportError`, from `handle` until the head has come, from the
 * body after that. The body is not held back when nobody reads it. Cancelling it ends the exchange; but the SDK does not
 * pass on that a caller has left the loop over an event stream: only the signal ends that.
 */
export class TransportRequestHandler {
  readonly metadata = { handlerProtocol: "http/1.1" };
  readonly #transports: TransportChoice;
  #limits: Partial<SendLimits>;

  constructor(transports: TransportChoice, limits: Partial<SendLimits> = {}) {
    this.#transports = transports;
    this.#limits = limits;
  }

  async handle(
    request: HttpRequest,
    { abortSignal, requestTimeout }: HttpHandlerOptions = {},
  ): Promise<RequestHandlerOutput<HttpResponse>> {
    const wire = wireRequest(request);
    const reading = new AbortController();
    const signals = [reading.signal, ...(abortSignal instanceof AbortSignal ? [abortSignal] : [])];
    const head = Promise.withResolvers<ResponseHead>();
    let body!: ReadableStreamDefaultController<Uint8Array>;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => void (body = controller),
      cancel: () => reading.abort(),
    });
    const fail = (error: unknown) => {
      head.reject(error);
      body.error(error);
    };
    const send = () =>
      this.#transports.for(wire.url).send(wire, {
        onHead: (arrived) => head.resolve(arrived),
        onData: (bytes) => body.enqueue(bytes.slice()),
      }, {
        limits: { ...this.#limits, ...(requestTimeout ? { first_byte_ms: requestTimeout } : {}) },
        signal: AbortSignal.any(signals),
      });
    send().then((result) => result.failure?.stale ? send() : result).then(({ failure }) => {
      if (failure !== null) fail(new TransportError(failure));
      else if (!reading.signal.aborted) body.close();
    }, fail);
    const { status, reason, headers } = await head.promise;
    return {
      response: { statusCode: status, reason, headers: Object.fromEntries(headers), body: stream },
    };
  }

  /** Changes one limit for later calls; the SDK's own settings, named by symbols, are not for this handler. */
  updateHttpClientConfig<Key extends keyof SendLimits>(key: Key, value: SendLimits[Key]): void {
    if (typeof key === "string") this.#limits = { ...this.#limits, [key]: value };
  }

  httpHandlerConfigs(): Partial<SendLimits> {
    return this.#limits;
  }

  destroy(): void {}
}
