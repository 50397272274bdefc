/** What the tests of Kubernetes deploy. */

import { join } from "node:path";
import { type DeploymentSpec, systemClock } from "../../../lib/core/mod.ts";
import type { DeployContext, Experiment } from "../../../lib/deploy/mod.ts";
import { experiment as simulated, nothingSaid, scene } from "../scene.ts";

export const spec: DeploymentSpec = {
  ...nothingSaid,
  script: "kubernetes",
  eks: {
    ...nothingSaid.eks,
    namespace: "models",
    manifest_file: "service.yaml",
    kubeconfig: "kubeconfig",
    service_url: "http://127.0.0.1:9/v1",
  },
};

/** An experiment that deploys `service.yaml` beside the config. */
export function serviceOf(
  eks: Partial<DeploymentSpec["eks"]> = {},
  changes: Partial<DeploymentSpec> = {},
): Experiment {
  return {
    ...simulated,
    name: "llama",
    simulate: null,
    instance_type: "g5.2xlarge",
    deployment: { ...spec, ...changes, eks: { ...spec.eks, ...eks } },
  };
}

/** A run whose config lies in a folder of its own with these manifests. */
export async function place(
  manifests: string,
  changes: Partial<DeployContext> = {},
): Promise<
  { run: string; folder: string; context: DeployContext; logged: string[]; close(): Promise<void> }
> {
  const { run, context, logged } = await scene();
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(join(folder, "service.yaml"), manifests);
  return {
    ...{ run, folder, logged },
    context: { ...context, config_dir: folder, clock: systemClock, ...changes },
    async close() {
      await Deno.remove(run, { recursive: true });
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** A server with some GPUs behind an Ingress, in words of its own. */
export const served = (gpus: number) => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: llama, namespace: models }
spec:
  rules:
    - http:
        paths:
          - { path: /, pathType: Prefix, backend: { service: { name: llama, port: { number: 8000 } } } }
---
apiVersion: v1
kind: Service
metadata: { name: llama, namespace: models }
spec:
  selector: { app: llama }
  ports: [{ port: 8000 }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: llama, namespace: models }
spec:
  replicas: 2
  selector: { matchLabels: { app: llama } }
  template:
    metadata: { labels: { app: llama } }
    spec:
      containers:
        - name: server
          image: registry.example.com/server:1
          env:
            - { name: MODEL, value: $MODEL }
            - { name: HF_TOKEN, value: $HF_TOKEN }
          resources: { limits: { nvidia.com/gpu: ${gpus} } }
`;

/** A service of Ray in a namespace of its own. */
export const rayService = `
apiVersion: v1
kind: Namespace
metadata: { name: ray }
---
apiVersion: ray.io/v1
kind: RayService
metadata: { name: chat, namespace: ray }
spec:
  serveConfigV2: |
    applications:
      - name: chat
        import_path: chat:app
        runtime_env:
          env_vars:
            MODEL_ID: "$MODEL"
            HUGGING_FACE_HUB_TOKEN: $HUGGING_FACE_HUB_TOKEN
  rayClusterConfig:
    headGroupSpec:
      rayStartParams: {}
      template:
        spec:
          containers: [{ name: head, image: registry.example.com/ray:1 }]
    workerGroupSpecs:
      - groupName: workers
        rayStartParams: {}
        template:
          spec:
            containers: [{ name: worker, image: registry.example.com/ray:1 }]
`;
