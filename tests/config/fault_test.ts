import { deepEqual, equal } from "node:assert/strict";
import { ConfigError, formatFaults, formatNotices } from "../../lib/config/mod.ts";
import { showPath } from "../../lib/config/fault.ts";

const at = (line: number, column: number, text: string) => ({ file: "c.yml", line, column, text });

Deno.test("a fault is one line: file, line, column, what is wrong", () => {
  equal(formatFaults([at(3, 5, "a is 1; expected 2")]), "c.yml:3:5: a is 1; expected 2");
});

Deno.test("a notice is one line: file, line, key, text", () => {
  const notice = { file: "c.yml", line: 3, key: "a.b", text: "has no effect" };
  equal(formatNotices([notice]), 'c.yml:3: notice: "a.b" has no effect');
});

Deno.test("a ConfigError has its faults by line and column, each once, and asks for exit code 1", () => {
  const error = new ConfigError([at(10, 1, "x"), at(9, 7, "y"), at(9, 3, "z"), at(9, 7, "y")]);
  equal(error.message, "c.yml:9:3: z\nc.yml:9:7: y\nc.yml:10:1: x");
  deepEqual([error.faults.length, error.exitCode, error.name], [3, 1, "ConfigError"]);
});

Deno.test("a path is shown as --set takes it", () => {
  equal(
    showPath(["experiments", 0, "env", "serving.properties"]),
    'experiments[0].env["serving.properties"]',
  );
});
