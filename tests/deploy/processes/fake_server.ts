/** A server that tests start as a process. Arguments: its port, and how it behaves. */

import process from "node:process";

const [port, manner = "plain"] = Deno.args;

if (manner === "broken") {
  console.error(`loading the model with ${Deno.env.get("HF_TOKEN") ?? "no token"}`);
  console.error("no room for the model");
  Deno.exit(3);
}
if (manner === "family") {
  // A child that forgets where it comes from and does not listen, as engines' workers may.
  const script = "trap '' TERM; while :; do sleep 0.05; done";
  new Deno.Command("sh", { args: ["-c", script], clearEnv: true, stdout: "null", stderr: "null" }).spawn();
}
console.log(JSON.stringify({ args: Deno.args, env: process.env, cwd: Deno.cwd() }));
let asked = 0;
Deno.serve({ hostname: "127.0.0.1", port: Number(port), onListen: () => {} }, () => {
  asked++;
  const ready = manner !== "never" && (manner !== "late" || asked > 2);
  return new Response("", { status: ready ? 200 : 503 });
});
