import assert from "node:assert/strict";
import { UserError } from "../../lib/core/mod.ts";
import { messagesOf, transcript } from "../../lib/data/mod.ts";

Deno.test("messagesOf keeps role and content of each turn and nothing else", () => {
  const messages = [
    { role: "system", content: "Be brief.", extra: 1 },
    { role: "user", content: "Hi" },
  ];
  assert.deepEqual(messagesOf({ messages }, "rows.jsonl:1"), [
    { role: "system", content: "Be brief." },
    { role: "user", content: "Hi" },
  ]);
});

Deno.test("a conversation as text has each turn under its role", () => {
  assert.equal(
    transcript([{ role: "user", content: "Hi" }, { role: "assistant", content: "Hello" }]),
    "user: Hi\n\nassistant: Hello",
  );
});

Deno.test("what is no list of messages is an error that names the row", () => {
  for (const messages of [undefined, "Hi", [], ["Hi"], [{ role: "user" }], [{ role: "user", content: [] }]]) {
    assert.throws(
      () => messagesOf({ messages }, "rows.jsonl:3"),
      (error) => error instanceof UserError && /"rows\.jsonl:3".*no list of messages/.test(error.message),
    );
  }
});
