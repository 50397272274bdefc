/** A scenario file: what its lines ask for, sorted into variants, with every fault by line and column. */

import { dirname } from "node:path";
import { type PayloadImage, type Scenario, type ScenarioPrompt, sha256 } from "../core/mod.ts";
import { transcript } from "../data/mod.ts";
import type { Fault, Mark, Notice } from "./fault.ts";
import { isReachedByUrl, predictorOf } from "./inference_script.ts";
import { LineIndex } from "./line_index.ts";
import { readFields, type WrittenScenario } from "./scenario_fields.ts";
import { ScenarioImages } from "./scenario_image.ts";
import { linesInWords } from "./scenario_lines.ts";
import { scenarioObjects, type TextFault } from "./scenario_text.ts";
import { hasProfiles, scenarioDefaults, type Variant, variantNames, variantOf } from "./scenario_variant.ts";

/** A variant with its name, and where the first scenario stands that asks for it. */
export interface FoundVariant {
  readonly name: string;
  readonly variant: Variant;
  readonly mark: Mark;
  /** Where its fields stand there. */
  readonly marks: ReadonlyMap<string, Mark>;
}

export interface ScenarioFile {
  /** In the order in which they are first asked for. */
  readonly variants: readonly FoundVariant[];
  /** In the order of the file; without those that are faulty. */
  readonly scenarios: readonly Scenario[];
  readonly faults: readonly Fault[];
  readonly notices: readonly Notice[];
  /** Absolute paths of the images that it names. */
  readonly images: readonly string[];
}

export interface ScenarioFileOptions {
  /** Absolute. */
  readonly path: string;
  /** What faults call the file. */
  readonly shown: string;
  /** Whether every variant is asked of the embedded endpoint, so that none needs an address. */
  readonly simulated: boolean;
}

/** More faults than that are counted only. */
const mostFaults = 200;

/** Reads the text of a scenario file, without its byte order mark. */
export function readScenarios(text: string, { path, shown, simulated }: ScenarioFileOptions): ScenarioFile {
  const lines = new LineIndex(text);
  const markAt = (offset: number): Mark => ({ file: shown, ...lines.placeOf(offset) });
  const faults: TextFault[] = [];
  const images = new ScenarioImages(dirname(path));
  const variants = new Map<string, Omit<FoundVariant, "name">>();
  const prompts = new Map<string, ScenarioPrompt>();
  const found: (Omit<Scenario, "experiment_name"> & { readonly variant: string })[] = [];
  const remarks = new Remarks();
  for (const object of scenarioObjects(text, faults)) {
    const { written, offsets, faults: own } = readFields(object);
    const at = (name: string) => offsets.get(name) ?? object.offset;
    const pictures = imagesOf(written, images);
    const wrong = [
      ...own,
      ...addressFaults(written, at, simulated),
      ...pictures.faults.map((text) => ({ offset: at("images"), text })),
    ];
    if (wrong.length > 0) {
      faults.push(...wrong);
      continue;
    }
    const { line } = lines.placeOf(object.offset);
    const variant = variantOf(written);
    const key = JSON.stringify(variant);
    if (!variants.has(key)) {
      const marks = new Map([...offsets].map(([name, offset]) => [name, markAt(offset)]));
      variants.set(key, { variant, mark: markAt(object.offset), marks });
    }
    const made = promptOf(written, pictures.images);
    const promptKey = JSON.stringify([made.payload_id, made.ground_truth]);
    const prompt = prompts.getOrInsertComputed(promptKey, () => made);
    const task_type = written.task_type ?? scenarioDefaults.task_type;
    const scenario_id = sha256(JSON.stringify([variant, promptKey, task_type])).slice(0, 16);
    remarks.see(written, variant, scenario_id, line);
    found.push({ scenario_id, line, task_type, prompt, variant: key });
  }
  const names = variantNames([...variants.values()].map(({ variant }) => variant));
  const named = [...variants].map((
    [key, one],
    index,
  ): [string, FoundVariant] => [key, { name: names[index]!, ...one }]);
  const nameOf = new Map(named.map(([key, { name }]) => [key, name]));
  return {
    variants: named.map(([, variant]) => variant),
    scenarios: found.map(({ variant, ...scenario }): Scenario => ({
      ...scenario,
      experiment_name: nameOf.get(variant)!,
    })),
    faults: inMarks(faults, markAt),
    notices: remarks.notices(shown),
    images: images.paths,
  };
}

function inMarks(faults: readonly TextFault[], markAt: (offset: number) => Mark): Fault[] {
  const sorted = faults.toSorted((a, b) => a.offset - b.offset);
  const left = sorted.length - mostFaults;
  return [
    ...sorted.slice(0, mostFaults).map(({ offset, text }) => ({ ...markAt(offset), text })),
    ...left > 0
      ? [{
        ...markAt(sorted[mostFaults]!.offset),
        text: `${left} further faults from here on; expected none`,
      }]
      : [],
  ];
}

function imagesOf(
  { images = [] }: WrittenScenario,
  read: ScenarioImages,
): { readonly images: readonly PayloadImage[]; readonly faults: readonly string[] } {
  const items = (Array.isArray(images) ? images : [images]).map((image) => read.imageOf(image));
  return {
    images: items.filter((item) => typeof item !== "string"),
    faults: items.filter((item) => typeof item === "string"),
  };
}

/** What a provider needs and has not, or has no use for. */
function addressFaults(
  { provider = scenarioDefaults.provider, url, inference_profile }: WrittenScenario,
  at: (name: string) => number,
  simulated: boolean,
): TextFault[] {
  const faults: TextFault[] = [];
  const script = predictorOf(provider);
  if (script === null) return faults;
  if (isReachedByUrl(script) && url === undefined && !simulated) {
    const text = `"url" is missing beside the provider "${provider}"; expected the base URL of the endpoint`;
    faults.push({ offset: at("provider"), text });
  }
  if (inference_profile === "optimized" && !hasProfiles(script.module)) {
    const text = `"${provider}" has no latency profiles; expected standard, or the provider bedrock`;
    faults.push({ offset: at("inference_profile"), text });
  }
  return faults;
}

/** The prompt of a scenario; its id holds all that a model is told, so that variants with one id were asked the same. */
function promptOf(written: WrittenScenario, images: readonly PayloadImage[]): ScenarioPrompt {
  const { text_prompt = "", system, expected_answer } = written;
  const max_tokens = written.expected_output_tokens ?? scenarioDefaults.expected_output_tokens;
  const said = written.messages ?? [{ role: "user", content: text_prompt }];
  const messages = system === undefined ? written.messages : [{ role: "system", content: system }, ...said];
  const prompt = messages === undefined ? text_prompt : transcript(messages);
  const asked = [prompt, messages ?? null, images.map(({ base64 }) => base64), max_tokens];
  return {
    payload_id: sha256(JSON.stringify(asked)).slice(0, 16),
    prompt,
    ground_truth: expected_answer === undefined ? null : [expected_answer].flat(),
    ...images.length === 0 ? {} : { images },
    ...messages === undefined ? {} : { messages },
    max_tokens,
  };
}

/** What was taken for granted, and on which lines. */
class Remarks {
  readonly #uncapped: number[] = [];
  readonly #unprofiled: number[] = [];
  readonly #again: number[] = [];
  readonly #seen = new Set<string>();

  see(written: WrittenScenario, { profile }: Variant, scenario_id: string, line: number): void {
    if (written.expected_output_tokens === undefined) this.#uncapped.push(line);
    if (written.inference_profile === undefined && profile !== null) this.#unprofiled.push(line);
    if (this.#seen.has(scenario_id)) this.#again.push(line);
    this.#seen.add(scenario_id);
  }

  notices(file: string): Notice[] {
    const said: [string, readonly number[], string][] = [
      [
        "expected_output_tokens",
        this.#uncapped,
        `is not set: ${scenarioDefaults.expected_output_tokens} is the cap there`,
      ],
      ["inference_profile", this.#unprofiled, "is not set: standard is asked for there, never optimized"],
      [
        "text_prompt",
        this.#again,
        "is that of an earlier line with all its settings: called so many times more",
      ],
    ];
    return said.filter(([, lines]) => lines.length > 0).map(([key, lines, text]) => ({
      file,
      line: lines[0]!,
      key,
      text: `on ${linesInWords(lines)} ${text}`,
    }));
  }
}
