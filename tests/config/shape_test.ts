import { deepEqual, equal } from "node:assert/strict";
import { configSchema } from "../../lib/config/schema.ts";
import { isFree, isText, keysOf, noteOf, schemaAt, sectionsWith } from "../../lib/config/shape.ts";

const at = (...path: (string | number)[]) => schemaAt(configSchema, path)!;

Deno.test("a path leads through sections, lists and free maps, whatever their defaults", () => {
  equal(isText(at("experiments", 3, "inference_spec", "parameter_set")), true);
  equal(isText(at("load", "requests")), false);
  equal(isFree(at("inference_parameters", "mine", "options")), true);
  deepEqual(keysOf(at("metrics")), ["dataset_of_interest", "weights"]);
});

Deno.test("where the schema has nothing there is null", () => {
  for (
    const path of [["loads"], ["load", "request"], ["general", 0], ["experiments", "name"], ["toString"]]
  ) {
    equal(schemaAt(configSchema, path), null);
  }
});

Deno.test("a note says what is expected, and whether the key has no effect", () => {
  equal(noteOf(at("load", "requests")).expected, "a whole number, 1 or more");
  equal(noteOf(at("load", "requests")).dormant, undefined);
  equal(noteOf(at("report", "generate_html_report")).dormant, "has no effect: report.html is always written");
});

Deno.test("a key is found in the sections that know it", () => {
  deepEqual(sectionsWith(configSchema, "latency_budget"), ["report"]);
  deepEqual(sectionsWith(configSchema, "ep_name"), ["experiments"]);
  deepEqual(sectionsWith(configSchema, "nothing"), []);
});
