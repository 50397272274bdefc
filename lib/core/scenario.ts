/** A scenario of a latency study: one line of a scenario file, one prompt for one variant. */

import type { Payload } from "./payload.ts";

/** What the file of a study's scenarios says in one object; see `docs/latency-study.md`. */
export interface Scenario {
  /** First 16 hex digits of SHA-256 over all that the line asks for: the same line in another file has the same id. */
  readonly scenario_id: string;
  /** Line of the file on which it begins, from 1. */
  readonly line: number;
  /** The variant: model, region, profile and settings that it shares with other lines; an experiment of the run. */
  readonly experiment_name: string;
  /** What kind of task it is, in the user's words. */
  readonly task_type: string;
  /** The prompt; its id is a hash over all of it, the cap included. Lines that differ only in their variant share it. */
  readonly prompt: ScenarioPrompt;
}

/** A prompt of a study before its tokens are counted. */
export type ScenarioPrompt =
  & Pick<Payload, "payload_id" | "prompt" | "ground_truth" | "images" | "messages">
  & { readonly max_tokens: number };
