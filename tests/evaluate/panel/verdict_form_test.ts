/** How verdicts are asked for in structured form, by protocol. */

import assert from "node:assert/strict";
import { simulatedCredentials } from "../../../lib/core/mod.ts";
import { judgeAnswers } from "../../../lib/evaluate/mod.ts";
import { verdictForms } from "../../../lib/evaluate/panel/verdict_form.ts";
import { openTransports } from "../../../lib/transport/mod.ts";
import { response, scriptedServer } from "../../transport/scripted_server.ts";
import { answerOf, inFolder, judgeAt } from "./scripted_judge.ts";

const formsOf = (predictor: string, model_id: string, structured: "auto" | "yes" | "no" = "auto") => {
  const judge = judgeAt("http://127.0.0.1:1");
  const endpoint = { ...judge.endpoint, predictor, model_id };
  return verdictForms({ ...judge, endpoint, structured }).map((form) => Object.keys(form).join());
};

Deno.test("each protocol has forms of its own, and the plain one last", () => {
  assert.deepEqual(formsOf("openai_chat", "m"), ["response_format", "response_format", ""]);
  assert.deepEqual(formsOf("ollama", "m"), ["format", ""]);
  assert.deepEqual(formsOf("llama_cpp", "m"), ["json_schema", ""]);
  assert.deepEqual(formsOf("tgi", "m"), [""]);
  assert.deepEqual(formsOf("openai_chat", "m", "no"), [""]);
});

Deno.test("a tool is forced on the models of Bedrock that let it be chosen, on others only if asked for", () => {
  assert.deepEqual(formsOf("bedrock", "us.anthropic.claude-3-5-sonnet-20241022-v2:0"), ["toolConfig", ""]);
  assert.deepEqual(formsOf("bedrock", "us.amazon.nova-pro-v1:0"), ["toolConfig", ""]);
  assert.deepEqual(formsOf("bedrock", "us.meta.llama3-3-70b-instruct-v1:0"), [""]);
  assert.deepEqual(formsOf("bedrock", "cohere.command-r-plus-v1:0"), [""]);
  assert.deepEqual(formsOf("bedrock", "cohere.command-r-plus-v1:0", "yes"), ["toolConfig", ""]);
});

Deno.test("what the judge's own parameters say of the form stands", () => {
  const judge = judgeAt("http://127.0.0.1:1", "j", { parameters: { response_format: { type: "text" } } });
  assert.deepEqual(verdictForms(judge), [{}]);
});

Deno.test("the call of the tool is the verdict, against a server that stands for Bedrock", () =>
  inFolder(async (votes_path) => {
    const input = { verdict: "incorrect", explanation: "another number" };
    using server = scriptedServer(({ send }) =>
      send(response(
        JSON.stringify({
          output: {
            message: {
              role: "assistant",
              content: [{ toolUse: { toolUseId: "1", name: "verdict", input } }],
            },
          },
          stopReason: "tool_use",
          usage: { inputTokens: 50, outputTokens: 7, totalTokens: 57 },
        }),
        "200 OK",
        "application/json",
      ))
    );
    const judge = judgeAt(server.url);
    const model_id = "us.anthropic.claude-3-5-sonnet-20241022-v2:0";
    const endpoint = {
      ...judge.endpoint,
      ...{ predictor: "bedrock", url: server.url, region: "us-east-1", model_id, endpoint_name: model_id },
    };
    const transports = openTransports("user");
    const { votes } = await judgeAnswers({
      answers: [answerOf(0)],
      judges: [{ ...judge, endpoint }],
      votes_path,
      transports,
      credentials: () => Promise.resolve(simulatedCredentials),
    });
    transports.close();
    assert.deepEqual([votes[0]!.outcome, votes[0]!.explanation], ["incorrect", "another number"]);
    assert.deepEqual([votes[0]!.prompt_tokens, votes[0]!.completion_tokens], [50, 7]);
    const body = JSON.parse(server.requests[0]!.body);
    assert.deepEqual(body.toolConfig.toolChoice, { tool: { name: "verdict" } });
    assert.deepEqual(body.toolConfig.tools[0].toolSpec.inputSchema.json.required, ["verdict", "explanation"]);
    assert.equal(body.additionalModelRequestFields, undefined);
    assert.equal(body.inferenceConfig.maxTokens, 300);
  }));
