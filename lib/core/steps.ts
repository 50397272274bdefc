/** The numbered steps of the pipeline. */

export const stepNames = [
  "0_setup",
  "1_generate_data",
  "2_deploy_model",
  "3_run_inference",
  "4_get_evaluations",
  "5_model_metric_analysis",
  "6_cleanup",
] as const;

/** One of the seven shipped steps. A user's own notebook is a step too, known by its file name. */
export type StepName = (typeof stepNames)[number];

/** Whether a name is one of the seven. */
export function isStepName(name: string): name is StepName {
  return (stepNames as readonly string[]).includes(name);
}
