/** `run.log`: one time-stamped line an event, for all steps and workers, redacted. */

import process from "node:process";
import { isSecretName, redact } from "../core/mod.ts";

export type LogLevel = "info" | "notice" | "warning" | "error";

/** Values of this process's environment that are secret by their name. */
export function environmentSecrets(): string[] {
  return Object.entries(process.env)
    .filter(([name, value]) => isSecretName(name) && (value ?? "").length >= 6)
    .map(([, value]) => value!);
}

/** Appends to a run's log. Lines of several processes do not mix: each is one write in append mode. */
export class RunLog {
  readonly path: string;
  #secrets = environmentSecrets();

  constructor(path: string) {
    this.path = path;
  }

  /** Writes one line: `<UTC> <level> <source> <text>`; line breaks in the text become ` | `. */
  write(level: LogLevel, source: string, text: string): void {
    const flat = redact(text, this.#secrets).replace(/\s*\n\s*/g, " | ");
    Deno.writeTextFileSync(this.path, `${new Date().toISOString()} ${level} ${source} ${flat}\n`, {
      append: true,
    });
  }
}
