import assert from "node:assert/strict";
import { join } from "node:path";
import { chatTemplateFor } from "../../../lib/pipeline/steps/chat_templates.ts";
import { UserError } from "../../../lib/core/mod.ts";

/** Decides for an experiment whose tokenizer has a chat template, or has none. */
async function chosen(
  { predictor = "openai_completions", body, asked, template = "{question}", has = true }: {
    predictor?: string;
    body?: "messages";
    asked?: boolean;
    template?: string;
    has?: boolean;
  },
) {
  const folder = await Deno.makeTempDir();
  try {
    const config = has ? { chat_template: "{{ messages[0].content }}", bos_token: "<s>" } : {};
    await Deno.writeTextFile(join(folder, "tokenizer_config.json"), JSON.stringify(config));
    return await chatTemplateFor(
      {
        name: "mine",
        predictor,
        protocol_options: body === undefined ? {} : { body },
        inference_spec: {
          parameter_set: null,
          parameters: {},
          stream: true,
          api_key_env: null,
          ...(asked === undefined ? {} : { chat_template: asked }),
        },
      },
      template,
      { folder, name: "org/model" },
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("an endpoint that takes raw text gets the chat template of its tokenizer; one that takes messages does not", async () => {
  for (const predictor of ["openai_completions", "tgi", "triton", "llama_cpp", "djl", "sagemaker"]) {
    const { chat, notice } = await chosen({ predictor });
    assert.equal(chat?.bos_token, "<s>", predictor);
    assert.match(
      notice ?? "",
      /^mine: its endpoint takes raw text, so prompts are put into the chat template of org\/model/,
    );
  }
  for (const predictor of ["openai_chat", "bedrock", "ollama", "openai_embeddings", "rest"]) {
    assert.deepEqual(await chosen({ predictor }), { chat: null, notice: null }, predictor);
  }
  assert.equal((await chosen({ predictor: "sagemaker", body: "messages" })).chat, null);
});

Deno.test("a prompt template with marks of its own is sent as it is, unless the config says otherwise", async () => {
  const marked = [
    "<s>[INST] {question} [/INST]",
    "<|start_header_id|>user<|end_header_id|>{q}",
    "Human: {q}\n\nAssistant:",
  ];
  for (const template of marked) {
    const { chat, notice } = await chosen({ template });
    assert.equal(chat, null, template);
    assert.match(notice ?? "", /since the prompt template has marks of its own/);
    assert.notEqual((await chosen({ template, asked: true })).chat, null);
  }
  assert.notEqual((await chosen({ template: "Ask a human: {question}" })).chat, null);
});

Deno.test("`chat_template: no` is obeyed; `yes` without one to be had is refused", async () => {
  assert.deepEqual(await chosen({ asked: false }), { chat: null, notice: null });
  assert.deepEqual(await chosen({ has: false }), { chat: null, notice: null });
  await assert.rejects(chosen({ asked: true, has: false }), (error) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /for "mine": its tokenizer, org\/model, has none/);
    return true;
  });
});
