import assert from "node:assert/strict";
import { checkJudges, type Judge } from "../../../lib/evaluate/mod.ts";
import { simulatedCredentials } from "../../../lib/core/mod.ts";
import { openTransports } from "../../../lib/transport/mod.ts";
import { correct, judgeAt, judgeServer } from "./scripted_judge.ts";

async function checked(judges: readonly Judge[], keys = false) {
  const transports = openTransports("user");
  try {
    return await checkJudges(judges, {
      transports,
      timeout_ms: 2_000,
      cost: ({ completion_tokens }) => completion_tokens,
      ...(keys ? { credentials: () => Promise.resolve(simulatedCredentials) } : {}),
    });
  } finally {
    transports.close();
  }
}

Deno.test("every judge is asked for one token; a throttled one may be asked later", async () => {
  const bodies: Record<string, unknown>[] = [];
  using server = judgeServer(({ body }) => {
    bodies.push(body);
    return correct;
  });
  using busy = judgeServer(() => ({ status: "429 Slow" }));
  const rows = await checked([judgeAt(server.url, "a"), judgeAt(busy.url, "b")]);
  assert.deepEqual(rows.map(({ judge, throttled, cost }) => [judge, throttled, cost]), [
    ["a", false, 10],
    ["b", true, null],
  ]);
  assert.deepEqual([bodies[0]!["max_tokens"], bodies[0]!["temperature"]], [1, 0]);
  assert.equal(busy.requests.length, 1);
});

Deno.test("all judges that can't be asked are named at once, each with what to do", async () => {
  using good = judgeServer(() => correct);
  const refusing = (status: string, message: string) =>
    judgeServer(() => ({ status, body: JSON.stringify({ error: { message } }) }));
  using retired = refusing("404 No", "The model `old-judge` does not exist");
  using locked = refusing("401 No", "Incorrect API key");
  const judges = [
    judgeAt(good.url, "good"),
    judgeAt(retired.url, "retired"),
    judgeAt(locked.url, "locked"),
    judgeAt("http://127.0.0.1:1", "nowhere"),
    judgeAt(good.url, "unknown", { endpoint: { ...judgeAt(good.url).endpoint, predictor: "telepathy" } }),
  ];
  await assert.rejects(checked(judges), (error: Error) => {
    const lines = error.message.split("\n");
    assert.match(lines[0]!, /Cannot ask 4 of 5 judges/);
    assert.match(lines[1]!, /- retired: HTTP 404: .*; no such model: check model_id/);
    assert.match(lines[2]!, /- locked: HTTP 401: .*; the endpoint wants a key/);
    assert.match(lines[3]!, /- nowhere: .*; the endpoint can't be reached/);
    assert.match(lines[4]!, /- unknown: .*there is no such predictor/);
    assert.match(lines[5]!, /No vote was asked for/);
    return true;
  });
});

Deno.test("a model at the end of its life is named, against a server that stands for Bedrock", async () => {
  using server = judgeServer(() => ({
    status: "404 Not Found",
    headers: "x-amzn-errortype: ResourceNotFoundException\r\n",
    body: JSON.stringify({ message: "This model version has reached the end of its life." }),
  }));
  const endpoint = {
    ...judgeAt(server.url).endpoint,
    predictor: "bedrock",
    url: server.url,
    model_id: "anthropic.claude-3-5-sonnet-20241022-v2:0",
    endpoint_name: "anthropic.claude-3-5-sonnet-20241022-v2:0",
    region: "us-east-1",
  };
  await assert.rejects(
    checked([judgeAt(server.url, "sonnet", { endpoint })], true),
    /- sonnet: .*end of its life.*; the model is at the end of its life: choose its successor/,
  );
});
