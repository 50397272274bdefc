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
`;

Deno.test("what can't be done yet is refused when a step needs it, all of it in one message", async () => {
  const { config } = await load(text);
  const refused = (steps: string[], found: string) =>
    throws(() => requireAvailable(config, steps), (error) => {
      if (!(error instanceof UserError)) return false;
      return error.message.startsWith(
        `Cannot run "small": ${found} in this version; expected inference_script: openai_chat`,
      );
    });
  const asked = '"two" can\'t be asked through bedrock_predictor.py, ';
  refused(["3_run_inference"], `${asked}"three" can't be asked through sagemaker_predictor.py`);
  refused(
    ["2_deploy_model", "3_run_inference"],
    `${asked}"three" can't be deployed by jumpstart.py, "three" can't be asked through sagemaker_predictor.py`,
  );
});

Deno.test("steps that send nothing and deploy nothing need nothing; the embedded endpoint is always there", async () => {
  const { config } = await load(text);
  doesNotThrow(() =>
    requireAvailable(config, ["0_setup", "1_generate_data", "5_model_metric_analysis", "6_cleanup"])
  );
  const own = await load(minimal);
  doesNotThrow(() => requireAvailable(own.config, ["2_deploy_model", "3_run_inference"]));
});
