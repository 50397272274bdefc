import assert from "node:assert/strict";
import { complain, Interrupted, messageOf, StepError, UserError } from "../../lib/core/mod.ts";

Deno.test("complain() has one form, with and without its optional parts", () => {
  const base = { action: "read the config", thing: "c.yml", found: "it is empty" };
  assert.equal(complain(base), 'Cannot read the config "c.yml": it is empty.');
  assert.equal(
    complain({ ...base, expected: "a YAML file" }),
    'Cannot read the config "c.yml": it is empty; expected a YAML file.',
  );
  assert.equal(
    complain({ ...base, remedy: "Fill it." }),
    'Cannot read the config "c.yml": it is empty. Fill it.',
  );
  assert.equal(
    complain({ ...base, expected: "a YAML file", remedy: "Fill it." }),
    'Cannot read the config "c.yml": it is empty; expected a YAML file. Fill it.',
  );
});

Deno.test("an error carries its message, its cause and the exit code of its kind", () => {
  const cause = new Error("below");
  const error = new UserError({ action: "do", thing: "it", found: "no" }, { cause });
  assert.deepEqual([error.message, error.name, error.exitCode], ['Cannot do "it": no.', "UserError", 1]);
  assert.equal(error.cause, cause);
  const [step, stop] = [new StepError("a"), new Interrupted("b")];
  assert.deepEqual([step.name, step.exitCode, stop.name, stop.exitCode], [
    "StepError",
    2,
    "Interrupted",
    130,
  ]);
  assert.ok(step instanceof UserError && stop instanceof UserError);
});

Deno.test("messageOf() finds words in whatever was thrown", () => {
  assert.equal(messageOf(new Error("words")), "words");
  assert.equal(messageOf(new TypeError()), "TypeError");
  assert.equal(messageOf("text"), "text");
  assert.equal(messageOf({ code: 7 }), '{"code":7}');
  assert.equal(messageOf(undefined), "undefined");
});
