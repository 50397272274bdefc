/** Waiting for a server in a container. */

import { type Clock, redact, UserError } from "../../../core/mod.ts";
import { probe } from "../../http_probe.ts";
import type { Engine } from "./engine.ts";
import { inspect, type Inspected, lastLines } from "./inspection.ts";

/** How often, and how long, a server is asked. */
export interface Patience {
  /** How long it may take to be ready. */
  readonly limit_ms: number;
  readonly probe_timeout_ms: number;
  readonly first_pause_ms: number;
  readonly longest_pause_ms: number;
}

/** A container that was started. */
export interface Started {
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Answers 200 when the server is ready. */
  readonly health_url: URL;
  /** When its start was asked for, by the clock. */
  readonly since: number;
}

/** What waiting works with. */
export interface HealthContext {
  readonly engine: Engine;
  readonly patience: Patience;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly waiting: (what: string, waited_s: number) => void;
  /** Texts that no message may hold. */
  readonly secrets: readonly string[];
}

/**
 * Asks until the server answers 200. Its container is looked at each time that it doesn't.
 *
 * @returns seconds since its start was asked for
 * @throws {UserError} with the last lines of its log, if the container ends or time is over
 */
export async function untilReady(container: Started, context: HealthContext): Promise<number> {
  const { engine, patience, clock, signal } = context;
  const { id, name, health_url, since } = container;
  let pause = patience.first_pause_ms;
  while (true) {
    signal.throwIfAborted();
    const said = await probe(health_url, patience.probe_timeout_ms);
    const waited = clock.now() - since;
    if (said === 200) return waited / 1_000;
    const state = await inspect(engine, id);
    if (state === null || !isUp(state)) throw await notReady(container, context, endOf(state));
    if (waited >= patience.limit_ms) {
      const last = typeof said === "number" ? `HTTP ${said}` : said;
      const found = `${health_url.pathname} did not answer 200 within ${
        seconds(patience.limit_ms)
      } s; at last: ${last}`;
      throw await notReady(
        container,
        context,
        found,
        "ready_timeout_seconds of the experiment is the limit.",
      );
    }
    context.waiting(`${name} loads the model`, waited / 1_000);
    await clock.sleepUntil(clock.now() + pause, signal);
    pause = Math.min(patience.longest_pause_ms, pause * 1.5);
  }
}

/** Whether it runs, or is on its way there. */
function isUp({ status }: Inspected): boolean {
  return ["running", "created", "configured", "initialized", "restarting"].includes(status);
}

function endOf(state: Inspected | null): string {
  if (state === null) return "its container is gone";
  const why = state.out_of_memory ? ", as the machine had no memory left for it" : "";
  return `its container is ${state.status} (code ${state.exit_code ?? "unknown"})${why}`;
}

async function notReady(
  { id, name }: Started,
  { engine, secrets }: HealthContext,
  found: string,
  remedy?: string,
): Promise<UserError> {
  const lines = redact(await lastLines(engine, id).catch(() => ""), secrets);
  const log = lines === "" ? "it wrote nothing" : `the end of its log:\n${lines}\n`;
  return new UserError({
    action: "start the server in the container",
    thing: name,
    found: `${found}; ${log}`,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

const seconds = (ms: number) => Number((ms / 1_000).toFixed(1));
