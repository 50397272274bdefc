/**
 * The ledger of a run, `models/ledger.jsonl`: what the run created, written so that a crash at any moment leaves enough to
 * find it again. Read and written by its owner only.
 */

import { dirname, join } from "node:path";
import type { Resource } from "./deployer.ts";

export type LedgerEvent = "intent" | "created" | "deleted";

/** One line: a resource, and what became of it. The intent stands there before the resource exists. */
export interface LedgerLine extends Resource {
  /** UTC, ISO 8601. */
  readonly at: string;
  readonly event: LedgerEvent;
}

function ledgerPath(run_dir: string): string {
  return join(run_dir, "models", "ledger.jsonl");
}

/** Appends a line; it is on the disk when this returns. */
export function record(run_dir: string, event: LedgerEvent, resource: Resource): void {
  const { kind, name, id, tags, billing } = resource;
  const at = new Date().toISOString();
  const line: LedgerLine = { at, event, kind, name, id, tags, ...(billing === undefined ? {} : { billing }) };
  const path = ledgerPath(run_dir);
  Deno.mkdirSync(dirname(path), { recursive: true });
  const file = Deno.openSync(path, { read: true, append: true, create: true, mode: 0o600 });
  try {
    const text = (endsInLine(file) ? "" : "\n") + JSON.stringify(line) + "\n";
    const bytes = new TextEncoder().encode(text);
    for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
    file.syncSync();
  } finally {
    file.close();
  }
}

/** False after a line that a crash cut off: what is appended must not become part of it. */
function endsInLine(file: Deno.FsFile): boolean {
  if (file.statSync().size === 0) return true;
  file.seekSync(-1, Deno.SeekMode.End);
  const last = new Uint8Array(1);
  file.readSync(last);
  return last[0] === 0x0a;
}

/** All lines; those that a crash cut off are passed over. A run without a ledger has none. */
export function readLedger(run_dir: string): LedgerLine[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(ledgerPath(run_dir));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  return text.split("\n").map(parseLine).filter((line) => line !== null);
}

function parseLine(text: string): LedgerLine | null {
  try {
    const line = JSON.parse(text) as Partial<LedgerLine> | null;
    if (typeof line?.kind !== "string" || typeof line.name !== "string" || line.event === undefined) {
      return null;
    }
    return { ...line, id: line.id ?? null, tags: line.tags ?? {} } as LedgerLine;
  } catch {
    return null;
  }
}

/** What tells the resources of a run apart. */
export function resourceKey({ kind, name }: Pick<Resource, "kind" | "name">): string {
  return JSON.stringify([kind, name]);
}

/** What was meant to be created and is not known to be deleted, oldest first. */
export function owed(run_dir: string): Resource[] {
  const resources = new Map<string, Resource>();
  for (const { event, at: _at, ...resource } of readLedger(run_dir)) {
    const key = resourceKey(resource);
    if (event === "deleted") resources.delete(key);
    else resources.set(key, resource);
  }
  return [...resources.values()];
}
