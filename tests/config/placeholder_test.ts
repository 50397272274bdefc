import { deepEqual, equal } from "node:assert/strict";
import {
  escapeBraces,
  fillPlaceholders,
  maskPlaceholders,
  placeholderValues,
  unmaskPlaceholders,
} from "../../lib/config/placeholder.ts";

const fill = (text: string, values: Record<string, string> = {}) =>
  fillPlaceholders(maskPlaceholders(text), values);

Deno.test("masking moves nothing and can be undone", () => {
  const text = "region: {region}\nload: {requests: 3}\nb: '{{x}} {y}'\n";
  const masked = maskPlaceholders(text);
  equal(masked.length, text.length);
  equal(masked.includes("{region}"), false);
  equal(masked.includes("{requests: 3}"), true);
  equal(unmaskPlaceholders(masked), text);
});

Deno.test("a placeholder becomes its value, doubled braces become single ones", () => {
  equal(fill("a-{x}-{{y}}-{x}", { x: "1" }).text, "a-1-{y}-1");
  equal(fill("{{{x}}}", { x: "1" }).text, "{1}");
});

Deno.test("a variable of the environment stays as it is written", () => {
  const text = 'h: { A: "Bearer ${KEY}", B: "${{x}}-${name}-{name}" }';
  equal(unmaskPlaceholders(maskPlaceholders(text)), text);
  equal(maskPlaceholders(text).length, text.length);
  deepEqual(fill(text, { name: "1", KEY: "2" }), {
    text: 'h: { A: "Bearer ${KEY}", B: "${x}-${name}-1" }',
    missing: [],
  });
  equal(fill(escapeBraces("Bearer ${KEY}")).text, "Bearer ${KEY}");
});

Deno.test("braces at the end of JSON stay when no brace is doubled at a start", () => {
  equal(fill('{"a": {"b": 1}}').text, '{"a": {"b": 1}}');
});

Deno.test("a value is not looked at for placeholders, nor a name for inherited properties", () => {
  equal(fill("{x}", { x: "{y}", y: "2" }).text, "{y}");
  deepEqual(fill("{toString}").missing, ["toString"]);
});

Deno.test("names without a value are listed and stay as they are", () => {
  deepEqual(fill("{a}/{b}", { a: "1" }), { text: "1/{b}", missing: ["b"] });
});

Deno.test("placeholderValues takes -A before the environment, and the environment before the assumed region", () => {
  const base = { roleArn: null, writeBucket: null, tmpDir: "/t" };
  const region = (parameters: Record<string, string>, env: Record<string, string>) =>
    placeholderValues({ ...base, parameters, env })["region"];
  equal(region({ region: "a" }, { AWS_REGION: "b" }), "a");
  equal(region({}, { AWS_REGION: "b", AWS_DEFAULT_REGION: "c" }), "b");
  equal(region({}, { AWS_DEFAULT_REGION: "c" }), "c");
  equal(region({}, {}), "us-east-1");
  equal(placeholderValues({ ...base, parameters: {}, env: {} })["read_tmpdir"], "/t/fmbench-read");
});

Deno.test("escapeBraces makes a text come back the same when it is filled in", () => {
  for (const text of ["{a}", "x {{y}} {z}", "plain", '{"a": {"b": 1}}', "{{"]) {
    equal(fill(escapeBraces(text)).text, text);
  }
});
