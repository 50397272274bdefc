/**
 * The embedded endpoint as a program of its own. Started with its options as one JSON argument; prints one JSON line once
 * it can be reached and nothing after that, so that it outlives whoever started it. Ends on SIGTERM or SIGINT.
 *
 *     deno run --no-prompt --allow-net=127.0.0.1 --allow-read=PROMPTS,lib/simulate/deadline_thread.ts \
 *       --allow-write=LOGS lib/simulate/serve.ts '{"profile":"sim-small","prompts_dir":"PROMPTS"}'
 */

import { UserError } from "../core/mod.ts";
import { parseOptions } from "./options.ts";
import { serve, type Simulation } from "./simulation.ts";
import { warmUp } from "./warm_up.ts";

/** The longest that ending may take. */
const grace_ms = 400;

try {
  const options = parseOptions(Deno.args[0]);
  const simulation = await serve(options);
  await warmUp();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => {
      setTimeout(() => Deno.exit(0), grace_ms);
      simulation.close();
    });
  }
  announce(simulation);
  await simulation.ended;
  Deno.exit(0);
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  Deno.exit(error.exitCode);
}

function announce({ url, port }: Simulation): void {
  const line = JSON.stringify({ ready: true, url, port, pid: Deno.pid }) + "\n";
  try {
    Deno.stdout.writeSync(new TextEncoder().encode(line));
  } catch {
    return;
  }
}
