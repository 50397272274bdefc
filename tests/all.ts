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

/** `deno fmt --check` calls every notebook unformatted (Deno 2.9.6); so copies are formatted and compared. */
async function notebooksAreFormatted(): Promise<boolean> {
  const folder = await Deno.makeTempDir({ prefix: "fmbench-format-" });
  try {
    const files = await notebooksIn("notebooks");
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
  const faults = await checkNotebooks(await notebooksIn("notebooks"));
  for (const fault of faults) console.log(showNotebookFault(fault));
  return faults.length === 0;
});

console.log("\n# tests");
const engines = await startEngines(console.log);
const tests = new Deno.Command(deno, {
  args: ["test", "-A", "--quiet", "--no-check", "--reporter=dot", "--junit-path=.test-results.xml", "tests/"],
  env: { ...engines.env },
  stdin: "null",
});
const { code } = await tests.spawn().status;
await engines[Symbol.asyncDispose]();
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
  if (withoutS3 !== null) {
    console.log(`SKIPPED: the tests on a local S3 server, which can't be had: ${withoutS3}`);
  }
  for (const [name, reason] of engines.missing) {
    console.log(`SKIPPED: the tests on a real ${name}: ${reason}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
