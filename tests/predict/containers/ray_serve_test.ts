import assert from "node:assert/strict";
import { type PredictorOptions, rayServe } from "../../../lib/predict/mod.ts";
import { exchangeOf, read, testFixtures, wireFixtures } from "../wire_fixtures.ts";

const endpoint: PredictorOptions["endpoint"] = {
  predictor: "ray_serve",
  url: "http://127.0.0.1:8000/serve",
  model_id: "m",
  endpoint_name: "e",
  region: null,
  api_key_env: null,
};
const made = (url = endpoint.url, stream = true) => rayServe({ endpoint: { ...endpoint, url }, stream });

testFixtures(wireFixtures("ray_"), ({ prompt }) => exchangeOf(made(), prompt).reader);

Deno.test("the prompt is the last part of the address, every byte of it encoded", () => {
  const { request } = exchangeOf(made(), "a/b?c=d&e#f é\n100%", { temperature: 0.1, max_new_tokens: 9 });
  assert.equal(request.method, "GET");
  assert.equal(request.url, "http://127.0.0.1:8000/serve/a%2Fb%3Fc%3Dd%26e%23f%20%C3%A9%0A100%25");
  assert.equal(request.body, null);
  assert.equal("content-type" in request.headers, false);
  assert.equal(decodeURIComponent(new URL(request.url).pathname), "/serve/a/b?c=d&e#f é\n100%");
});

Deno.test("a URL that ends in a query takes the prompt as its value", () => {
  const { request } = exchangeOf(made("http://h/infer?sentence="), "a b/c");
  assert.equal(new URL(request.url).searchParams.get("sentence"), "a b/c");
  assert.equal(exchangeOf(made("http://h/infer/"), "a").request.url, "http://h/infer/a");
});

Deno.test("half a surrogate pair is replaced, not thrown at", () => {
  assert.equal(exchangeOf(made("http://h"), "a\ud800").request.url, "http://h/a%EF%BF%BD");
});

Deno.test("a prompt that no address can hold is refused with the length", () => {
  assert.throws(
    () => made("http://h/").begin({ prompt: "x".repeat(64_000) }, {}),
    /Cannot send the prompt "x{60}…": it makes an address of 64009 bytes; expected at most 63488/,
  );
});

Deno.test("the answer never streams, has no counts, and there is no cap", () => {
  const answer = read(exchangeOf(made()).reader, ["a", "b"], { type: "text/plain" });
  assert.deepEqual([answer.text, answer.chunk_ms, answer.token_source], ["ab", [], null]);
  assert.equal(made().maxTokens({ max_new_tokens: 9 }), null);
});

Deno.test("an address that a balancer finds too long is an error with its status", () => {
  const { error } = read(exchangeOf(made()).reader, ["<html>414 Request-URI Too Large</html>"], {
    status: 414,
    type: "text/html",
  });
  assert.deepEqual(error, { kind: "http", message: "HTTP 414: <html>414 Request-URI Too Large</html>" });
});
