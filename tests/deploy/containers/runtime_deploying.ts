/** A deployment in a process of its own, to be killed: `RUN_DIR PORT`, its environment as JSON in `FMBENCH_TEST_ENV`. */

import { planned } from "../scene.ts";
import { serverImage } from "./runtime_podman.ts";
import { containerExperiment, quickTarget, spec } from "./runtime_scene.ts";

const [run_dir = "", port = ""] = Deno.args;
const experiment = containerExperiment(Number(port), {
  image_uri: serverImage,
  ec2: { ...spec.ec2, container_engine: "podman" },
});
await quickTarget.deploy(experiment, {
  ...planned,
  env: JSON.parse(Deno.env.get("FMBENCH_TEST_ENV") ?? "{}"),
  run_dir,
  log: () => {},
  signal: new AbortController().signal,
  hubToken: () => Promise.resolve(null),
});
