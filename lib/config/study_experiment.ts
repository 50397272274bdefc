/** A variant of a study as an entry of `experiments`. */

import { type Located, pathKey } from "./document.ts";
import type { Mark, Path } from "./fault.ts";
import type { FoundVariant } from "./scenario_file.ts";
import { modelName } from "./scenario_variant.ts";

export type Section = Record<string, unknown>;

/** The section under a key; null where none stands there. */
export function sectionIn(value: Section | null, key: string): Section | null {
  const found = value?.[key];
  return found !== null && typeof found === "object" && !Array.isArray(found) ? found as Section : null;
}

/**
 * The entry.
 *
 * @param study the section as it is written
 */
export function derivedExperiment(
  { name, variant }: FoundVariant,
  study: Section,
  payload_file: string,
): Section {
  const { provider, model_id, region, profile, url, service_tier, api_key_env } = variant;
  const { temperature, top_p, top_k, stop } = variant;
  const simulate = sectionIn(study, "simulate");
  const parameters = given({ temperature, top_p, top_k, stop: stop === null ? null : [...stop] });
  const arn = model_id.startsWith("arn:") ? model_id : null;
  return {
    name,
    model_id: modelName(model_id),
    ...given({ region, ep_name: simulate === null ? url ?? arn : null }),
    inference_script: provider,
    inference_spec: {
      ...given({ latency_mode: profile, service_tier, api_key_env }),
      ...Object.keys(parameters).length === 0 ? {} : { parameters },
    },
    payload_files: [payload_file],
    ...given({ simulate }),
  };
}

function given(values: Section): Section {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

/** Where a field of a scenario goes. */
const targets: Readonly<Record<string, Path>> = {
  model_id: ["model_id"],
  region: ["region"],
  provider: ["inference_script"],
  url: ["ep_name"],
  inference_profile: ["inference_spec", "latency_mode"],
  service_tier: ["inference_spec", "service_tier"],
  api_key_env: ["inference_spec", "api_key_env"],
  temperature: ["inference_spec", "parameters", "temperature"],
  top_p: ["inference_spec", "parameters", "top_p"],
  top_k: ["inference_spec", "parameters", "top_k"],
  stop: ["inference_spec", "parameters", "stop"],
};

/** Marks an entry with the lines of its first scenario, and its embedded endpoint with the lines of `study.simulate`. */
export function experimentMarks(
  located: Located,
  index: number,
  { mark, marks }: FoundVariant,
): void {
  const entry = ["experiments", index];
  const put = (path: Path, mark: Mark) => {
    located.keyMarks.set(pathKey(path), mark);
    located.valueMarks.set(pathKey(path), mark);
  };
  put(entry, mark);
  for (const [field, own] of marks) if (targets[field] !== undefined) put([...entry, ...targets[field]], own);
  copyMarks(located, ["study", "simulate"], [...entry, "simulate"]);
}

function copyMarks({ keyMarks, valueMarks, sources }: Located, from: Path, to: Path): void {
  const prefix = pathKey(from).slice(0, -1);
  for (const marks of [keyMarks, valueMarks, sources] as Map<string, unknown>[]) {
    for (const [key, mark] of [...marks]) {
      if (key !== `${prefix}]` && !key.startsWith(`${prefix},`)) continue;
      marks.set(pathKey([...to, ...(JSON.parse(key) as Path).slice(from.length)]), mark);
    }
  }
}
