/** Failures that a person can act on. Everything else that is thrown is a bug in this program. */

/** What the parts of a message are: `Cannot <action> "<thing>": <found>; expected <expected>. <remedy>`. */
export interface Complaint {
  /** What could not be done, as a verb phrase: `read the config`. */
  readonly action: string;
  /** What it was to be done to: a path, a key, a URL. */
  readonly thing: string;
  /** What is the case. */
  readonly found: string;
  /** What should be the case; left out when `found` says it all. */
  readonly expected?: string;
  /** The one thing to do about it. */
  readonly remedy?: string;
}

/** Puts a complaint into the one form that all messages of this program have. */
export function complain({ action, thing, found, expected, remedy }: Complaint): string {
  const wanted = expected === undefined ? "" : `; expected ${expected}`;
  const advice = remedy === undefined ? "" : ` ${remedy}`;
  return `Cannot ${action} "${thing}": ${found}${wanted}.${advice}`;
}

/** A mistake in what the user gave (config, data, arguments). Shown without a stack trace; exit code 1. */
export class UserError extends Error {
  override readonly name: string = "UserError";
  readonly exitCode: number = 1;

  constructor(complaint: Complaint | string, options?: ErrorOptions) {
    super(typeof complaint === "string" ? complaint : complain(complaint), options);
    // Notebooks show the stack of whatever is thrown; here it would only bury the message.
    this.stack = `${new.target.name}: ${this.message}`;
  }
}

/** A step of the pipeline that did not finish. Shown without a stack trace; exit code 2. */
export class StepError extends UserError {
  override readonly name: string = "StepError";
  override readonly exitCode: number = 2;
}

/** The user stopped the run (Ctrl-C, the stop button). Exit code 130. */
export class Interrupted extends UserError {
  override readonly name: string = "Interrupted";
  override readonly exitCode: number = 130;
}

/** The message of anything that was thrown, without a stack. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message || error.name;
  return typeof error === "string" ? error : JSON.stringify(error) ?? String(error);
}
