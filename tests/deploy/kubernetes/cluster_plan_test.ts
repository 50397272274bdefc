import assert from "node:assert/strict";
import { kubernetes } from "../../../lib/deploy/kubernetes/kubernetes.ts";
import type { DeployContext, DeploymentPlan, Experiment } from "../../../lib/deploy/mod.ts";
import { place, rayService, served, serviceOf } from "./cluster_scene.ts";

const env = {
  MODEL: "m-1",
  HF_TOKEN: "hf_notforanybodyelse",
  HUGGING_FACE_HUB_TOKEN: "hf_notforanybodyelse",
};

async function planned(
  manifests: string,
  experiment: Experiment = serviceOf(),
  changes: Partial<DeployContext> = {},
): Promise<DeploymentPlan> {
  const { context, close } = await place(manifests, { env, ...changes });
  try {
    return await kubernetes.plan(experiment, context);
  } finally {
    await close();
  }
}

Deno.test("a plan lists every call in its order, the removal in the other, and no secret", async () => {
  const plan = await planned(served(1));
  assert.deepEqual(plan.actions.map(({ kind, what }) => `${kind} ${what}`), [
    "call PATCH Namespace models (server-side apply), if there is none",
    "call PATCH Secret models/fmbench-llama-secrets-1a2b3c (server-side apply)",
    "call PATCH Service models/llama (server-side apply)",
    "call PATCH Deployment models/llama (server-side apply)",
    "call PATCH Ingress models/llama (server-side apply)",
    "wait Deployment models/llama to be ready",
    "wait an answer of http://127.0.0.1:9/v1, as eks.service_url says",
  ]);
  assert.deepEqual(plan.removal.map(({ what }) => what.split(",")[0]), [
    "DELETE Ingress models/llama",
    "DELETE Deployment models/llama",
    "DELETE Service models/llama",
    "DELETE Secret models/fmbench-llama-secrets-1a2b3c",
    "DELETE Namespace models",
  ]);
  const whole = JSON.stringify(plan);
  assert.doesNotMatch(whole, /notforanybodyelse/);
  assert.match(plan.actions[1]!.detail ?? "", /HF_TOKEN: \$\{HF_TOKEN\}/);
  assert.match(plan.actions[3]!.detail ?? "", /name: MODEL\n +value: m-1\n/);
  assert.deepEqual(plan.tags, {
    "fmbench.dev/run-id": "20261122T100000Z-1a2b3c",
    "fmbench.dev/owner": "ada",
    "fmbench.dev/expires-at": "20261123T100000Z",
    "fmbench.dev/experiment": "llama",
  });
  assert.deepEqual(plan.needs, ["access to the cluster", "a Hugging Face token (HF_TOKEN)"]);
  assert.deepEqual(plan.billing?.per_hour, 1.5);
});

Deno.test("what it says of a RayService names its operator, and its token is out of serveConfigV2", async () => {
  const plan = await planned(
    rayService,
    serviceOf({ kubeconfig: null, cluster_name: "big", service_url: "http://x/v1" }),
  );
  assert.equal(plan.actions[0]!.what, "eks:DescribeCluster big, for its address");
  assert.deepEqual(plan.needs, [
    "AWS credentials",
    "KubeRay in the cluster",
    "a Hugging Face token (HUGGING_FACE_HUB_TOKEN)",
  ]);
  const detail = plan.actions.find(({ what }) => what.includes("RayService"))?.detail ?? "";
  assert.doesNotMatch(detail, /HUGGING_FACE_HUB_TOKEN: /);
  assert.equal(detail.match(/secretKeyRef/g)?.length, 2);
});

Deno.test("env of the config comes before the environment", async () => {
  const plan = await planned(served(1), serviceOf({}, { env: { MODEL: "${WHICH}-chat" } }), {
    env: { ...env, WHICH: "small" },
  });
  assert.match(plan.actions[3]!.detail ?? "", /value: small-chat/);
});

const container = (text: string) => `
apiVersion: v1
kind: Pod
metadata: { name: p, namespace: ns }
spec: { containers: [{ name: c, image: i, ${text} }] }
`;

for (
  const [what, manifests, changes, experiment, message] of [
    [
      "a variable that is not set",
      served(1),
      { env: { HF_TOKEN: "x" } },
      serviceOf(),
      /no variable MODEL in the environment\. Set MODEL, or write \$\$MODEL/,
    ],
    [
      "a token that is not there",
      served(1),
      { env: { MODEL: "m" } },
      serviceOf(),
      /it needs a Hugging Face token, and there is none \(\$HF_TOKEN\)/,
    ],
    [
      "a secret in the arguments",
      container('args: ["--token=$HF_TOKEN"]'),
      {},
      serviceOf(),
      /\$HF_TOKEN stands in spec\.containers\.0\.args\.0 of Pod ns\/p/,
    ],
    [
      "a secret that is part of a value",
      container('env: [{ name: A, value: "Bearer $HF_TOKEN" }]'),
      {},
      serviceOf(),
      /spec\.containers\.0\.env\.0\.value/,
    ],
    [
      "no file",
      served(1),
      {},
      serviceOf({ manifest_file: "no.yaml" }),
      /no\.yaml": there is no such file\. Correct eks\.manifest_dir/,
    ],
    ["no manifest", served(1), {}, serviceOf({ manifest_file: null }), /Set eks\.manifest_file/],
    [
      "no namespace",
      container("ports: []").replace(", namespace: ns", ""),
      {},
      serviceOf({ namespace: null }),
      /Pod p says no namespace\. Set eks\.eks_model_namespace/,
    ],
    [
      "an object that is in it twice",
      `${container("ports: []")}---${container("ports: []")}`,
      {},
      serviceOf(),
      /Pod ns\/p is in it twice/,
    ],
    [
      "no address",
      container("ports: []"),
      {},
      serviceOf({ service_url: null }),
      /neither an Ingress nor a Service of type LoadBalancer\. Set eks\.service_url/,
    ],
    ["an empty file", "# nothing", {}, serviceOf(), /it has no objects/],
  ] as const
) {
  Deno.test(`a plan refuses ${what}`, async () => {
    await assert.rejects(planned(manifests, experiment, changes), message);
  });
}

Deno.test("stringData of a Secret may hold a secret, and a Hub token may come from a file", async () => {
  const text =
    "apiVersion: v1\nkind: Secret\nmetadata: { name: s, namespace: ns }\nstringData: { a: 'x $HF_TOKEN' }\n";
  const plan = await planned(text, serviceOf(), { env: {}, has_hub_token: true });
  assert.match(plan.actions[1]!.detail ?? "", /a: x \$\{HF_TOKEN\}/);
});

const ingress = (paths: readonly string[], more = "") => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: i, namespace: ns }
spec:
  ${more}
  rules: [{ http: { paths: [${paths.map((path) => `{ path: "${path}", pathType: Prefix }`).join(", ")}] } }]
`;

for (
  const [what, manifests, url_format, where] of [
    ["its one path", ingress(["/serve/(.*)"]), undefined, "http://HOST/serve"],
    [
      "what inference_url_format says",
      ingress(["/dashboard/(.*)", "/serve/(.*)"]),
      "serve/infer?sentence=",
      "http://HOST/serve/infer?sentence=",
    ],
    ["the root among several", ingress(["/metrics", "/"]), undefined, "http://HOST"],
    ["https with tls", ingress(["/"], "tls: [{ hosts: [x] }]"), undefined, "https://HOST"],
    [
      "the host of its rule",
      ingress(["/"]).replace("{ http", "{ host: chat.example.com, http"),
      undefined,
      "http://chat.example.com",
    ],
  ] as const
) {
  Deno.test(`the URL behind an Ingress is at ${what}`, async () => {
    const experiment = serviceOf({ service_url: null });
    const plan = await planned(manifests, {
      ...experiment,
      ...(url_format === undefined ? {} : { url_format }),
    });
    assert.equal(
      plan.actions.at(-1)!.what,
      `an answer of ${where}, once there is the address of Ingress ns/i`,
    );
  });
}

Deno.test("an Ingress with several paths and nothing to choose by is refused", async () => {
  await assert.rejects(
    planned(ingress(["/a", "/b"]), serviceOf({ service_url: null })),
    /Ingress ns\/i has several paths \(\/a, \/b\)\. Set eks\.service_url/,
  );
});
