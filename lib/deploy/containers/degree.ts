/** Over how many accelerators a copy is spread, of all that says so. */

import { refusal } from "./refusal.ts";
import type { Server, Setting } from "./server.ts";

/** A degree, and the key that it is changed by. */
export interface Degree {
  /** null: the machine has processors only. */
  readonly value: number | null;
  readonly key: string;
}

/**
 * The one degree on which all agree that say one.
 *
 * @throws {UserError} where two say different things, where one has to say it and none does, and on processors
 */
export function degreeOf(setting: Setting, server: Server): Degree {
  const { experiment, spec: { container }, machine } = setting;
  const said = [
    ...container.tp_degree === null
      ? []
      : [{ where: "inference_spec.tp_degree", value: container.tp_degree }],
    ...server.degreesSaid(setting),
  ];
  const bad = said.find(({ value }) => value !== "max" && !(Number.isInteger(value) && value >= 1));
  if (bad !== undefined) {
    throw refusal(
      experiment,
      `${bad.where} is no whole number from 1`,
      `Write a number there, or leave it out.`,
    );
  }
  const numbers = said.filter(({ value }) => value !== "max");
  const [first, other] = [numbers[0], numbers.find(({ value }) => value !== numbers[0]?.value)];
  if (first !== undefined && other !== undefined) {
    throw refusal(
      experiment,
      `${first.where} is ${first.value}, and ${other.where} is ${other.value}`,
      "Write the same in both.",
    );
  }
  const key = (first ?? said[0])?.where ?? "inference_spec.tp_degree";
  if (machine.kind === "cpu") {
    if (first === undefined || first.value === 1) return { value: null, key };
    throw refusal(
      experiment,
      `${first.where} is ${first.value}, and the machine has processors only`,
      "Leave it out; inference_spec.model_copies shares out its cores.",
    );
  }
  const all = machine.accelerators * machine.cores_per_device;
  if (first !== undefined) return { value: Number(first.value), key };
  if (said.length > 0) return { value: all, key };
  if (server.degree === "all_for_one" && container.model_copies === 1) return { value: all, key };
  if (server.degree !== "needed") return { value: 1, key };
  throw refusal(
    experiment,
    `nothing says over how many ${
      machine.kind === "gpu" ? "GPUs" : "Neuron cores"
    } a copy of the model is spread`,
    "Write inference_spec.tp_degree.",
  );
}
