/**
 * Every benchmark in turn, each on the cores that it is made for; or those that are named.
 *
 *     deno task bench [name ...]
 */

interface Bench {
  readonly name: string;
  readonly args?: readonly string[];
  /** Whether the load has the first core for itself; the others deal with cores themselves. */
  readonly pinned?: true;
}

const benches: readonly Bench[] = [
  { name: "arrival_error", args: ["--streams", "200,500,1000", "--runs", "5"] },
  {
    name: "arrival_error",
    args: ["--streams", "2000", "--clients", "kernel", "--runs", "5", "--seconds", "6"],
  },
  { name: "arrival_error", args: ["--streams", "200", "--clients", "kernel", "--runs", "5", "--hog"] },
  { name: "arrival_error", args: ["--streams", "200", "--clients", "kernel,user", "--runs", "5", "--tls"] },
  { name: "schedule_error", pinned: true },
  { name: "arrival_law", pinned: true },
  { name: "concurrency", pinned: true },
  { name: "frozen_endpoint" },
  { name: "endpoint_punctuality" },
  { name: "balancing" },
  { name: "judging" },
  { name: "utilisation", args: ["6", "8", "0.25"] },
  { name: "load_search" },
  { name: "fleet" },
  { name: "plan_error" },
  { name: "million" },
  { name: "many_workers", args: ["1000000", "4000000"] },
  { name: "coverage" },
  { name: "same_run" },
  { name: "latency_studies" },
  { name: "fleet_controller" },
  { name: "tokenisation", args: ["1"] },
  { name: "tokenisation", args: ["100"] },
];

const unknown = Deno.args.filter((wanted) => !benches.some(({ name }) => name === wanted));
if (unknown.length > 0) {
  const names = [...new Set(benches.map(({ name }) => name))];
  console.error(`There is no benchmark ${unknown.join(", ")}; there are ${names.join(", ")}.`);
  Deno.exit(1);
}
const pinning = await new Deno.Command("taskset", { args: ["-c", "0,1", "true"], stderr: "null" }).output()
  .then(({ success }) => success, () => false);
if (!pinning) console.log("taskset or a second core is missing: load and server share their cores");

let failed = 0;
for (const { name, args = [], pinned } of benches) {
  if (Deno.args.length > 0 && !Deno.args.includes(name)) continue;
  console.log(`\n# ${[name, ...args].join(" ")}`);
  const program = [Deno.execPath(), "run", "-A", new URL(`./${name}.ts`, import.meta.url).pathname, ...args];
  const [command, ...rest] = pinned && pinning ? ["taskset", "-c", "0", ...program] : program;
  const { code } = await new Deno.Command(command!, { args: rest }).spawn().status;
  if (code !== 0) failed++;
}
if (failed > 0) console.log(`\n${failed} ended with an error or outside its marks`);
Deno.exit(failed > 0 ? 1 : 0);
