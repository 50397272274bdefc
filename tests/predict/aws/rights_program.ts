/** Begins one request by each signing predictor and says where it goes. Run with a worker's rights by `aws_rights_test.ts`. */

import { type Exchange, predictorFor } from "../../../lib/predict/mod.ts";
import { optionsOf } from "./aws_requests.ts";

const model_id = "meta.llama3-8b-instruct-v1:0";
for (const predictor of ["bedrock", "bedrock_invoke", "sagemaker"]) {
  for (const stream of [true, false]) {
    const made = await predictorFor(optionsOf({ predictor, model_id }, { stream }));
    const { request } = await made.begin({ prompt: "p" }, {}) as Exchange;
    console.log(request.url);
  }
}
