/** The files of a model on the Hugging Face Hub that a server needs. */

import { UserError } from "../../core/mod.ts";
import type { HubClient } from "../../data/mod.ts";

export interface HubFile {
  /** In the model. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

export interface HubFiles {
  /** The commit that `main` is now. */
  readonly revision: string;
  /** Sorted by path. */
  readonly files: readonly HubFile[];
}

/** The same weights in another form, and what no server reads. */
const beside = /(^|\/)(original|onnx|openvino|\.git[^/]*)(\/|$)|\.(md|png|jpe?g|gif|pdf|svg)$/i;
const otherWeights = /\.(bin|pt|pth|ckpt|h5|msgpack|onnx|gguf|tflite|ot)$/i;

/**
 * Asks the Hub for the newest revision of a model and its files: the weights as safetensors where there are such, and all else that
 * belongs to it.
 *
 * @throws {UserError} if the model is gated or not there, or the Hub can't be reached
 */
export async function hubFiles(client: HubClient, repo: string): Promise<HubFiles> {
  const api = `${client.endpoint}/api/models/${repo}`;
  const head = await client.json(repo, `${api}/revision/main`) as { value: { sha?: string } } | null;
  const revision = head?.value.sha;
  if (revision === undefined) throw missing(repo, "the Hub has no model of that name");
  const all: HubFile[] = [];
  for (let url: string | null = `${api}/tree/${revision}?recursive=true`; url !== null;) {
    const page: { value: unknown; next: string | null } | null = await client.json(repo, url);
    const entries = (page?.value ?? []) as { type?: string; path: string; size?: number }[];
    all.push(
      ...entries.filter(({ type }) => type === "file").map(({ path, size = 0 }) => ({ path, size })),
    );
    url = page?.next ?? null;
  }
  const safe = all.some(({ path }) => path.endsWith(".safetensors"));
  const files = all.filter(({ path }) => !beside.test(path) && !(safe && otherWeights.test(path)));
  if (files.length === 0) throw missing(repo, "it has no files that a server could load");
  return { revision, files: files.sort((a, b) => a.path < b.path ? -1 : 1) };
}

function missing(repo: string, found: string): UserError {
  return new UserError({
    action: "read the model",
    thing: repo,
    found,
    remedy: "Correct model_id: org/name.",
  });
}
