import { deepEqual, equal } from "node:assert/strict";
import { load, minimal } from "./minimal.ts";

const head = minimal.slice(0, minimal.indexOf("  - name: one"));

/** The protocol of an experiment whose lines are given, as it is settled. */
async function settled(lines: string, sets = "") {
  const text =
    `${head}  - name: one\n    model_id: m\n${lines}    instance_type: g5.2xlarge\n${sets}aws: { region: r }\n`;
  const { config } = await load(text);
  const { predictor, protocol_options, inference_spec: { stream, parameters } } = config.experiments[0]!;
  return { predictor, options: protocol_options, stream, parameters };
}

const url = "    ep_name: http://127.0.0.1:8000\n";
const named = "    ep_name: my-endpoint\n";
const script = (name: string, spec = "") =>
  `    inference_script: ${name}\n${spec === "" ? "" : `    inference_spec: { ${spec} }\n`}`;

Deno.test("where nothing is said there is nothing to tell, and answers are streamed", async () => {
  deepEqual(await settled(url), { predictor: "openai_chat", options: {}, stream: true, parameters: {} });
});

Deno.test("what a protocol is told stands in inference_spec", async () => {
  const { options } = await settled(
    named + script(
      "sagemaker",
      'headers: { X-Team: "${TEAM}", X-Try: 1, X-No: null }, system_prompt: Be brief., body: messages, ' +
        "inference_component: c, target_variant: v, target_model: t",
    ),
  );
  deepEqual(options, {
    headers: { "X-Team": "${TEAM}", "X-Try": "1" },
    system_prompt: "Be brief.",
    body: "messages",
    inference_component: "c",
    target_variant: "v",
    target_model: "t",
  });
  const bedrock = await settled(
    script(
      "bedrock",
      "latency_mode: optimized, service_tier: flex, prompt_caching: yes, additional_model_request_fields: { top_k: 5 }",
    ),
  );
  deepEqual(bedrock.options, {
    latency_mode: "optimized",
    service_tier: "flex",
    prompt_caching: true,
    additional_model_request_fields: { top_k: 5 },
  });
});

Deno.test("FMBench's two ways of saying what a SageMaker endpoint takes are understood", async () => {
  const chat = await settled(named + script("sagemaker_predictor.py") + "    use_messages_api_format: yes\n");
  deepEqual([chat.options, chat.stream], [{ body: "messages" }, true]);
  const embedding = await settled(named + script("sagemaker_predictor.py", "container_type: huggingface"));
  deepEqual([embedding.options, embedding.stream], [{ body: "embeddings" }, false]);
});

Deno.test("split_input_and_parameters: no is FMBench's one body; flat parameters are asked for by flat_parameters", async () => {
  const fmbench = await settled(named + script("sagemaker_predictor.py", "split_input_and_parameters: no"));
  deepEqual(fmbench.options, {});
  const flat = await settled(named + script("sagemaker", "flat_parameters: yes"));
  deepEqual(flat.options, { split_input_and_parameters: false });
  const beside = await settled(named + script("sagemaker", "flat_parameters: no"));
  deepEqual(beside.options, { split_input_and_parameters: true });
});

Deno.test("Triton takes parameters as a text on Neuron in FMBench's container, or where it is said", async () => {
  const on = async (type: string, lines: string) => {
    const text = `${head}  - name: one\n    model_id: m\n${url}${lines}    instance_type: ${type}\n`;
    return (await load(text)).config.experiments[0]!.protocol_options;
  };
  const container = script("ec2_predictor.py", "container_type: triton");
  deepEqual(await on("trn1.32xlarge", container), { parameters_as_text: true });
  deepEqual(await on("g5.2xlarge", container), {});
  deepEqual(await on("trn1.32xlarge", script("triton")), {});
  deepEqual(await on("g5.2xlarge", script("triton", "parameters_as_text: yes")), {
    parameters_as_text: true,
  });
});

Deno.test("stream: no is obeyed, also among the parameters, where FMBench's users have it", async () => {
  equal((await settled(url + script("openai_chat", "stream: no"))).stream, false);
  const sets = "inference_parameters: { p: { stream: no, temperature: 0 } }\n";
  const among = await settled(url + script("ollama"), sets);
  deepEqual([among.stream, among.parameters], [false, { temperature: 0 }]);
  equal((await settled(url + script("ollama", "stream: yes"), sets)).stream, true);
});

Deno.test("what a protocol can't stream is not streamed, whatever is asked for", async () => {
  for (
    const name of ["openai_embeddings", "ray_serve", "rest", "rest_predictor.py", "custom_rest_predictor.py"]
  ) {
    equal((await settled(url + script(name, "stream: yes"))).stream, false, name);
  }
  const oneOfMany = await settled(named + script("sagemaker", "target_model: t, stream: yes"));
  equal(oneOfMany.stream, false);
  const rest = "rest: { response: { text: /a }, events: { format: sse, text: /b } }";
  equal((await settled(url + script("rest", rest))).stream, true);
});

Deno.test("FMBench's REST scripts become descriptions", async () => {
  const get = await settled(url + script("rest_predictor.py"));
  deepEqual(get.options, {
    rest: { method: "GET", path: "?sentence={prompt}", response: { format: "text", text: "" } },
  });
  // The protocol `rest` does by itself what this script does.
  deepEqual((await settled(url + script("custom_rest_predictor.py"))).options, {});
  const sets =
    "inference_parameters: { p: { temperature: 0, stream: no, generation_config: { top_p: 1 } } }\n";
  const post = await settled(url + script("custom_rest_predictor.py", "model_id: theirs"), sets);
  deepEqual(post.options.rest, {
    body: {
      model_id: "theirs",
      prompt: "{prompt}",
      temperature: "{parameters.temperature}",
      generation_config: "{parameters.generation_config}",
    },
    response: {
      text: "/completions/0/text",
      prompt_tokens: "/usage/prompt_tokens",
      completion_tokens: "/usage/completion_tokens",
    },
  });
});

Deno.test("a description of one's own is taken over; a whole body as the answer needs no place", async () => {
  const rest = 'rest: { body: { q: "{{prompt}}" }, response: { format: text } }';
  deepEqual((await settled(url + script("rest", rest))).options, {
    rest: { body: { q: "{prompt}" }, response: { format: "text", text: "" } },
  });
});

Deno.test("entries of FMBench's sets that are no parameters are not sent", async () => {
  const sets =
    "inference_parameters: { p: { temperature: 0, Content-type: j, use_boto3: no, caching: no } }\n";
  deepEqual((await settled(script("bedrock"), sets)).parameters, { temperature: 0 });
  // Elsewhere they may be parameters.
  deepEqual((await settled(url, sets)).parameters, { temperature: 0, use_boto3: false, caching: false });
});

Deno.test("a module of the user's own is told of by its path, and gets every parameter", async () => {
  const text = `${head}  - name: one
    inference_script: mine.ts
    instance_type: g5.2xlarge
inference_parameters: { p: { stream: no, use_boto3: yes } }
`;
  const { config } = await load(text, {}, { "mine.ts": "" });
  const { predictor, protocol_options, inference_spec } = config.experiments[0]!;
  equal(/^\/tmp\/config-test-\w+\/mine\.ts$/.test(predictor), true, predictor);
  deepEqual(protocol_options, { module: predictor });
  deepEqual(inference_spec.parameters, { stream: false, use_boto3: true });
});
