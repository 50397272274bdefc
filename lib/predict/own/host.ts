/**
 * The program that a user's module runs in beside the load: takes calls on standard input and answers each on standard output. May
 * reach the endpoint and read the module's folder; nothing else.
 */

import { messageLine, messageOf, messagesOf } from "../../core/mod.ts";
import { openTransports, proxiesFrom } from "../../transport/mod.ts";
import { carried, unsent } from "../carrying.ts";
import type { FromHost, HostSettings, ToHost } from "./host_messages.ts";
import { endpointVariables } from "./module_rights.ts";
import { ownModule } from "./own_module.ts";

const exit = Deno.exit;

/** Whole, and in one go: the module may write there, too. */
function say(message: FromHost): void {
  const line = messageLine(message);
  try {
    for (let at = 0; at < line.length;) at += Deno.stdout.writeSync(line.subarray(at));
  } catch {
    // The parent is gone.
    exit(0);
  }
}

/** Calls as the module makes them. */
async function openCalls(
  { endpoint, timeout_ms, mark }: HostSettings,
): Promise<(message: Exclude<ToHost, HostSettings>) => void> {
  const transports = openTransports("user", { proxyFor: proxiesFrom(Deno.env.toObject()) });
  const env = Object.fromEntries(endpointVariables(endpoint).map((name) => [name, Deno.env.get(name)]));
  const transport = transports.for(endpoint.url);
  const predictor = await ownModule({ endpoint, stream: false, env, transports });
  const underWay = new Map<number, AbortController>();

  async function call(
    { call, prompt, parameters }: Extract<ToHost, { call: number }>,
    { signal }: AbortController,
  ): Promise<void> {
    const done = await Promise.try(() => predictor.begin(prompt, parameters))
      .then((made) => carried(made, transport, { limits: { total_ms: timeout_ms }, signal }))
      .catch((error) => unsent(error, transport));
    underWay.delete(call);
    say({ mark, done: call, carried: done });
  }
  return (message) => {
    if ("cancel" in message) return underWay.get(message.cancel)?.abort();
    const cancelling = new AbortController();
    underWay.set(message.call, cancelling);
    call(message, cancelling);
  };
}

/** Standard output is for messages: what the module says goes the other way. */
function keepOutput(): void {
  for (const name of ["log", "info", "debug"] as const) console[name] = console.error;
}

/** A terminal's Ctrl-C reaches the whole group; this process obeys its parent alone. */
function listenToSignals(): void {
  Deno.addSignalListener("SIGINT", () => {});
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGHUP", () => {});
}

async function main(): Promise<void> {
  keepOutput();
  listenToSignals();
  let calls: Awaited<ReturnType<typeof openCalls>> | null = null;
  for await (const message of messagesOf<ToHost>(Deno.stdin.readable)) {
    if (!("mark" in message)) calls?.(message);
    else {
      const { mark } = message;
      try {
        calls = await openCalls(message);
        say({ mark, ready: true });
      } catch (error) {
        say({ mark, failed: messageOf(error) });
      }
    }
  }
}

if (import.meta.main) {
  await main();
  exit(0);
}
