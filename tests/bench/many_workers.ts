/**
 * From the journals of 100 workers to the finished report, the table of requests built on the way: wall time and greatest resident memory.
 * Marks: 2 GB for 20 million requests, in no more time than 20 times that of a million.
 *
 *     deno run -A tests/bench/many_workers.ts [--one-cell] [requests ...]
 */

import { buildParquet } from "../../lib/analyze/mod.ts";
import { inProject } from "../pipeline/made_up_project.ts";
import { writeBigJournals } from "./big_journals.ts";
import { bigConfig } from "./big_run.ts";
import { measuredReport, peakMegabytes } from "./report_cost.ts";

const oneCell = Deno.args.includes("--one-cell");
const given = Deno.args.filter((arg) => !arg.startsWith("--")).map(Number);
const sizes = given.length > 0 ? given : [1_000_000, 20_000_000];
const workers = 100;
const mark = { megabytes: 2000 };

let worst = 0;
const each: number[] = [];
for (const requests of sizes) {
  // The run's folder goes where there is room for some tens of gigabytes.
  await inProject(async (folder) => {
    let began = performance.now();
    const seconds = () => ((performance.now() - began) / 1000).toFixed(1);
    const run = await writeBigJournals(folder, { requests, workers, oneCell });
    const bytes = [...Deno.readDirSync(run.paths.requests)]
      .reduce((sum, { name }) => sum + Deno.statSync(`${run.paths.requests}/${name}`).size, 0);
    console.log(
      `${requests} requests: ${(bytes / 1e9).toFixed(2)} GB of journals, ${
        (bytes / requests).toFixed(0)
      } bytes a request, written in ${seconds()} s`,
    );
    began = performance.now();
    await buildParquet(run.paths.root);
    const table_s = (performance.now() - began) / 1000;
    console.log(`  table ${table_s.toFixed(1)} s, ${peakMegabytes(Deno.pid).toFixed(0)} MB`);
    const { seconds: report_s, megabytes, parts } = await measuredReport(run, folder);
    console.log(`  report ${report_s.toFixed(1)} s, ${megabytes.toFixed(0)} MB (${parts.join(", ")})`);
    worst = Math.max(worst, megabytes);
    each.push((table_s + report_s) / requests);
  }, { "c.yml": bigConfig });
}
const grows = each.at(-1)! > each[0]!;
if (each.length > 1) {
  console.log(`time a request: ${(each.at(-1)! / each[0]!).toFixed(2)} times that of the first`);
}
if (worst > mark.megabytes) console.log(`outside its mark: ${mark.megabytes} MB`);
Deno.exit(grows || worst > mark.megabytes ? 1 : 0);
