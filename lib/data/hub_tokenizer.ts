/** Tokenizers of models on the Hugging Face Hub. */

import { join } from "node:path";
import { messageOf, sha256, UserError } from "../core/mod.ts";
import { HubClient, type HubOptions } from "./hub_client.ts";
import { downloadFile } from "./hub_download.ts";

/** A model's tokenizer in the cache. */
export interface HubTokenizer {
  /** Folder with `tokenizer.json` and, where the model has them, `tokenizer_config.json` and `chat_template.jinja`. */
  readonly folder: string;
  /** Why the copy of an earlier run had to do; null when the Hub was asked. */
  readonly notice: string | null;
}

const files = ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja"] as const;

/**
 * Fetches what counts tokens for a model: the files of its main revision, none of its weights. They lie under the hash of
 * their content, so a model that changes never mixes with what it was. When the Hub can't be had, the copy of an earlier
 * run does.
 *
 * @param model_id `org/name`; a single word for the Hub's few models without an organisation
 * @throws {UserError} If the name has another form, the model is not there or gated, or has no tokenizer.json
 */
export async function fetchTokenizer(model_id: string, options: HubOptions = {}): Promise<HubTokenizer> {
  checkModelId(model_id);
  const client = new HubClient({ ...options, kind: "model" });
  const root = join(client.cache_dir, "tokenizers");
  const note = join(root, `${sha256(`${client.endpoint} ${model_id}`).slice(0, 16)}.txt`);
  try {
    const texts = await download(client, model_id);
    const hash = sha256(JSON.stringify(texts)).slice(0, 32);
    const folder = join(root, hash);
    await keep(folder, texts);
    await Deno.writeTextFile(note, hash);
    return { folder, notice: null };
  } catch (error) {
    const hash = await Deno.readTextFile(note).catch(() => null);
    if (hash === null || !(error instanceof UserError)) throw error;
    const folder = join(root, hash);
    if (!await Deno.stat(join(folder, "tokenizer.json")).then(() => true, () => false)) throw error;
    return { folder, notice: `The tokenizer of ${model_id} is that of an earlier run: ${messageOf(error)}` };
  }
}

type Texts = Partial<Record<typeof files[number], string>>;

async function download(client: HubClient, model_id: string): Promise<Texts> {
  const texts: Texts = {};
  for (const path of files) {
    const url = `${client.endpoint}/${model_id}/resolve/main/${path}`;
    const { response } = await client.request(model_id, url, { method: "HEAD" });
    await response.body?.cancel();
    if (response.status === 404) {
      if (path === "tokenizer.json") throw unusable(model_id, "the model has no tokenizer.json");
      continue;
    }
    texts[path] = await Deno.readTextFile(await downloadFile(client, model_id, { url, path }));
  }
  if (!/^\s*\{/.test(texts["tokenizer.json"]!)) {
    throw unusable(model_id, "what stands for its tokenizer.json is not JSON");
  }
  return texts;
}

/** Two runs may fetch the same at once: the folder appears whole, or is there already. */
async function keep(folder: string, texts: Texts): Promise<void> {
  if (await Deno.stat(folder).then(() => true, () => false)) return;
  const part = `${folder}.${crypto.randomUUID()}.part`;
  await Deno.mkdir(part, { recursive: true });
  for (const [name, text] of Object.entries(texts)) await Deno.writeTextFile(join(part, name), text);
  try {
    await Deno.rename(part, folder);
  } catch (error) {
    await Deno.remove(part, { recursive: true });
    if (!await Deno.stat(folder).then(() => true, () => false)) throw error;
  }
}

function checkModelId(model_id: string): void {
  if (/^\w[\w.-]*(\/\w[\w.-]*)?$/.test(model_id)) return;
  throw unusable(model_id, "the name has another form");
}

function unusable(model_id: string, found: string): UserError {
  return new UserError({
    action: "fetch the tokenizer of",
    thing: model_id,
    found,
    expected: "a model as the Hub names it, org/name, that has a tokenizer.json",
    remedy: "Change hf_tokenizer_model_id, or put the files into a folder and name it in tokenizer_prefix.",
  });
}
