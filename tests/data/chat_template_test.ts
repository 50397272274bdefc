import assert from "node:assert/strict";
import { join } from "node:path";
import { type PayloadMessage, UserError } from "../../lib/core/mod.ts";
import { readChatTemplate, renderChat } from "../../lib/data/chat_template.ts";
import { rejectedWith, withFolder } from "./scratch.ts";

/** Every turn between markers of its role. */
const chatml = [
  "{% for message in messages %}",
  "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}",
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
].join("\n");

/** Headers for roles, the begin token before the first, contents trimmed. */
const headers = `{%- for message in messages %}
    {%- set text = '<|start_header_id|>' ~ message.role ~ '<|end_header_id|>\\n\\n' ~ message.content | trim ~ '<|eot_id|>' %}
    {%- if loop.first %}{% set text = bos_token ~ text %}{% endif %}
    {{- text }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}`;

/** User and assistant in turn, a system message only as the first. */
const instructions = `{%- if messages[0].role == 'system' %}
  {%- set system = messages[0].content ~ '\\n\\n' %}
  {%- set turns = messages[1:] %}
{%- else %}
  {%- set system = '' %}
  {%- set turns = messages %}
{%- endif %}
{{- bos_token }}
{%- for message in turns %}
  {%- if (message.role == 'user') != (loop.index0 % 2 == 0) %}
    {{- raise_exception('roles must alternate user/assistant') }}
  {%- endif %}
  {%- if message.role == 'user' %}
    {{- '[INST] ' ~ (system if loop.first else '') ~ message.content ~ ' [/INST]' }}
  {%- else %}
    {{- ' ' ~ message.content ~ eos_token }}
  {%- endif %}
{%- endfor %}`;

const user = (content: string): PayloadMessage => ({ role: "user", content });
const assistant = (content: string): PayloadMessage => ({ role: "assistant", content });
const system = (content: string): PayloadMessage => ({ role: "system", content });
const tokens = { bos_token: "<s>", eos_token: "</s>" };

const complaint = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error.message;
  }
  throw new Error("nothing was thrown");
};

Deno.test("renderChat writes turns between role markers, open for the answer or closed", () => {
  const messages = [system("Be brief."), user("Tide?")];
  const turns = "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nTide?<|im_end|>\n";
  assert.equal(renderChat(chatml, messages), turns + "<|im_start|>assistant\n");
  assert.equal(renderChat(chatml, messages, { add_generation_prompt: false }), turns);
});

Deno.test("renderChat gives a template its special tokens, filters and loop variables", () => {
  assert.equal(
    renderChat(headers, [user("  Tide? \n"), assistant("High."), user("When?")], { bos_token: "<|begin|>" }),
    "<|begin|><|start_header_id|>user<|end_header_id|>\n\nTide?<|eot_id|>" +
      "<|start_header_id|>assistant<|end_header_id|>\n\nHigh.<|eot_id|>" +
      "<|start_header_id|>user<|end_header_id|>\n\nWhen?<|eot_id|>" +
      "<|start_header_id|>assistant<|end_header_id|>\n\n",
  );
});

Deno.test("renderChat follows a template that puts the system message into the first turn", () => {
  assert.equal(
    renderChat(instructions, [system("Be brief."), user("Tide?"), assistant("High."), user("When?")], tokens),
    "<s>[INST] Be brief.\n\nTide? [/INST] High.</s>[INST] When? [/INST]",
  );
  assert.equal(renderChat(instructions, [user("Tide?")], tokens), "<s>[INST] Tide? [/INST]");
});

Deno.test("renderChat leaves what looks like a template in a message as it is", () => {
  const content = "{{ 7 * 7 }} {% for %} {# note #} <|im_end|>";
  assert.ok(renderChat(chatml, [user(content)]).includes(content));
});

Deno.test("renderChat says which line of the template refuses the messages, and in its words", () => {
  // The line with raise_exception is the 11th.
  assert.equal(
    complaint(() => renderChat(instructions, [assistant("High.")], { ...tokens, name: "m/chat.jinja" })),
    'Cannot use the chat template "m/chat.jinja:11": it refuses the messages (roles must alternate user/assistant); ' +
      "expected a template that takes messages with role and content. " +
      "Correct the template, or send messages instead of raw text.",
  );
});

Deno.test("renderChat names the line of what can't be read or rendered", () => {
  const cases: [template: string, line: number | null, found: RegExp][] = [
    ["a\nb {{ 'open }}\nc", 2, /it is not Jinja/],
    ["{% for m in messages %}\n{{ m.content }\n{% endfor %}", 2, /it is not Jinja/],
    ["\n{% if x %}\nno end", 2, /it is not Jinja/],
    ["\n\n{% endfor %}", 3, /it is not Jinja/],
    ["\n{% nonsense %}", 2, /it is not Jinja/],
    ["ok\n{{ messages | no_such_filter }}", 2, /it can't be rendered/],
    ["ok\n\n{% for m in messages %}\n{{ m.content() }}{% endfor %}", 4, /it can't be rendered/],
  ];
  for (const [template, line, found] of cases) {
    const message = complaint(() => renderChat(template, [user("Tide?")], { name: "T" }));
    assert.ok(message.startsWith(`Cannot use the chat template "T:${line}": `), `${template}\n${message}`);
    assert.match(message, found);
  }
});

Deno.test("a template sees nothing of this machine, not even the date", () => {
  const probe = "{% if strftime_now is defined %}{{ strftime_now('%d') }}{% else %}no date{% endif %}";
  assert.equal(renderChat(probe, []), "no date");
  for (const name of ["Deno", "process", "globalThis", "constructor", "__proto__"]) {
    assert.equal(renderChat(`{{ ${name} is defined }}`, []), "false", name);
  }
});

Deno.test("readChatTemplate prefers chat_template.jinja, then the default one of the config", async () => {
  await withFolder(async (folder) => {
    assert.equal(await readChatTemplate(folder), null);
    const config = join(folder, "tokenizer_config.json");
    await Deno.writeTextFile(config, "{}");
    assert.equal(await readChatTemplate(folder), null);
    await Deno.writeTextFile(
      config,
      JSON.stringify({
        bos_token: { content: "<s>", lstrip: false },
        eos_token: "</s>",
        chat_template: [{ name: "tool_use", template: "tools" }, { name: "default", template: "plain" }],
      }),
    );
    assert.deepEqual(await readChatTemplate(folder), { template: "plain", ...tokens, name: config });
    const own = join(folder, "chat_template.jinja");
    await Deno.writeTextFile(own, chatml);
    assert.deepEqual(await readChatTemplate(folder), { template: chatml, ...tokens, name: own });
    await Deno.writeTextFile(config, "{");
    await rejectedWith(readChatTemplate(folder), /tokenizer_config\.json": it is not JSON/);
  });
});
