/**
 * Reads the standard input of a deployment script's process, in a thread of its own: when the parent is gone the process ends, also if
 * the script never gives way.
 */

import { messagesOf } from "../../core/mod.ts";
import type { ToScript } from "./script_messages.ts";

/** How long a script may tidy up once its parent is gone. */
const grace_ms = 2_000;

for await (const message of messagesOf<ToScript>(Deno.stdin.readable)) {
  (self as unknown as Worker).postMessage(message);
}
(self as unknown as Worker).postMessage({ abort: "the program that started it is gone" } satisfies ToScript);
await new Promise((resolve) => setTimeout(resolve, grace_ms));
Deno.kill(Deno.pid, "SIGKILL");
