/** SageMaker's InvokeEndpoint and InvokeEndpointWithResponseStream. */

import { checkSignature } from "../aws_signature.ts";
import type { Dialect, Draft, Reading, Wording } from "../dialect.ts";
import { bare, payloadParts } from "../event_stream.ts";
import type { Framing } from "../framing.ts";
import type { Request } from "../incoming.ts";
import type { SimulateOptions } from "../options.ts";
import { sageMakerManner } from "./aws_manner.ts";
import { containerReading } from "./container.ts";
import { jsonBody } from "./json_body.ts";

const address = /^\/endpoints\/[^/]+\/invocations(-response-stream)?$/;

/** `POST /endpoints/NAME/invocations` and `/invocations-response-stream`; any name will do. */
export function sageMaker({ credentials, container }: SimulateOptions): Dialect {
  return {
    ...sageMakerManner,
    method: "POST",
    serves: (path) => address.test(path),
    read(request) {
      checkSignature(request, "sagemaker", credentials, Date.now());
      const streaming = address.exec(request.path)?.[1] !== undefined;
      const reading = containerReading(jsonBody(request.body), container);
      if (!streaming) return whole(reading, request);
      return reading.framing === null
        ? onePart(reading, request)
        : streamed(reading, reading.framing, request);
    },
  };
}

const variantOf = ({ headers }: Request) => headers.get("x-amzn-sagemaker-target-variant") ?? "AllTraffic";

/** What the container streams, as parts. */
function streamed(reading: Reading, inner: Framing, request: Request): Reading {
  const headers = {
    "x-amzn-invoked-production-variant": variantOf(request),
    "x-amzn-sagemaker-content-type": inner.content_type,
  };
  const compose = (draft: Draft) => ({
    ...sameAs(reading.compose(draft)),
    headers,
    error: sageMakerManner.broken,
  });
  const without = new Set([...reading.without ?? [], "comments" as const]);
  return { ...reading, framing: payloadParts(inner), without, compose };
}

/** A container that was not asked to stream sends all of it as one part, when it is done. */
function onePart(reading: Reading, request: Request): Reading {
  const { frame } = payloadParts(bare);
  const compose = (draft: Draft) => {
    const wording = reading.compose(draft);
    const said: Wording["whole"] = (moment) => {
      const { body } = wording.whole(moment);
      return {
        body: frame({ data: String(body) }),
        headers: {
          "content-type": bare.content_type,
          "x-amzn-invoked-production-variant": variantOf(request),
          "x-amzn-sagemaker-content-type": "application/json",
        },
      };
    };
    return { ...sameAs(wording), whole: said };
  };
  return { ...reading, compose };
}

/** The service passes a container's stream on in one piece to those who do not ask for a stream. */
function whole(reading: Reading, request: Request): Reading {
  const compose = (draft: Draft) => {
    const wording = reading.compose(draft);
    const said: Wording["whole"] = (moment) => {
      const { body, headers } = wording.whole(moment);
      return { body, headers: { ...headers, "x-amzn-invoked-production-variant": variantOf(request) } };
    };
    return { ...sameAs(wording), whole: said };
  };
  return { ...reading, framing: null, compose };
}

function sameAs(wording: Wording): Wording {
  return {
    opening: () => wording.opening(),
    token: (index, text) => wording.token(index, text),
    around: () => wording.around(),
    empty: (index) => wording.empty(index),
    tail: (moment) => wording.tail(moment),
    error: (exception) => wording.error(exception),
    whole: (moment) => wording.whole(moment),
  };
}
