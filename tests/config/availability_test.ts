import { doesNotThrow, throws } from "node:assert/strict";
import { requireAvailable } from "../../lib/config/mod.ts";
import { UserError } from "../../lib/core/mod.ts";
import { load, minimal } from "./minimal.ts";

const text = `${minimal}  - name: two
    ep_name: anthropic.claude
    instance_type: sim-api
    inference_script: bedrock_predictor.py
  - name: three
    ep_name: llama
    instance_type: ml.g5.2xlarge
    inference_script: sagemaker_predictor.py
    deployment_script: jumpstart.py
    deploy: yes
  - name: four
    ep_name: http://127.0.0.1:8080/invocations
    model_id: m
    instance_type: g5.2xlarge
    inference_script: ec2_predictor.py
    deployment_script: ec2_deploy.py
    deploy: yes
aws: { region: us-east-1 }
`;

Deno.test("what can't be deployed yet is refused when that is asked for, all of it in one message", async () => {
  const { config } = await load(text);
  throws(() => requireAvailable(config, ["2_deploy_model", "3_run_inference"]), (error) => {
    if (!(error instanceof UserError)) return false;
    return error.message.startsWith(
      'Cannot run "small": "three" can\'t be deployed by jumpstart.py, "four" can\'t be deployed by ec2_deploy.py in ' +
        "this version; expected a simulate: section, or deploy: no with a running endpoint in ep_name.",
    );
  });
});

Deno.test("steps that deploy nothing need nothing; the embedded endpoint and every protocol are always there", async () => {
  const { config } = await load(text);
  doesNotThrow(() =>
    requireAvailable(config, [
      "0_setup",
      "1_generate_data",
      "3_run_inference",
      "5_model_metric_analysis",
      "6_cleanup",
    ])
  );
  const own = await load(minimal);
  doesNotThrow(() => requireAvailable(own.config, ["2_deploy_model", "3_run_inference"]));
});
