import { equal } from "node:assert/strict";
import { linesInWords } from "../../lib/config/scenario_lines.ts";

Deno.test("lines that follow each other are said as a range, and many ranges are counted", () => {
  equal(linesInWords([3]), "line 3");
  equal(linesInWords([1, 2]), "lines 1 and 2");
  equal(linesInWords([1, 2, 3, 5, 7]), "lines 1 to 3, 5 and 7");
  equal(linesInWords([1, 3, 5, 7, 9, 11, 13, 15, 17, 18]), "lines 1, 3, 5, 7, 9, 11, 13, 15 and 2 more");
});
