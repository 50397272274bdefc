/** `deno task test`: format, lint, types (notebooks too) and every test. Ends with a line `N passed, N failed`. */

import { ensureJupyter } from "../lib/pipeline/python.ts";
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

await ensureJupyter("run", console.log);
await check("format", () => run("fmt", "--check", "--quiet"));
await check("lint", () => run("lint", "--quiet"));
await check("types", () => run("check", "--quiet", "lib", "tests"));
await check("types of the notebooks", async () => {
  const faults = await checkNotebooks(await notebooksIn("notebooks"));
  for (const fault of faults) console.log(showNotebookFault(fault));
  return faults.length === 0;
});

console.log("\n# tests");
const tests = new Deno.Command(deno, {
  args: ["test", "-A", "--quiet", "--no-check", "--reporter=dot", "--junit-path=.test-results.xml", "tests/"],
  stdin: "null",
});
const { code } = await tests.spawn().status;
const results = await Deno.readTextFile(".test-results.xml").catch(() => "");
const counts = /<testsuites[^>]*tests="(\d+)"[^>]*failures="(\d+)"[^>]*errors="(\d+)"/.exec(results);
await Deno.remove(".test-results.xml").catch(() => {});
if (counts === null) {
  failed++;
  console.log("FAILED: the test runner left no result");
} else {
  const bad = Number(counts[2]) + Number(counts[3]);
  const skipped = (results.match(/<skipped/g) ?? []).length;
  passed += Number(counts[1]) - bad - skipped;
  failed += code !== 0 && bad === 0 ? 1 : bad;
  if (skipped > 0) console.log(`${skipped} skipped`);
}
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
