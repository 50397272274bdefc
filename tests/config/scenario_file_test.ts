import { deepEqual, equal, notEqual } from "node:assert/strict";
import { join } from "node:path";
import { projectFolder } from "../../lib/config/mod.ts";
import { formatFaults, formatNotices } from "../../lib/config/fault.ts";
import { readScenarios, type ScenarioFile } from "../../lib/config/scenario_file.ts";
import { inFolder } from "./minimal.ts";

const testdata = join(projectFolder, "tests", "testdata", "scenarios");

const read = (text: string, simulated = false, path = "/tmp/s.jsonl") =>
  readScenarios(text, { path, shown: "s.jsonl", simulated });

const lines = (...objects: readonly object[]) => objects.map((object) => JSON.stringify(object)).join("\n");

const faultsOf = ({ faults }: ScenarioFile) => faults.length === 0 ? [] : formatFaults(faults).split("\n");

/** A scenario without faults and notices. */
const whole = {
  text_prompt: "Why?",
  expected_output_tokens: 50,
  task_type: "Text-Generation",
  model_id: "m",
  region: "us-east-2",
  inference_profile: "standard",
};

Deno.test("the three documented lines are three variants of two prompts, without a fault or a notice", async () => {
  const found = read(await Deno.readTextFile(join(testdata, "documented_lines.jsonl")));
  deepEqual([faultsOf(found), found.notices], [[], []]);
  deepEqual(
    found.scenarios.map((
      { line, experiment_name, prompt },
    ) => [line, experiment_name, prompt.prompt, prompt.max_tokens]),
    [
      [
        1,
        "us.meta.llama3-1-70b-instruct-v1:0 us-east-2 optimized",
        "Summarize the key features of cloud computing in one sentence.",
        50,
      ],
      [
        2,
        "us.anthropic.claude-3-5-haiku-20241022-v1:0 us-east-2 optimized",
        "Explain the concept of machine learning in simple terms.",
        50,
      ],
      [
        3,
        "us.anthropic.claude-3-5-haiku-20241022-v1:0 us-east-2 standard",
        "Explain the concept of machine learning in simple terms.",
        50,
      ],
    ],
  );
  const [first, second, third] = found.scenarios;
  equal(second!.prompt.payload_id, third!.prompt.payload_id);
  notEqual(first!.prompt.payload_id, second!.prompt.payload_id);
  equal(new Set(found.scenarios.map(({ scenario_id }) => scenario_id)).size, 3);
});

Deno.test("the documented form, over several lines with comments behind its values, is read as it stands", async () => {
  const found = read(await Deno.readTextFile(join(testdata, "documented_form.jsonc")));
  deepEqual([faultsOf(found), found.notices], [[], []]);
  deepEqual(found.variants.map(({ name, variant }) => [name, variant.provider, variant.profile]), [
    ["us.meta.llama3-1-70b-instruct-v1:0 us-west-2 optimized", "bedrock", "optimized"],
  ]);
  deepEqual(found.scenarios.map(({ prompt }) => [prompt.prompt, prompt.max_tokens]), [
    ["Your question or instruction here", 50],
  ]);
});

Deno.test("without a profile standard is asked for, without a cap 100: one notice each names the lines", () => {
  const { inference_profile: _profile, expected_output_tokens: _cap, task_type: _type, ...least } = whole;
  const found = read(lines(least, whole, { ...least, text_prompt: "b" }, { ...least, text_prompt: "c" }));
  deepEqual(found.variants.map(({ variant }) => variant.profile), ["standard"]);
  deepEqual(found.scenarios.map(({ prompt, task_type }) => [prompt.max_tokens, task_type]), [
    [100, "Text-Generation"],
    [50, "Text-Generation"],
    [100, "Text-Generation"],
    [100, "Text-Generation"],
  ]);
  deepEqual(formatNotices(found.notices).split("\n"), [
    's.jsonl:1: notice: "expected_output_tokens" on lines 1, 3 and 4 is not set: 100 is the cap there',
    's.jsonl:1: notice: "inference_profile" on lines 1, 3 and 4 is not set: standard is asked for there, never optimized',
  ]);
});

Deno.test("a provider without latency profiles has none: standard says nothing there, optimized is a fault", () => {
  const other = { ...whole, provider: "openai_chat", url: "http://127.0.0.1:1/v1" };
  const { inference_profile: _, ...unsaid } = other;
  const found = read(lines(other, unsaid));
  deepEqual(found.variants.map(({ name, variant }) => [name, variant.profile]), [["m us-east-2", null]]);
  deepEqual(formatNotices(found.notices).split("\n").length, 1);
  deepEqual(faultsOf(read(lines({ ...other, inference_profile: "optimized" }))), [
    's.jsonl:1:137: "openai_chat" has no latency profiles; expected standard, or the provider bedrock',
  ]);
});

Deno.test("faults of all lines are named at once, each at its field, and good lines are kept", () => {
  const found = read([
    '{"text_promt": "a", "model_id": "m"}',
    JSON.stringify(whole),
    '{"text_prompt": "a"}',
    '{"text_prompt": "a", "model_id": "m", "expected_output_tokens": 0.5, "inference_profile": "fast"}',
    '{"text_prompt": "", "model_id": "m"}',
    '{"text_prompt": "a", "model_id": "m", "model_id": "n"}',
    '{"text_prompt": "a", "model_id": "m", "messages": [{"role": "user", "content": "b"}]}',
    '{"messages": [{"role": "tool", "content": "b"}], "model_id": "m"}',
    '{"messages": [{"role": "system", "content": "b"}, {"role": "user", "content": "b"}], "system": "c", "model_id": "m"}',
    '{"text_prompt": "a", "model_id": "m", "provider": "bedrok"}',
    '{"text_prompt": "a", "model_id": "m", "provider": "openai_chat"}',
    '{"text_prompt": "a", "model_id": "m", "top_p": 2, "temperature": "hot", "top_k": -1, "stop": [1]}',
    '{"text_prompt": "a", "model_id": "m", "url": "localhost"}',
  ].join("\n"));
  equal(found.scenarios.length, 1);
  deepEqual(faultsOf(found), [
    's.jsonl:1:2: unknown field "text_promt"; did you mean "text_prompt"?',
    's.jsonl:3:1: "model_id" is missing; expected the model\'s id',
    's.jsonl:4:65: "expected_output_tokens" is 0.5; expected a whole number of tokens, 1 or more',
    's.jsonl:4:91: "inference_profile" is "fast"; expected optimized or standard',
    's.jsonl:5:17: "text_prompt" is empty; expected the prompt',
    's.jsonl:6:39: "model_id" stands here a second time; expected it once',
    's.jsonl:7:51: "messages" stands beside "text_prompt"; expected one of them',
    's.jsonl:8:14: "messages" is a list; expected a conversation like [{"role": "user", "content": "..."}], with roles ' +
    "system, user and assistant, that ends with the user",
    's.jsonl:9:96: "system" stands beside a message with the role system; expected one of them',
    's.jsonl:10:51: "bedrok" is no predictor; did you mean "bedrock"?',
    's.jsonl:11:51: "url" is missing beside the provider "openai_chat"; expected the base URL of the endpoint',
    's.jsonl:12:48: "top_p" is 2; expected a number from 0 to 1',
    's.jsonl:12:66: "temperature" is "hot"; expected a number, 0 or more',
    's.jsonl:12:82: "top_k" is -1; expected a whole number, 0 or more',
    's.jsonl:12:94: "stop" is a list; expected a text, or a list of texts, at which an answer ends',
    's.jsonl:13:46: "url" is "localhost"; expected the base URL of the endpoint',
  ]);
});

Deno.test("on the embedded endpoint no scenario needs an address", () => {
  deepEqual(faultsOf(read(lines({ ...whole, provider: "openai_chat" }), true)), []);
});

Deno.test("scenarios whose settings are equal are one variant, however they are written", () => {
  const found = read(lines(
    { ...whole, stop: ["a"], provider: "bedrock" },
    { ...whole, stop: "a", task_type: "Other", text_prompt: "b" },
  ));
  equal(found.variants.length, 1);
  equal(new Set(found.scenarios.map(({ scenario_id }) => scenario_id)).size, 2);
});

Deno.test("a line that stands twice is said to be called twice", () => {
  const found = read(lines(whole, whole));
  equal(found.scenarios[0]!.scenario_id, found.scenarios[1]!.scenario_id);
  equal(
    formatNotices(found.notices),
    's.jsonl:2: notice: "text_prompt" on line 2 is that of an earlier line with all its settings: called so many times more',
  );
});

Deno.test("the id of a scenario does not depend on where it stands; that of a prompt holds cap, system text and messages", () => {
  const id = (object: object) => read(lines(object)).scenarios[0]!;
  equal(read(`\n\n${lines(whole)}`).scenarios[0]!.scenario_id, id(whole).scenario_id);
  const { text_prompt: _, ...unasked } = whole;
  const prompts = [
    whole,
    { ...whole, expected_output_tokens: 51 },
    { ...whole, system: "Be brief." },
    { ...unasked, messages: [{ role: "user", content: "Why?" }] },
  ].map((object) => id(object).prompt.payload_id);
  equal(new Set(prompts).size, 4);
  equal(id({ ...whole, expected_answer: "Because." }).prompt.payload_id, prompts[0]);
  notEqual(id({ ...whole, expected_answer: "Because." }).scenario_id, id(whole).scenario_id);
});

Deno.test("a system text is the first message, and the prompt is the transcript", () => {
  const { messages, prompt: text } = read(lines({ ...whole, system: "Be brief." })).scenarios[0]!.prompt;
  deepEqual(messages, [{ role: "system", content: "Be brief." }, { role: "user", content: "Why?" }]);
  equal(text, "system: Be brief.\n\nuser: Why?");
});

const png = "iVBORw0KGgo=";

Deno.test("images are taken from files beside the scenario file, or as they are, and count for the prompt's id", async () => {
  await inFolder({ "pictures/a.png": "\u0000" }, async (folder) => {
    await Deno.writeFile(join(folder, "pictures", "a.png"), Uint8Array.fromBase64(png));
    const path = join(folder, "s.jsonl");
    const text = lines(
      { ...whole, images: "pictures/a.png" },
      { ...whole, images: [{ media_type: "image/png", base64: png }] },
      whole,
      { ...whole, images: ["none.png"] },
      { ...whole, images: { media_type: "image/gif", base64: png } },
      { ...whole, images: "s.jsonl" },
    );
    await Deno.writeTextFile(path, text);
    const found = read(text, false, path);
    const [first, second, third] = found.scenarios;
    deepEqual(first!.prompt.images, [{ media_type: "image/png", base64: png }]);
    equal(first!.scenario_id, second!.scenario_id);
    notEqual(first!.prompt.payload_id, third!.prompt.payload_id);
    deepEqual(found.images, [join(folder, "pictures", "a.png")]);
    deepEqual(faultsOf(found), [
      's.jsonl:4:157: there is no image "none.png"; expected a path that counts from the folder of the scenario file',
      's.jsonl:5:157: an image is image/png by its bytes and "image/gif" by its media_type; expected the same',
      's.jsonl:6:157: the image "s.jsonl" is of no known format; expected a PNG, JPEG, GIF or WebP',
    ]);
  });
});

Deno.test("of very many faults the first 200 are named and the rest is counted", () => {
  const found = read("{}\n".repeat(150));
  equal(found.faults.length, 201);
  equal(faultsOf(found).at(-1), "s.jsonl:101:1: 100 further faults from here on; expected none");
});

Deno.test("100,000 scenarios are read in a few seconds", () => {
  const text = Array.from(
    { length: 100_000 },
    (_, index) => JSON.stringify({ ...whole, text_prompt: `Why ${index}?` }),
  );
  const started = performance.now();
  equal(read(text.join("\n")).scenarios.length, 100_000);
  equal(performance.now() - started < 30_000, true);
});
