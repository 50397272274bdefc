import assert from "node:assert/strict";
import { parse } from "yaml";
import { type RestDescription, restFaults } from "../../../lib/core/mod.ts";
import { type Exchange, type OwnCall, predictorFor } from "../../../lib/predict/mod.ts";

const page = Deno.readTextFileSync(new URL("../../../docs/predictors.md", import.meta.url));
const blocks = (language: string) =>
  [...page.matchAll(new RegExp("^```" + language + "\\n([\\s\\S]*?)^```", "gm"))].map(([, text]) => text!);

const endpoint = {
  predictor: "mine.ts",
  url: "http://127.0.0.1:1/x",
  model_id: "m",
  endpoint_name: "e",
  region: null,
  api_key_env: null,
};

Deno.test("the descriptions that the page shows can be followed", async () => {
  const shown = blocks("yaml").map((text) => parse(text));
  const descriptions: RestDescription[] = shown.map((value) =>
    value.rest ?? value.experiments[0].inference_spec.rest
  );
  assert.equal(descriptions.length, 2);
  for (const description of descriptions) {
    assert.deepEqual(restFaults(description), []);
    const made = await predictorFor({
      endpoint: { ...endpoint, predictor: "rest", options: { rest: description } },
      stream: true,
    });
    assert.ok("request" in await made.begin({ prompt: "p" }, {}));
  }
});

/** The predictor that a module of the page is. */
async function shown(index: number, stream: boolean) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/mine.ts`, blocks("ts")[index]!);
    const options = { module: `${folder}/mine.ts` };
    return await predictorFor({ endpoint: { ...endpoint, options }, stream });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const read = ({ reader }: Exchange, text: string) => {
  reader.onHead({ status: 200, reason: "", headers: new Map([["content-type", "application/json"]]) }, 0);
  reader.onData(new TextEncoder().encode(text), 1);
  const { error, text: said, prompt_tokens, completion_tokens, chunk_ms } = reader.finish(null);
  return { error, said, prompt_tokens, completion_tokens, chunks: chunk_ms.length };
};

Deno.test("the page's module of the first form reads a whole answer and a stream", async () => {
  const whole = await (await shown(0, false)).begin({ prompt: "p" }, { n: 1 }) as Exchange;
  assert.equal(whole.request.url, "http://127.0.0.1:1/x/generate");
  assert.deepEqual(JSON.parse(String(whole.request.body)), { n: 1, model: "m", prompt: "p", stream: false });
  const expected = { error: null, said: "ab", prompt_tokens: 1, completion_tokens: 2 };
  assert.deepEqual(read(whole, '{"text":"ab","tokens":{"in":1,"out":2}}'), { ...expected, chunks: 0 });
  const streamed = await (await shown(0, true)).begin({ prompt: "p" }, {}) as Exchange;
  assert.deepEqual(
    read(streamed, '{"piece":"a"}\n{"piece":"b"}\n{"done":true,"tokens":{"in":1,"out":2}}\n'),
    { ...expected, chunks: 2 },
  );
});

Deno.test("the page's module of the second form makes its call and tells its pieces", async () => {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      const { prompt, n } = await request.json();
      return n === 1
        ? new Response(`said ${prompt}`, { headers: { "x-stop-reason": "enough" } })
        : new Response("slow down", { status: 429 });
    },
  );
  try {
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(`${folder}/mine.ts`, blocks("ts")[1]!);
    const url = `http://127.0.0.1:${server.addr.port}/`;
    const made = await predictorFor({
      endpoint: { ...endpoint, url, options: { module: `${folder}/mine.ts` } },
      stream: true,
    });
    await Deno.remove(folder, { recursive: true });
    const call = async (n: number) =>
      await (await made.begin({ prompt: "it" }, { n }) as OwnCall).call(performance, {});
    const { answer } = await call(1);
    assert.deepEqual([answer.error, answer.text, answer.stop_reason], [null, "said it", "enough"]);
    assert.ok(answer.chunk_ms.length >= 1);
    assert.deepEqual((await call(2)).answer.error, { kind: "throttled", message: "slow down" });
  } finally {
    await server.shutdown();
  }
});
