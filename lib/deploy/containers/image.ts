/** Where images come from, and what a name says of that. */

import type { Image } from "./containers_plan.ts";

/** Images that are built on the machine, and how, by the name before the tag. */
const builds: Readonly<Record<string, (image: string) => string>> = {
  "vllm-cpu-env": (image) =>
    `docker build -f docker/Dockerfile.cpu --target vllm-openai -t ${image} https://github.com/vllm-project/vllm.git#v0.9.2`,
  "tritonserver-neuronx": (image) =>
    `docker build -t ${image} -f src/fmbench/scripts/triton/Dockerfile_triton ` +
    "https://github.com/aws-samples/foundation-model-benchmarking-tool.git",
};

/** What a config writes where no image is meant. */
const none = ["", "none", "null", "ec2"];

/** The image that a config names; null: none. FMBench's configs write `ec2` or `None` where they need no image. */
export function imageNamed(image_uri: string | null): string | null {
  return image_uri === null || none.includes(image_uri.trim().toLowerCase()) ? null : image_uri.trim();
}

/**
 * What is known of an image by its name. A name without a slash, and `localhost/...`, is in no registry; a name without a host is Docker
 * Hub's, and gets it said: podman asks for no registry by itself.
 */
export function imageOf(name: string): Image {
  const parts = name.split("/");
  if (parts.length === 1 || parts[0] === "localhost") {
    const build = builds[parts.at(-1)?.split(/[:@]/)[0] ?? ""];
    const build_first = build?.(name) ?? `docker build -t ${name} FOLDER_WITH_ITS_DOCKERFILE`;
    return { image: name, source: "local", build_first };
  }
  const host = parts[0] ?? "";
  const image = /[.:]/.test(host) ? name : `docker.io/${name}`;
  return { image, source: ecrRegistry(name) === null ? "registry" : "ecr", build_first: null };
}

/** Registry and region of an image in a private registry of Amazon ECR; null for any other. */
export function ecrRegistry(image: string): { readonly registry: string; readonly region: string } | null {
  const parts = /^(\d{12}\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws))\//.exec(
    image,
  );
  return parts === null ? null : { registry: parts[1] ?? "", region: parts[2] ?? "" };
}

/** Whether tomorrow the same name may stand for another image. */
export function isFloating(image: string): boolean {
  if (image.includes("@sha256:")) return false;
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return tag === undefined || tag === "latest";
}
