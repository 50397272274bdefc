/** DJL Serving with AWS's containers for large models, on GPUs and Neuron devices. */

import { parseProperties } from "../properties.ts";
import { refusal } from "../refusal.ts";
import { type DegreeSaid, type Server, type Setting, withoutArguments } from "../server.ts";

const degreeOption = "option.tensor_parallel_degree";
const batchOption = "option.max_rolling_batch_size";
const degreeVariables = ["OPTION_TENSOR_PARALLEL_DEGREE", "TENSOR_PARALLEL_DEGREE"];
const target = "/opt/ml/model/serving.properties";

export const djl: Server = {
  title: "DJL Serving",
  runs_on: ["gpu", "neuron"],
  can_decide: true,
  degree: "needed",
  default_image: null,
  example_image: "763104351884.dkr.ecr.us-east-1.amazonaws.com/djl-inference:0.29.0-lmi11.0.0-cu124",
  port: 8080,
  health_path: "/ping",
  metrics_path: null,
  metrics_port: null,
  basePath: () => "",
  reads: ["batch_size", "serving.properties"],
  own_flags: {},
  degreesSaid,
  serve(setting, _share, degree) {
    const { experiment, spec, machine } = setting;
    withoutArguments(setting, "DJL Serving", "Write them as option.* lines of serving.properties.");
    checkImage(setting);
    const content = propertiesOf(setting, degree);
    const served = parseProperties(content).get("option.model_id");
    const cores = machine.cores_per_device;
    const partial = machine.kind === "neuron" && degree !== null && degree % cores !== 0;
    return {
      arguments: [],
      files: [{ path: "serving.properties", content }],
      // The file alone: the server may write beside it, and must not write into the run.
      mounts: [{ source: "serving.properties", target, read_only: true }],
      // Cores that the copy does not need would be taken for further workers.
      env: partial ? { SERVING_MIN_WORKERS: "1", SERVING_MAX_WORKERS: "1" } : {},
      cache: { kind: "hub", target: "/tmp/huggingface" },
      shm_size: spec.container.shm_size ?? "12g",
      notes: served === undefined || served.startsWith("/") || served === experiment.model_id
        ? []
        : [`serving.properties serves ${served}, and model_id is ${experiment.model_id}`],
    };
  },
};

function degreesSaid({ spec: { serving_properties, env } }: Setting): DegreeSaid[] {
  const option = serving_properties === null
    ? undefined
    : parseProperties(serving_properties).get(degreeOption);
  const said = [
    { where: `${degreeOption} of serving.properties`, text: option },
    ...degreeVariables.map((name) => ({ where: `env.${name}`, text: env[name] })),
  ];
  return said.flatMap(({ where, text }) =>
    text === undefined ? [] : [{ where, value: text === "max" ? text : Number(text) }]
  );
}

/** The config's file as it is, with what it does not say; what a variable says already is not said twice. */
function propertiesOf({ experiment, spec }: Setting, degree: number | null): string {
  const written = spec.serving_properties?.trimEnd() ?? "";
  const properties = parseProperties(written);
  const { batch_size } = spec.container;
  const inFile = properties.get(batchOption);
  if (batch_size !== null && inFile !== undefined && Number(inFile) !== batch_size) {
    throw refusal(
      experiment,
      `inference_spec.batch_size is ${batch_size}, and ${batchOption} of serving.properties is ${inFile}`,
      "Write the same in both.",
    );
  }
  const elsewhere = ["HF_MODEL_ID", "OPTION_MODEL_ID"].some((name) => spec.env[name] !== undefined);
  const wanted = [
    ["option.model_id", elsewhere ? null : experiment.model_id],
    [degreeOption, degree],
    [batchOption, batch_size],
  ] as const;
  const added = wanted.filter(([key, value]) => value !== null && !properties.has(key));
  return [...written === "" ? [] : [written], ...added.map(([key, value]) => `${key}=${value}`)].join("\n") +
    "\n";
}

/** AWS says in an image's tag what it is for. */
function checkImage({ experiment, spec: { image_uri }, machine }: Setting): void {
  const tag = image_uri?.split(":").at(-1) ?? "";
  const wrong = machine.kind === "gpu" ? /neuronx/ : /cu\d{3}/;
  if (!wrong.test(tag)) return;
  const [is, kind] = machine.kind === "gpu" ? ["Neuron devices", "GPUs"] : ["GPUs", "Neuron devices"];
  throw refusal(
    experiment,
    `its image, ${tag}, is for ${is}, and the machine has ${kind}`,
    `Write an image_uri for ${kind}, or another instance_type.`,
  );
}
