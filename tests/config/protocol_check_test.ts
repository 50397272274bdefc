import { deepEqual } from "node:assert/strict";
import { faultsOf, load, minimal } from "./minimal.ts";

const head = minimal.slice(0, minimal.indexOf("  - name: one"));
const place = "    model_id: m\n    ep_name: http://127.0.0.1:8000\n    instance_type: g5.2xlarge\n";

/** An experiment whose script stands in line 11 and its `inference_spec` in line 12. */
const experiment = (script: string, spec: string) =>
  `${head}  - name: one\n${place}    inference_script: ${script}\n    inference_spec: { ${spec} }\n`;

/** Line, key behind `experiments[0].` and text of each notice. */
async function noticesOf(text: string): Promise<[number, string, string][]> {
  const { notices } = await load(`${text}aws: { region: us-east-1 }\n`);
  return notices.map(({ line, key, text }) => [line, key.replace("experiments[0].", ""), text]);
}

const streamed = "is not set: answers are streamed, so that TTFT is measured; `stream: no` turns it off";

Deno.test("with FMBench's scripts it is said once that answers are streamed, where nothing else is asked for", async () => {
  const second = `  - name: two\n${place}    inference_script: ec2_predictor.py\n`;
  deepEqual(await noticesOf(experiment("ec2_predictor.py", "container_type: vllm") + second), [
    [12, "inference_spec.stream", streamed],
  ]);
  deepEqual(await noticesOf(experiment("ec2_predictor.py", "stream: no") + second), [
    [13, "experiments[1].inference_spec.stream", streamed],
  ]);
  for (const spec of ["stream: no", "stream: yes", "parameters: { stream: no }"]) {
    deepEqual(await noticesOf(experiment("ec2_predictor.py", spec)), [], spec);
  }
});

Deno.test("with the names of protocols, where streaming is the rule, and where nothing can be streamed, nothing is said", async () => {
  deepEqual(await noticesOf(experiment("djl", "body: generate")), []);
  deepEqual(await noticesOf(experiment("eks_predictor.py", "inference_url_format: x")), []);
});

Deno.test("a stream that is asked for and can't be is said", async () => {
  const told = async (script: string, spec: string) =>
    (await noticesOf(experiment(script, `stream: yes, ${spec}`))).map(([, , text]) => text);
  deepEqual(await told("ray_serve", "inference_url_format: x"), [
    "has no effect: an answer of ray_serve can't be streamed",
  ]);
  deepEqual(await told("openai_embeddings", "api_key_env: X"), [
    "has no effect: an embedding can't be streamed",
  ]);
  deepEqual(await told("djl", "body: embeddings"), ["has no effect: an embedding can't be streamed"]);
  deepEqual(await told("sagemaker", "target_model: t"), [
    "has no effect: a multi-model endpoint (`target_model`) can't be streamed",
  ]);
  deepEqual(await told("rest", "rest: { response: { text: /a } }"), [
    "has no effect: an answer of which `rest` describes no events can't be streamed",
  ]);
});

Deno.test("a key that the protocol has no place for is said", async () => {
  const none = (protocol: string) => `has no effect: ${protocol} has no place for it`;
  deepEqual(
    await noticesOf(
      experiment("openai_chat", "latency_mode: optimized, target_model: t, rest: { response: { text: /a } }"),
    ),
    [
      [12, "inference_spec.target_model", none("openai_chat")],
      [12, "inference_spec.latency_mode", none("openai_chat")],
      [12, "inference_spec.rest", none("openai_chat")],
    ],
  );
  deepEqual(await noticesOf(experiment("tgi", "system_prompt: Be brief., inference_url_format: x")), [
    [12, "inference_spec.system_prompt", none("tgi")],
    [12, "inference_spec.inference_url_format", none("tgi")],
  ]);
  deepEqual(await noticesOf(experiment("djl", "system_prompt: Be brief.")), [
    [12, "inference_spec.system_prompt", "has no effect: only `body: messages` has a place for it"],
  ]);
  deepEqual(await noticesOf(experiment("djl", "system_prompt: Be brief., body: messages")), []);
  deepEqual(await noticesOf(`${experiment("triton", "stream: no")}    use_messages_api_format: yes\n`), [
    [13, "use_messages_api_format", none("triton")],
  ]);
});

Deno.test("FMBench's keys that count with one of its scripts only are said elsewhere", async () => {
  deepEqual(await noticesOf(experiment("openai_chat", "container_type: vllm, model_id: other")), [
    [
      12,
      "inference_spec.container_type",
      "has no effect: the endpoint is spoken to as inference_script says",
    ],
    [12, "inference_spec.model_id", "has no effect: the experiment's own model_id is the name that is sent"],
  ]);
  deepEqual(await noticesOf(experiment("custom_rest_predictor.py", "model_id: other")), []);
  const agreed = "split_input_and_parameters: no, container_type: huggingface";
  deepEqual(await noticesOf(experiment("sagemaker_predictor.py", agreed)), []);
});

Deno.test("FMBench's keys that nobody needs say why", async () => {
  const spec = 'stream: no, stop_token: "</s>", split_input_and_parameters: yes, auth: { user: x }';
  deepEqual(await noticesOf(experiment("sagemaker_predictor.py", spec)), [
    [12, "inference_spec.stop_token", "has no effect: an answer ends where its server says so"],
    [
      12,
      "inference_spec.split_input_and_parameters",
      "has no effect: the prompt and its parameters go in one body, `{inputs, parameters}`",
    ],
    [
      12,
      "inference_spec.auth",
      "has no effect: `headers` carry credentials, as in `Authorization: Bearer ${NAME}` with a variable of the environment",
    ],
  ]);
});

Deno.test("entries of a parameter set that are not sent are said once, where they stand", async () => {
  const text = `${experiment("bedrock", "parameters: { caching: yes }")}  - name: two
${place}    inference_script: bedrock
inference_parameters: { p: { use_boto3: yes, caching: no, Accept: j, temperature: 0 } }
`;
  deepEqual(await noticesOf(text), [
    [
      12,
      "inference_spec.parameters.caching",
      "has no effect: `prompt_caching` of inference_spec is what marks the shared part of prompts",
    ],
    [
      18,
      "inference_parameters.p.use_boto3",
      "has no effect: requests go to Bedrock's own Converse interface, whatever is set",
    ],
    [
      18,
      "inference_parameters.p.Accept",
      "is a header and no parameter, so it is not sent as one: bodies are JSON anyway",
    ],
  ]);
});

Deno.test("a container that nobody knows is a fault where it decides on the protocol", async () => {
  deepEqual(await faultsOf(experiment("ec2_predictor.py", "container_type: vlm")), [
    'c.yml:12:39: "vlm" is no container; did you mean "vllm"?',
  ]);
});

Deno.test("a secret in a header is a fault; a variable of the environment stands for it", async () => {
  const expected = "expected ${NAME} in its place, which stands for a variable of the environment";
  deepEqual(await faultsOf(experiment("rest", "headers: { x-api-key: abc }")), [
    `c.yml:12:45: "x-api-key" holds a secret; ${expected}`,
  ]);
  deepEqual(await faultsOf(experiment("rest", "headers: { X-Auth: Bearer abcdef123456 }")), [
    `c.yml:12:42: "X-Auth" holds a secret; ${expected}`,
  ]);
  deepEqual(await faultsOf(experiment("rest", 'headers: { Authorization: "Bearer ${KEY}", X-Try: 1 }')), []);
});

Deno.test("a description of a protocol that can't be followed is a fault for each thing that is wrong", async () => {
  const faults = await faultsOf(experiment(
    "rest",
    'rest: { method: GET, body: { q: "{{promt}}" }, response: { text: a/b }, events: { format: sse } }',
  ));
  deepEqual(faults, [
    "c.yml:12:50: rest: body is given, but GET has none; expected method POST, or path with a query",
    "c.yml:12:50: rest: body.q holds {promt}, which stands for nothing; expected {prompt}, {model}, {max_tokens}, " +
    "{parameters} or {parameters.NAME}",
    'c.yml:12:80: rest: response.text "a/b" is no JSON Pointer: it does not begin with /; expected one like ' +
    "/choices/0/text",
    "c.yml:12:103: rest: events.text is missing; expected the place of the text as a JSON Pointer, like " +
    "/choices/0/text",
  ]);
  deepEqual(await faultsOf(experiment("rest", "rest: { respons: { text: /a } }")), [
    'c.yml:12:31: unknown key "respons" in "experiments[0].inference_spec.rest"; did you mean "response"?',
  ]);
});

Deno.test("a protocol in words without the words is FMBench's own, and that is said", async () => {
  deepEqual(await noticesOf(experiment("rest", "stream: no")), [
    [
      12,
      "inference_spec.rest",
      "is not set: requests and answers are taken for those of FMBench's custom_rest_predictor.py",
    ],
  ]);
});

Deno.test("container_type counts where a server is started by it", async () => {
  const deployed = `${
    experiment("openai_chat", "container_type: llama_cpp")
  }    deploy: yes\n    deployment_script: local_process\n`;
  deepEqual((await noticesOf(deployed)).filter(([, key]) => key.endsWith("container_type")), []);
});
