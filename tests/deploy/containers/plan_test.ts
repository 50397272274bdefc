import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  commandOf,
  containersPlan,
  ecrRegistry,
  hostPort,
  planActions,
  variablesOfOurs,
} from "../../../lib/deploy/containers/containers_plan.ts";
import { imageOf, isFloating } from "../../../lib/deploy/containers/image.ts";
import { nginxConfig } from "../../../lib/deploy/containers/nginx_config.ts";
import { contained, machine, run } from "./experiment.ts";

const image_uri = "vllm/vllm-openai:v0.8.3";

Deno.test("requests go to the port of ep_name, whichever it is, and copies take those that follow", () => {
  equal(hostPort({ ep_name: "http://localhost:9100/v1" }), 9100);
  equal(hostPort({ ep_name: "http://localhost/v1" }), 8080);
  equal(hostPort({ ep_name: "http://localhost:80/v1" }), 80);
  equal(hostPort({ ep_name: "http://[::1]/v1" }), 8080);
  equal(hostPort({ ep_name: "small" }), 8080);
  const ports = (balancer: "client" | "nginx", address?: string) => {
    const experiment = contained({ type: "vllm_gpu", model_copies: 3, balancer }, { image_uri });
    const at = { first: 9100, ...address === undefined ? {} : { address } };
    const plan = containersPlan(experiment, machine("g5.12xlarge"), at, run);
    return {
      ...{ host_port: plan.host_port, urls: plan.urls, nginx: plan.balancer !== null },
      addresses: plan.copies.map(({ ports }) => `${ports[0]?.address}:${ports[0]?.host}`),
    };
  };
  deepEqual(ports("client"), {
    host_port: 9100,
    urls: ["http://127.0.0.1:9100/v1", "http://127.0.0.1:9101/v1", "http://127.0.0.1:9102/v1"],
    nginx: false,
    addresses: ["127.0.0.1:9100", "127.0.0.1:9101", "127.0.0.1:9102"],
  });
  // Behind nginx, which has the first port, nobody else reaches the copies.
  deepEqual(ports("nginx", "0.0.0.0"), {
    host_port: 9100,
    urls: ["http://127.0.0.1:9101/v1", "http://127.0.0.1:9102/v1", "http://127.0.0.1:9103/v1"],
    nginx: true,
    addresses: ["127.0.0.1:9101", "127.0.0.1:9102", "127.0.0.1:9103"],
  });
  deepEqual(ports("client", "0.0.0.0").addresses, ["0.0.0.0:9100", "0.0.0.0:9101", "0.0.0.0:9102"]);
});

Deno.test("one copy has no balancer in front of it, and containers have names of their own, however long", () => {
  const name = "a name that is much longer than anything that has to be the name of a container";
  const one = contained({ type: "vllm_gpu", balancer: "nginx" }, { image_uri, name });
  equal(containersPlan(one, machine("g5.xlarge"), { first: 80 }, run).balancer, null);
  const many = contained({ type: "vllm_gpu", model_copies: "max", balancer: "nginx" }, { image_uri, name });
  const { copies, balancer } = containersPlan(many, machine("g5.48xlarge"), { first: 80 }, run);
  const names = [...copies.map((copy) => copy.name), balancer?.name];
  deepEqual([names.length, new Set(names).size], [9, 9]);
  for (const each of names) match(each ?? "", /^fmbench-a-name-that-is[a-z0-9-]{1,40}-1a2b3c-([1-8]|nginx)$/);
});

Deno.test("secrets and what refers to our environment are in no argument", () => {
  const experiment = contained({ type: "vllm_gpu" }, {
    image_uri,
    env: { HF_TOKEN: "${MY_TOKEN}", PROXY: "http://${USER}:${PASSWORD}@proxy", LEVEL: "INFO", PATTERN: "$5" },
  });
  const [copy] = containersPlan(experiment, machine("g5.xlarge"), { first: 8080 }, run).copies;
  ok(copy !== undefined);
  deepEqual(variablesOfOurs(copy), ["HF_TOKEN", "PROXY", "HUGGING_FACE_HUB_TOKEN"]);
  const words = commandOf(copy, "docker", "/run/files", "/home/ada/.cache/huggingface/hub", { nonce: "n" });
  const named = words.filter((_, at) => words[at - 1] === "--env");
  deepEqual(named, [
    ...["HF_HOME=/root/.cache/huggingface", "LEVEL=INFO", "PATTERN=$5"],
    ...["HF_TOKEN", "PROXY", "HUGGING_FACE_HUB_TOKEN"],
  ]);
  ok(!words.some((word) => word.includes("${")));
  ok(words.includes("nonce=n"));
  ok(words.includes("type=bind,source=/home/ada/.cache/huggingface/hub,target=/root/.cache/huggingface/hub"));
});

Deno.test("where a registry is, and whether it takes a login, is in the image's name", () => {
  deepEqual(imageOf("vllm/vllm-openai:v0.8.3"), {
    image: "docker.io/vllm/vllm-openai:v0.8.3",
    source: "registry",
    build_first: null,
  });
  equal(imageOf("nvcr.io/nvidia/tritonserver:24.08-py3").image, "nvcr.io/nvidia/tritonserver:24.08-py3");
  equal(imageOf("localhost:5000/x/y").image, "localhost:5000/x/y");
  deepEqual(imageOf("123456789012.dkr.ecr.eu-west-1.amazonaws.com/x:1").source, "ecr");
  deepEqual(ecrRegistry("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/x:1"), {
    registry: "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn",
    region: "cn-north-1",
  });
  equal(ecrRegistry("public.ecr.aws/x/y:1"), null);
  match(imageOf("vllm-cpu-env").build_first ?? "", /^docker build .* -t vllm-cpu-env /);
  match(imageOf("localhost/own:1").build_first ?? "", /^docker build -t localhost\/own:1 /);
  deepEqual(["x/y", "x/y:latest", "x/y:1", "host:5000/x", "x/y@sha256:00"].map(isFloating), [
    true,
    true,
    false,
    true,
    false,
  ]);
});

Deno.test("a plan says what of the config has no effect, what is not the same tomorrow, and what is dangerous", () => {
  const { deployment, ...others } = contained(
    { type: "vllm_gpu", batch_size: 8, backend: "djl", container_params: { a: 1 } },
    { image_uri: "vllm/vllm-openai", serving_properties: "engine=Python" },
  );
  ok(deployment !== null);
  const privileged = { ...deployment, ec2: { ...deployment.ec2, privileged_mode: true } };
  const plan = containersPlan(
    { ...others, deployment: privileged },
    machine("g5.xlarge"),
    { first: 8080 },
    run,
  );
  ok(plan.copies[0]?.privileged);
  deepEqual(plan.notes, [
    "docker.io/vllm/vllm-openai may be another image tomorrow: a version as its tag makes the run repeatable",
    "containers are privileged (ec2.privileged_mode): they may do all that root may",
    "batch_size has no effect on vLLM",
    "backend has no effect on vLLM",
    "container_params has no effect on vLLM",
    "serving.properties has no effect on vLLM",
  ]);
});

Deno.test("a dry run shows every container, file and image in the order of their use", () => {
  const experiment = contained({ type: "vllm_gpu", model_copies: 2, balancer: "nginx" }, { image_uri });
  const plan = containersPlan(experiment, machine("g5.12xlarge"), { first: 8080 }, run);
  const actions = planActions(plan, "podman", { folder: "/run/x", cache: () => "/cache" });
  deepEqual(actions.map(({ kind, what }) => `${kind} ${what.split(" ").slice(0, 2).join(" ")}`), [
    "note 2 of",
    "command podman pull",
    "command podman pull",
    "file /run/x/nginx.conf",
    "command podman run",
    "command podman run",
    "wait fmbench-small-1a2b3c-1 to",
    "wait fmbench-small-1a2b3c-2 to",
    "command podman run",
  ]);
});

const nginx = ["/usr/sbin/nginx", "/usr/bin/nginx"].find((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

Deno.test({
  name: "nginx takes its configuration",
  ignore: nginx === undefined,
  fn: () => {
    const folder = Deno.makeTempDirSync();
    try {
      const path = `${folder}/nginx.conf`;
      const text = nginxConfig("127.0.0.1:0", ["127.0.0.1:8081", "127.0.0.1:8082"]).replace(
        "/tmp/",
        `${folder}/`,
      );
      // The test binds the port, and 0 is none to nginx.
      Deno.writeTextFileSync(
        path,
        text.replace("127.0.0.1:0", `unix:${folder}/socket`).replace(" backlog=4096", ""),
      );
      const { success, stderr } = new Deno.Command(nginx ?? "nginx", {
        args: ["-t", "-c", path, "-p", folder],
      }).outputSync();
      ok(success, new TextDecoder().decode(stderr));
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});
