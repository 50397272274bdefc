import assert from "node:assert/strict";
import { adviceFor, type Refused } from "../../lib/predict/mod.ts";

const refused = (error_message: string, more: Partial<Refused> = {}): Refused => ({
  error_kind: "http",
  http_status: 400,
  error_message,
  model_id: "anthropic.claude-x-v1:0",
  region: "eu-west-1",
  api_key_env: null,
  signed: true,
  ...more,
});

Deno.test("what Bedrock and others say leads to what a person can do", () => {
  const cases: [Refused, RegExp][] = [
    [
      refused(
        "ValidationException: Invocation of model ID anthropic.claude-x-v1:0 with on-demand throughput isn’t supported. " +
          "Retry your request with the ID or ARN of an inference profile that contains this model.",
      ),
      /needs an inference profile: set model_id to eu\.anthropic\.claude-x-v1:0/,
    ],
    [
      refused(
        "ValidationException: The model returned the following errors: `temperature` and `top_p` cannot both be specified",
      ),
      /temperature or top_p, not both/,
    ],
    [
      refused("AccessDeniedException: You don't have access to the model with the specified model ID.", {
        http_status: 403,
      }),
      /no access to the model in eu-west-1/,
    ],
    [
      refused("AccessDeniedException: User: arn is not authorized to perform: bedrock:InvokeModel", {
        http_status: 403,
      }),
      /the role may not call this model or endpoint in eu-west-1/,
    ],
    [
      refused("ExpiredTokenException: The security token included in the request is expired", {
        http_status: 403,
      }),
      /credentials have expired: log in again/,
    ],
    [
      refused("UnrecognizedClientException: The security token included in the request is invalid.", {
        http_status: 403,
      }),
      /does not know these credentials/,
    ],
    [refused("ValidationException: The provided model identifier is invalid."), /no such model in eu-west-1/],
    [
      refused("ValidationError: Endpoint llama of account 123456789012 not found."),
      /no endpoint of that name/,
    ],
    [
      refused("HTTP 401: Incorrect API key provided", {
        signed: false,
        http_status: 401,
        api_key_env: "OPENAI_API_KEY",
      }),
      /refuses the key: check the variable OPENAI_API_KEY/,
    ],
    [
      refused("HTTP 401: no key", { signed: false, http_status: 401 }),
      /wants a key: name its variable in inference_spec\.api_key_env/,
    ],
    [
      refused("HTTP 404: The model `m` does not exist", { signed: false, http_status: 404, region: null }),
      /^no such model: check model_id/,
    ],
    [
      refused("connection refused", { error_kind: "network", http_status: null, signed: false }),
      /can't be reached/,
    ],
    [refused("no first byte", { error_kind: "timeout", http_status: null, signed: false }), /still loading/],
  ];
  for (const [given, expected] of cases) {
    assert.match(adviceFor(given) ?? "", expected, given.error_message ?? "");
  }
});

Deno.test("a message that no rule fits speaks for itself", () => {
  assert.equal(
    adviceFor(refused("ServiceUnavailableException: try later", { http_status: 503, signed: false })),
    null,
  );
});
