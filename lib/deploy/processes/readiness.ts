/** Waiting until a copy of a server answers. */

import { type Clock, redact, UserError } from "../../core/mod.ts";
import type { DeployContext } from "../deployer.ts";
import { probe } from "../http_probe.ts";
import { processesOf, type TreeMark } from "./process_tree.ts";

/** A copy that was started. */
export interface StartedCopy {
  /** Where it says that it is ready. */
  readonly health: URL;
  /** What it says on both outputs. */
  readonly log_path: string;
  readonly mark: TreeMark;
  /** How it ended, as the end of a sentence; null: it runs, as far as is known. */
  readonly ending: () => string | null;
  /** What no message may hold. */
  readonly secrets: readonly string[];
}

/** What a wait works with. */
export interface Waiting extends Pick<DeployContext, "waiting" | "signal"> {
  readonly clock: Clock;
  /** On the clock. */
  readonly since_ms: number;
  readonly limit_ms: number;
}

const probe_ms = 2_000;
const pause_ms = { first: 50, longest: 1_000 };

/**
 * Waits until a copy says that it is ready.
 *
 * @throws {UserError} if it ends before, or takes too long, with what it said last; whatever the signal gives as its reason
 */
export async function untilReady(
  name: string,
  { health, log_path, mark, ending, secrets }: StartedCopy,
  { waiting, signal, clock, since_ms, limit_ms }: Waiting,
): Promise<void> {
  const failed = async (found: string, remedy: string) =>
    new UserError({
      action: "start a server for",
      thing: name,
      found: found + await lastWords(log_path, secrets),
      remedy,
    });
  for (let pause = pause_ms.first;; pause = Math.min(pause * 1.5, pause_ms.longest)) {
    signal.throwIfAborted();
    const answer = await probe(health, probe_ms);
    // What answers could be somebody else's: ours must be there.
    const end = ending();
    if (end !== null && (await processesOf(mark)).length === 0) {
      throw await failed(`${end} before it was ready`, "What it says may tell the reason.");
    }
    if (answer === 200) return;
    const waited_ms = clock.now() - since_ms;
    if (waited_ms > limit_ms) {
      throw await failed(
        `${health.href} did not answer 200 within ${Math.round(limit_ms / 1000)} s; last: ${answer}`,
        "Write a longer ready_timeout_seconds, or another process.health_path.",
      );
    }
    waiting?.(`${name}: waiting for ${health.href}`, waited_ms / 1000);
    await clock.sleepUntil(clock.now() + pause, signal);
  }
}

/** The end of a log, as part of a sentence, without secrets. */
async function lastWords(path: string, secrets: readonly string[], lines = 12): Promise<string> {
  const text = (await Deno.readTextFile(path).catch(() => "")).trimEnd();
  if (text === "") return `, without a word in ${path}`;
  const last = text.split("\n").slice(-lines).join("\n");
  return `. The end of ${path}:\n${redact(last, secrets)}\n`;
}
