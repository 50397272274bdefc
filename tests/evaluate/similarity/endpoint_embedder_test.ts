import assert from "node:assert/strict";
import { type Clock, type Endpoint, simulatedCredentials } from "../../../lib/core/mod.ts";
import { type Embedder, type EmbedderOptions, openEmbedder } from "../../../lib/evaluate/mod.ts";
import { vectorOf } from "../../../lib/simulate/dialects/embedding.ts";
import { userTransport } from "../../../lib/transport/mod.ts";
import { running } from "../../simulate/running.ts";

const at = (url: string, of: Partial<Endpoint> = {}): Endpoint => ({
  ...{ experiment_name: "embedder", endpoint_name: "ep", predictor: "openai_embeddings", url, model_id: "m" },
  ...{ instance_type: "", instance_count: 1, region: "us-east-1", deployed: false, simulated: false },
  api_key_env: null,
  ...of,
});

type Options = Partial<Extract<EmbedderOptions, { kind: "endpoint" }>>;

/** Opens an embedder on an endpoint for one test. */
async function embedding(
  endpoint: Endpoint,
  act: (embedder: Embedder) => Promise<void>,
  options: Options = {},
): Promise<void> {
  const transport = userTransport();
  const opened = openEmbedder({
    ...{ kind: "endpoint", endpoint, transports: { for: () => transport } },
    credentials: () => Promise.resolve(simulatedCredentials),
    ...options,
  });
  try {
    await act(await opened);
    await (await opened).close();
  } finally {
    transport.close();
  }
}

/** A server whose answers to lists of texts are written in the test; and what it was asked. */
async function scripted(
  answer: (input: string[], request: number) => Response,
  act: (endpoint: Endpoint, asked: readonly string[][]) => Promise<void>,
): Promise<void> {
  const asked: string[][] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const { input } = await request.json();
    asked.push(input);
    return answer(input, asked.length);
  });
  try {
    await act(at(`http://127.0.0.1:${server.addr.port}/v1`), asked);
  } finally {
    await server.shutdown();
  }
}

/** The vector of a text is its length and 1. */
const lengths = (input: string[]) =>
  Response.json({
    data: input.map((text, index) => ({ index, embedding: [text.length, 1] })),
    usage: { prompt_tokens: 10 * input.length },
  });
const refusal = (status: number, message: string, headers: Record<string, string> = {}) =>
  Response.json({ error: { message } }, { status, headers });
const listed = async (embedder: Embedder, texts: string[]) =>
  (await embedder.embed(texts)).map((vector) => vector === null ? null : [...vector]);

/** A clock that waits for nobody; `waits` are in milliseconds. */
function hasty(): { clock: Clock; waits: number[] } {
  const waits: number[] = [];
  const sleepUntil = (until: number) => Promise.resolve(void waits.push(until));
  return { clock: { now: () => 0, date: () => new Date(0), sleepUntil }, waits };
}

const titan = "amazon.titan-embed-text-v2:0";
const cohere = "cohere.embed-english-v3";
const kinds: readonly [string, Partial<Endpoint>, Record<string, unknown>][] = [
  ["openai_embeddings", {}, {}],
  ["openai_embeddings in base64", {}, { encoding_format: "base64" }],
  ["Titan", { predictor: "bedrock_invoke", model_id: titan }, { dimensions: 256 }],
  ["Cohere", { predictor: "bedrock_invoke", model_id: cohere }, {}],
  ["sagemaker", { predictor: "sagemaker", options: { body: "embeddings" } }, {}],
];
for (const [name, of, parameters] of kinds) {
  Deno.test(`embedded endpoint: ${name} gives each of several texts its own vector`, async () => {
    await running({ model_id: of.model_id ?? "m" }, async ({ port }) => {
      const base = of.predictor === undefined ? "/v1" : "";
      await embedding(at(`http://127.0.0.1:${port}${base}`, of), async (embedder) => {
        const texts = ["Where?", "How many?", "b"];
        const vectors = await embedder.embed(texts);
        for (const [i, vector] of vectors.entries()) {
          assert.ok(vector !== null, embedder.account().error_message ?? "no vector");
          assert.deepEqual([...vector], vectorOf(texts[i]!, vector.length));
        }
        assert.equal(embedder.account().failed, 0);
      }, { parameters });
    });
  });
}

Deno.test("texts go in batches, and come back in their order", async () => {
  await scripted(lengths, async (endpoint, asked) => {
    await embedding(endpoint, async (embedder) => {
      assert.deepEqual(await listed(embedder, ["a", "bb", "ccc", "dddd", "eeeee"]), [
        [1, 1],
        [2, 1],
        [3, 1],
        [4, 1],
        [5, 1],
      ]);
      assert.deepEqual(asked, [["yes"], ["a", "bb"], ["ccc", "dddd"], ["eeeee"]]);
      assert.deepEqual(embedder.account(), {
        ...{ calls: 4, texts: 6, prompt_tokens: 60, truncated: 0, failed: 0, error_message: null },
      });
    }, { batch: 2, parallel: 1 });
  });
});

Deno.test("what was throttled is asked for again after the pause that the server wants", async () => {
  const { clock, waits } = hasty();
  const answer = (input: string[], request: number) =>
    request === 2 ? refusal(429, "later", { "retry-after": "7" }) : lengths(input);
  await scripted(answer, async (endpoint) => {
    await embedding(endpoint, async (embedder) => {
      assert.deepEqual(await listed(embedder, ["a"]), [[1, 1]]);
      assert.deepEqual(waits, [7000]);
      assert.deepEqual([embedder.account().calls, embedder.account().failed], [3, 0]);
    }, { clock });
  });
});

Deno.test("a server that keeps failing is asked as often as the retries allow; the texts have no vector, and it is said why", async () => {
  const { clock, waits } = hasty();
  const answer = (input: string[], request: number) =>
    request === 1 ? lengths(input) : refusal(503, "no room");
  await scripted(answer, async (endpoint, asked) => {
    await embedding(endpoint, async (embedder) => {
      assert.deepEqual(await listed(embedder, ["a", "b"]), [null, null]);
      assert.equal(asked.length, 4); // the first vector, then three attempts
      // Half at random: 50 to 100 ms, then 100 to 200.
      assert.ok(
        waits.length === 2 && waits[0]! >= 50 && waits[0]! <= 100 && waits[1]! >= 100 && waits[1]! <= 200,
      );
      const { failed, error_message } = embedder.account();
      assert.deepEqual([failed, error_message], [2, "HTTP 503: no room"]);
    }, { clock, retries: { attempts: 3, backoff_ms: 100 } });
  });
});

Deno.test("a text that is refused costs no other its vector", async () => {
  const answer = (input: string[]) =>
    input.includes("too long") ? refusal(400, "maximum context length") : lengths(input);
  await scripted(answer, async (endpoint, asked) => {
    await embedding(endpoint, async (embedder) => {
      assert.deepEqual(await listed(embedder, ["a", "bb", "too long", "cccc"]), [[1, 1], [2, 1], null, [
        4,
        1,
      ]]);
      assert.deepEqual(asked.slice(1), [
        ["a", "bb", "too long", "cccc"],
        ["a", "bb"],
        ["too long", "cccc"],
        ["too long"],
        ["cccc"],
      ]);
      const { failed, error_message } = embedder.account();
      assert.deepEqual([failed, error_message], [1, "HTTP 400: maximum context length"]);
    });
  });
});

Deno.test("fewer vectors than texts are none: nobody knows whose they are", async () => {
  await scripted((input) => lengths(input.slice(0, 1)), async (endpoint) => {
    await embedding(endpoint, async (embedder) => {
      assert.deepEqual(await listed(embedder, ["a", "b"]), [null, null]);
      assert.match(embedder.account().error_message!, /not one vector for each of 2 texts/);
    });
  });
});

for (
  const [what, status, message] of [
    ["a wrong key", 401, "no such key"],
    ["an unknown model", 404, "no such model"],
  ] as const
) {
  Deno.test(`${what} is known when the embedder is opened`, async () => {
    await scripted(() => refusal(status, message), async (endpoint, asked) => {
      await assert.rejects(embedding(endpoint, () => Promise.resolve()), {
        name: "UserError",
        message: `Cannot have texts embedded by "ep": HTTP ${status}: ${message}. ` +
          "No answer was judged. Correct the embedder, or judge without similarity.",
      });
      assert.equal(asked.length, 1);
    });
  });
}

for (
  const of of [
    { predictor: "openai_chat" },
    { predictor: "bedrock_invoke", model_id: "meta.llama3-1-8b-instruct-v1:0" },
    { predictor: "sagemaker" },
  ]
) {
  Deno.test(`${of.predictor} without a model that embeds is refused before anything is sent`, async () => {
    const asked = embedding(at("http://127.0.0.1:9", of), () => Promise.resolve());
    await assert.rejects(asked, { name: "UserError", message: /gives no vectors for this model/ });
  });
}

Deno.test("an abort ends it by the signal's reason", async () => {
  const stop = new AbortController();
  const answer = (input: string[], request: number) => {
    if (request === 2) stop.abort(new Error("stopped"));
    return lengths(input);
  };
  await scripted(answer, async (endpoint) => {
    await embedding(endpoint, async (embedder) => {
      await assert.rejects(embedder.embed(["a"]), /stopped/);
    }, { signal: stop.signal });
  });
});

Deno.test("the name tells servers and parameters apart", async () => {
  await scripted(lengths, async (endpoint) => {
    await embedding(endpoint, (embedder) => {
      assert.equal(embedder.name, `m at ${endpoint.url} {"dimensions":2}`);
      return Promise.resolve();
    }, { parameters: { dimensions: 2 } });
  });
});
