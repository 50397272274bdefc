import assert from "node:assert/strict";
import { UserError } from "../../lib/core/mod.ts";
import { type NotebookStep, openedStep, setOpenStep, step } from "../../lib/notebook/step.ts";

Deno.test("as long as no step is open every use refuses with one clear message", () => {
  setOpenStep(null);
  assert.equal(openedStep(), null);
  const uses = [
    () => step.name,
    () => step.run,
    () => step.config,
    () => step.log("info", "x"),
    () => step.finish(),
  ];
  for (const use of uses) {
    assert.throws(use, (error) => {
      assert.ok(error instanceof UserError);
      assert.equal(
        error.message,
        "This step is not open: its first code cell has not run or has failed. Read the message there, then run " +
          "that cell again.",
      );
      return true;
    });
  }
});

Deno.test("the open step is used through the same name, with its own state; the next one takes its place", () => {
  class Opened {
    #lines: string[] = [];
    constructor(readonly name: string) {}
    log(level: string, text: string): void {
      this.#lines.push(`${level} ${text}`);
    }
    get lines() {
      return this.#lines;
    }
  }
  const [first, second] = [new Opened("first"), new Opened("second")];
  try {
    setOpenStep(first as unknown as NotebookStep);
    const { log } = step;
    log("info", "a");
    assert.deepEqual([step.name, first.lines], ["first", ["info a"]]);
    setOpenStep(second as unknown as NotebookStep);
    step.log("info", "b");
    assert.deepEqual([step.name, first.lines, second.lines], ["second", ["info a"], ["info b"]]);
  } finally {
    setOpenStep(null);
  }
});
