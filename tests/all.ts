/**
 * `deno task test`: format, lint, types (notebooks too) and every test; with `FMBENCH_TEST_ENGINES=yes` on real engines too.
 * Ends with a line `N passed, N failed`.
 */

import { basename } from "node:path";
import { ensureJupyter } from "../lib/pipeline/python.ts";
import { ensureS3Server } from "./aws/local_s3.ts";
import { startEngines } from "./engines/engines.ts";
import { checkNotebooks, showNotebookFault } from "../lib/pipeline/notebook_check.ts";

const deno = Deno.execPath();
let passed = 0;
let failed = 0;

/** Runs one check of the whole tree and counts it as one. */
async function check(name: string, work: () => Promise<boolean>): Promise<void> {
  console.log(`\n# ${name}`);
  const ok = await work();
  if (ok) passed++;
  else failed++;
  console.log(`${ok ? "ok" : "FAILED"}: ${name}`);
}

async function run(...args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command(deno, { args, stdin: "null" }).spawn().status;
  return success;
}

async function notebooksIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isFile && entry.name.endsWith(".ipynb")) found.push(`${folder}/${entry.name}`);
  }
  return found.sort();
}

const shippedNotebooks =
  async () => [...await notebooksIn("notebooks"), ...await notebooksIn("notebooks/studies")];

/** `deno fmt --check` calls every notebook unformatted (Deno 2.9.6); so copies are formatted and compared. */
async function notebooksAreFormatted(): Promise<boolean> {
  const folder = await Deno.makeTempDir({ prefix: "fmbench-format-" });
  try {
    const files = await shippedNotebooks();
    for (const file of files) await Deno.copyFile(file, `${folder}/${basename(file)}`);
    await run("fmt", "--quiet", "--no-config", "--line-width=110", folder);
    let ok = true;
    for (const file of files) {
      if (await Deno.readTextFile(file) === await Deno.readTextFile(`${folder}/${basename(file)}`)) continue;
      console.log(`${file} is not formatted: deno fmt --line-width=110 ${file}`);
      ok = false;
    }
    return ok;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

await ensureJupyter("run", console.log);
const withoutS3 = await ensureS3Server(console.log);
await check("format", () => run("fmt", "--check", "--quiet"));
await check("format of the notebooks", notebooksAreFormatted);
await check("lint", () => run("lint", "--quiet"));
await check("types", () => run("check", "--quiet", "lib", "tests"));
await check("types of the notebooks", async () => {
  const faults = await checkNotebooks(await shippedNotebooks());
  for (const fault of faults) console.log(showNotebookFault(fault));
  return faults.length === 0;
});

console.log("\n# tests");
const engines = await startEngines(console.log);
const clocked = ["transport", "load", "certify", "simulate", "predict", "engines", "fleet"];
const clockedRun = "tests/end_to_end/fleet_test.ts";
/** Whole runs, in processes of their own. */
const whole = ["end_to_end", "cli_test.ts", "cli_compare_test.ts", "cli_plan_test.ts", "cli_search_test.ts"];

/** What `tests/` has beside what is left out; folders of helpers and data have no test, and are passed over. */
function testsWithout(leftOut: readonly string[]): string[] {
  const no = [...leftOut, "browser", "bench", "testdata"];
  return [...Deno.readDirSync("tests")]
    .filter(({ name, isDirectory }) => !no.includes(name) && (isDirectory || name.endsWith("_test.ts")))
    .map(({ name }) => `tests/${name}`).sort();
}

let skipped = 0;

/** Runs tests in a process of their own and counts them. */
async function runTests(name: string, paths: readonly string[], ignore?: string): Promise<void> {
  const report = `.test-results-${name}.xml`;
  const { code } = await new Deno.Command(deno, {
    args: [
      "test",
      "-A",
      "--quiet",
      "--no-check",
      "--reporter=dot",
      `--junit-path=${report}`,
      ...ignore === undefined ? [] : [`--ignore=${ignore}`],
      ...paths,
    ],
    env: { ...engines.env },
    stdin: "null",
  }).spawn().status;
  const results = await Deno.readTextFile(report).catch(() => "");
  await Deno.remove(report).catch(() => {});
  const counts = /<testsuites[^>]*tests="(\d+)"[^>]*failures="(\d+)"[^>]*errors="(\d+)"/.exec(results);
  if (counts === null) {
    failed++;
    console.log(`FAILED: the runner of the ${name} tests left no result`);
    return;
  }
  const bad = Number(counts[2]) + Number(counts[3]);
  const left = (results.match(/<skipped/g) ?? []).length;
  skipped += left;
  passed += Number(counts[1]) - bad - left;
  failed += code !== 0 && bad === 0 ? 1 : bad;
}

// What looks at the clock has the machine for itself.
await runTests("clocked", [...clocked.map((name) => `tests/${name}`), clockedRun]);
await Promise.all([
  runTests("whole", whole.map((name) => `tests/${name}`), clockedRun),
  runTests("other", testsWithout([...clocked, ...whole])),
]);
await engines[Symbol.asyncDispose]();
if (skipped > 0) console.log(`${skipped} skipped`);
if (withoutS3 !== null) {
  console.log(`SKIPPED: the tests on a local S3 server, which can't be had: ${withoutS3}`);
}
for (const [name, reason] of engines.missing) console.log(`SKIPPED: the tests on a real ${name}: ${reason}`);
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
