/** What a user's code throws where nobody waits for it: in a timer, or in a promise that it let go. It must not end the process. */

import { messageOf } from "../../core/mod.ts";

let listening = false;
let count = 0;
let last: unknown;

/** From now on such errors are only taken note of. */
export function holdStrayErrors(): void {
  if (listening) return;
  listening = true;
  const hold = (event: Event, error: unknown) => {
    event.preventDefault();
    count++;
    last = error;
  };
  globalThis.addEventListener("error", (event) => hold(event, event.error));
  globalThis.addEventListener("unhandledrejection", (event) => hold(event, event.reason));
}

/** How many there were so far. */
export function strayErrors(): number {
  return count;
}

/** The message of the last one, if there was one after so many; else null. */
export function strayErrorAfter(earlier: number): string | null {
  return count > earlier ? messageOf(last) : null;
}
