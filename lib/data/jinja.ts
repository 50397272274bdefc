/** Jinja with nothing in reach but the values given: no clock, no functions of this program. */

import { Environment, Interpreter, parse, tokenize } from "@huggingface/jinja";

/** A template that was read. */
export type JinjaProgram = ReturnType<typeof parse>;

/** Reads a template with the treatment of white space around blocks that chat templates are written for. */
export function readJinja(template: string): JinjaProgram {
  return parse(tokenize(template, { lstrip_blocks: true, trim_blocks: true }));
}

/** Renders a template. A value that is a function can be called by the template. */
export function renderJinja(program: JinjaProgram, values: Readonly<Record<string, unknown>>): string {
  const environment = new Environment();
  for (const [name, value] of Object.entries({ ...constants, ...values })) environment.set(name, value);
  return String(new Interpreter(environment).run(program).value);
}

const constants = { true: true, True: true, false: false, False: false, none: null, None: null, range };

/** Python's range. */
function range(start: number, stop?: number, step = 1): number[] {
  const [from, to] = typeof stop === "number" ? [start, stop] : [0, start];
  const by = typeof step === "number" && step !== 0 ? step : 1;
  return Array.from({ length: Math.max(0, Math.ceil((to - from) / by)) }, (_, i) => from + i * by);
}
