/**
 * Writes `docs/columns.md` from the list of columns, and `configs/schema.json` from the config's schema with the comments of
 * `configs/annotated.yml`: `deno task docs`. A test compares them.
 */

import { configJsonSchema } from "../lib/config/mod.ts";
import { columns } from "../lib/core/mod.ts";

const escape = (text: string) => text.replaceAll("|", "\\|");

/** The text of `docs/columns.md`. */
export function columnsPage(): string {
  const rows = Object.entries(columns).map(([name, { kind, unit, doc }]) =>
    `| \`${name}\` | ${kind} | ${unit} | ${escape(doc)} |`
  );
  return [
    "# Columns of a request record",
    "",
    "One row is one attempt of one request, in `requests/*.jsonl` and `requests.parquet`. Generated from",
    "`lib/core/columns.ts`, the only list there is.",
    "",
    "Journals of more than 256 MiB together make `requests.parquet` a folder with a file for each 256 MiB; `pl.scanParquet` reads",
    "either, and nothing of it before a query asks. Of a run of millions of requests take `pl.scanParquet`, not `analysis.requests`.",
    "",
    "Times are milliseconds from the origin of the row's segment on one monotonic clock, unless the name ends in `_at`",
    "(UTC, ISO 8601). A null means: not known or not applicable. It never means zero.",
    "",
    "| column | kind | unit | meaning |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

/** The text of `configs/schema.json`. */
export async function schemaFile(): Promise<string> {
  const annotated = await Deno.readTextFile(new URL("../configs/annotated.yml", import.meta.url));
  return JSON.stringify(configJsonSchema(annotated), null, 2) + "\n";
}

if (import.meta.main) {
  await Deno.writeTextFile(new URL("./columns.md", import.meta.url), columnsPage());
  await Deno.writeTextFile(new URL("../configs/schema.json", import.meta.url), await schemaFile());
}
