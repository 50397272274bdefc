/** The small files that say how a sentence model is to be used; the library that runs models does not read them. */

import { dirname, join } from "node:path";
import type { ModelSettings } from "./messages.ts";

/** A JSON file of the model, from its folder, from what was kept, or from the Hub; null when the model has none of that name. */
export async function modelFile(
  { folder, model_id, revision, hub, cache_folder }: ModelSettings,
  name: string,
): Promise<Readonly<Record<string, unknown>> | null> {
  const path = folder === null ? join(cache_folder, model_id, revision, name) : join(folder, name);
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  if (folder !== null) return null;
  const token = Deno.env.get("HF_TOKEN");
  const url = `${hub.replace(/\/$/, "")}/${model_id}/resolve/${encodeURIComponent(revision)}/${name}`;
  const response = await fetch(url, token ? { headers: { authorization: `Bearer ${token}` } } : {});
  const text = await response.text();
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, text);
  return JSON.parse(text);
}
