import assert from "node:assert/strict";
import { noticesOf } from "../../../lib/pipeline/steps/notices.ts";
import { cell } from "../../metrics/cells.ts";

const uses = (...prompt_use: number[]) => ({
  attempts: prompt_use.length,
  repeated: prompt_use.filter((use) => use > 1).length,
});

Deno.test("where all is well there is nothing to say", () => {
  assert.deepEqual(noticesOf(uses(1, 1, 1), [cell({})]), []);
});

Deno.test("prompts that were sent again are told with their share", () => {
  // 3 of 4 requests.
  assert.deepEqual(noticesOf(uses(1, 2, 3, 2), [cell({})]), [
    "75 % of the requests sent a prompt again within a level: they may hit a prompt cache.",
  ]);
});

Deno.test("that no panel voted although the config would have had one is told with the reason", () => {
  assert.deepEqual(noticesOf(uses(1), [cell({})], "Cannot ask 1 of 3 judges: retired."), [
    "No panel of judges voted; answers are scored without one (evaluation.panel is auto). Cannot ask 1 of 3 judges: retired.",
  ]);
});

Deno.test("cancelled requests of all cells are added up", () => {
  const cells = [{ ...cell({}), cancelled: 2 }, { ...cell({}), cancelled: 1 }];
  assert.deepEqual(noticesOf(uses(1), cells), ["3 requests were cancelled before the end: in no figure."]);
  assert.deepEqual(noticesOf(uses(1), [{ ...cell({}), cancelled: 1 }]), [
    "1 request was cancelled before the end: in no figure.",
  ]);
});

Deno.test("instance types without a price are named once each", () => {
  const cells = [
    cell({ instance_type: "a", cost: null }),
    cell({ instance_type: "a", cost: null }),
    cell({ instance_type: "b" }),
    cell({ instance_type: "c", cost: null }),
  ];
  assert.deepEqual(noticesOf(uses(1), cells), ["There is no price for a, c: its cost is not known."]);
});

Deno.test("token counts that are not the server's are told; unknown ones say nothing", () => {
  const counted = (token_source: string | null) => ({ ...cell({}), token_source });
  assert.deepEqual(noticesOf(uses(1), [counted("server"), counted(null)]), []);
  for (const source of ["tokenizer", "estimate", "mixed"]) {
    assert.equal(noticesOf(uses(1), [counted("server"), counted(source)]).length, 1, source);
  }
});
