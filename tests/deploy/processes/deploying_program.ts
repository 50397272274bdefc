/** A program of its own that deploys a server and waits to be ended. Argument: the run directory. */

import { scene } from "../scene.ts";
import { localProcess } from "../../../lib/deploy/processes/local_process.ts";
import { commanded, fakeCommand } from "./made_up.ts";

const { context, run } = await scene();
await Deno.remove(run);
await localProcess.deploy(commanded(fakeCommand(), {}, { name: "outliving" }), {
  ...context,
  env: Deno.env.toObject(),
  run_dir: Deno.args[0]!,
});
console.log("deployed");
setInterval(() => {}, 1000);
