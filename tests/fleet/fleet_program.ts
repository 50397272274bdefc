/** A controller for tests that kill it: sends what is missing of a run directory by a fleet of this machine's processes. */

import { sendByFleet } from "./fleet_load.ts";
import { processEngine } from "./process_engine.ts";

const [run_dir = "", segment = "", folder = ""] = Deno.args;
await sendByFleet({ run_dir, segment, engine: processEngine(folder) });
