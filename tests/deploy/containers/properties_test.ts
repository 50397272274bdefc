import { deepEqual } from "node:assert/strict";
import { parseProperties } from "../../../lib/deploy/containers/properties.ts";

Deno.test("properties are read as Java reads them", () => {
  const text = [
    "# engine=no",
    "engine=MPI",
    " option.model_id = org/model ",
    "option.tensor_parallel_degree: 8",
    "option.dtype fp16",
    "",
    "! also=no",
    "option.empty=",
    "engine=Python",
    "option.long=a,\\",
    "   b",
  ].join("\r\n");
  deepEqual([...parseProperties(text)], [
    ["engine", "Python"],
    ["option.model_id", "org/model"],
    ["option.tensor_parallel_degree", "8"],
    ["option.dtype", "fp16"],
    ["option.empty", ""],
    ["option.long", "a,b"],
  ]);
});
