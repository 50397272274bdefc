import assert from "node:assert/strict";
import { type HostedModule, hostModule } from "../../../lib/predict/mod.ts";

/** Works with a module of this text in a process of its own. */
async function hosted(
  predict: string,
  work: (module: HostedModule) => Promise<void>,
  { before = "", patience_ms = 20_000 } = {},
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const module = `${folder}/mine.ts`;
  await Deno.writeTextFile(
    module,
    `${before}
    let calls = 0;
    export default class {
      endpointName = "mine";
      constructor(readonly options: any) {}
      async predict({ prompt }: any, parameters: any, { signal, token }: any): Promise<any> { calls++; ${predict} }
    }`,
  );
  const endpoint = {
    predictor: module,
    url: "http://127.0.0.1:9",
    model_id: "m",
    endpoint_name: "mine",
    region: null,
    api_key_env: null,
    options: { module },
  };
  try {
    const opened = await hostModule({
      ...{ endpoint, module, timeout_ms: 5_000, patience_ms },
      env: Deno.env.toObject(),
    });
    try {
      await work(opened);
    } finally {
      await opened.close();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const open = () => new AbortController().signal;

Deno.test("an answer comes over with its text, counts and times; the cap is read from the parameters", () =>
  hosted(
    `token("a"); return { text: prompt + parameters.max_tokens, prompt_tokens: 3, completion_tokens: 2, stop_reason: "stop" };`,
    async (module) => {
      const { answer, result } = await module.call({ prompt: "Grüße\n" }, { max_tokens: 7 }, open());
      assert.deepEqual(
        [answer.text, answer.prompt_tokens, answer.completion_tokens, answer.stop_reason, answer.error],
        ["Grüße\n7", 3, 2, "stop", null],
      );
      assert.ok(result.sent_ms !== null && result.ended_ms >= result.sent_ms);
      assert.equal(module.maxTokens({ max_tokens: 7 }), 7);
    },
  ));

Deno.test("many calls are under way at once, and each gets its own answer", () =>
  hosted(
    `await new Promise((resolve) => setTimeout(resolve, Number(prompt) % 7)); return { text: prompt };`,
    async (module) => {
      const prompts = Array.from({ length: 50 }, (_, i) => String(i));
      const said = await Promise.all(prompts.map((prompt) => module.call({ prompt }, {}, open())));
      assert.deepEqual(said.map(({ answer }) => answer.text), prompts);
    },
  ));

Deno.test("a call that is cancelled is over at once, and costs the others nothing", () =>
  hosted(
    `if (prompt === "wait") await new Promise((resolve) => signal.addEventListener("abort", resolve));
     if (prompt === "ask") while (calls < 2) await new Promise((resolve) => setTimeout(resolve, 1));
     return { text: String(calls) };`,
    async (module) => {
      const stop = new AbortController();
      const waiting = module.call({ prompt: "wait" }, {}, stop.signal);
      const asked = module.call({ prompt: "ask" }, {}, open());
      assert.equal((await asked).answer.text, "2");
      stop.abort();
      const { result, answer } = await waiting;
      assert.deepEqual([result.failure?.kind, answer.error], ["cancelled", null]);
      assert.equal((await module.call({ prompt: "again" }, {}, open())).answer.text, "3", "the same process");
      assert.equal(
        (await module.call({ prompt: "" }, {}, AbortSignal.abort())).result.failure?.kind,
        "cancelled",
      );
      assert.equal(
        (await module.call({ prompt: "" }, {}, open())).answer.text,
        "4",
        "that one was not begun",
      );
    },
  ));

Deno.test("a module that is closed answers no more", () =>
  hosted(`return { text: "x" };`, async (module) => {
    await module.close();
    const { answer } = await module.call({ prompt: "" }, {}, open());
    assert.equal(answer.error?.kind, "stream");
  }));

for (
  const [what, before, message] of [
    [
      "never gives way while it is imported",
      "for (;;);",
      /it was not ready within 1\.5 s: it never gives way/,
    ],
    ["exits while it is imported", "Deno.exit(3);", /its process ended with code 3/],
    ["can't be read", "export const = 1;", /it can't be imported: /],
  ] as const
) {
  Deno.test(`a module that ${what} is named`, async () => {
    const opening = hosted("", () => Promise.resolve(), { before, patience_ms: 1500 });
    await assert.rejects(opening, (error: Error) => {
      assert.equal(error.name, "UserError");
      assert.match(error.message, /Cannot use the predictor ".*mine\.ts"/);
      assert.match(error.message, message);
      return true;
    });
  });
}
