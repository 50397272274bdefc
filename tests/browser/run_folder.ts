/** What runs leave on disk, read as any other program would read it. */

import { join } from "node:path";

/** The part of a manifest that the scenarios look at. */
export interface Manifest {
  readonly status: string;
  readonly steps: readonly { name: string; status: string; error: string | null }[];
}

/** The run folders of one `general.name`. */
export async function runsOf(results: string, name: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(join(results, name))) {
    if (entry.isDirectory) found.push(join(results, name, entry.name));
  }
  return found.sort();
}

export async function manifestOf(run: string): Promise<Manifest> {
  return JSON.parse(await Deno.readTextFile(join(run, "manifest.json"))) as Manifest;
}

/** The status of one step. */
export async function statusOf(run: string, step: string): Promise<string | undefined> {
  return (await manifestOf(run)).steps.find(({ name }) => name === step)?.status;
}

/** The lines of all journals of a run, headers left out. */
export async function requestsOf(run: string): Promise<{ status?: string }[]> {
  const records: { status?: string }[] = [];
  for await (const { name } of Deno.readDir(join(run, "requests"))) {
    const lines = (await Deno.readTextFile(join(run, "requests", name))).trimEnd().split("\n").slice(1);
    records.push(...lines.map((line) => JSON.parse(line) as { status?: string }));
  }
  return records;
}

/** Waits until a file holds a text; throws after `patience_ms` with what it holds instead. */
export async function waitForText(path: string, text: string, patience_ms = 20_000): Promise<number> {
  const started = performance.now();
  while (performance.now() - started < patience_ms) {
    const content = await Deno.readTextFile(path).catch(() => "");
    if (content.includes(text)) return performance.now() - started;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const content = await Deno.readTextFile(path).catch(() => "(no such file)");
  throw new Error(`${path} does not hold "${text}" after ${patience_ms} ms: ${content.slice(0, 500)}`);
}
