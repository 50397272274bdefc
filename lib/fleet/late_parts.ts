/** What workers of a controller that died left in the storage: whole parts that nobody has brought home. */

import { rename } from "node:fs/promises";
import { dirname } from "node:path";
import { type Storage, writeAll } from "../storage/mod.ts";
import { distrust } from "./distrust.ts";
import { FleetLog, readFleetLog } from "./fleet_log.ts";
import { addLags, lagsIn } from "./lag_histogram.ts";
import type { JournalPart } from "./messages.ts";
import { padHeader } from "./padded_header.ts";
import { partPath, partsFolder } from "./part_uploader.ts";
import { sweep } from "./sweeping.ts";
import { headerRoom, homeFiles } from "./worker_home.ts";

const part = /^fleet\/([^/]+)\/([^/]+)\/(requests|vitals)-\d+\.jsonl$/;

/**
 * Brings home what all segments that nobody has settled left there, once and for all: their programs must be gone. Of a worker that was
 * given up, only what came home before counts.
 *
 * @returns how many requests' lines came home that were not there before
 */
export async function settleLateParts(run_dir: string, storage: Storage): Promise<number> {
  const known = await readFleetLog(run_dir);
  const is = (event: "settled" | "lost", segment: string, worker: string) =>
    known.some((line) => line.event === event && line.segment === segment && line.worker === worker);
  const counts = new Map<string, { segment: string; worker: string; numbers: Record<string, number> }>();
  for (const path of await storage.list("fleet")) {
    const [, segment = "", worker = "", kind = ""] = part.exec(path) ?? [];
    if (kind === "" || is("settled", segment, worker)) continue;
    const { numbers } = counts.getOrInsertComputed(
      `${segment} ${worker}`,
      () => ({ segment, worker, numbers: { requests: 0, vitals: 0 } }),
    );
    numbers[kind]!++;
  }
  let brought = 0;
  for (const { segment, worker, numbers } of counts.values()) {
    const files = homeFiles(run_dir, segment, worker);
    const folder = partsFolder(segment, worker);
    let figures = { bytes: 0, lags: {} };
    if (!is("lost", segment, worker)) {
      const before = await linesIn(files.requests);
      figures = await bring(storage, folder, "requests", numbers["requests"]!, files.requests);
      await bring(storage, folder, "vitals", numbers["vitals"]!, files.vitals);
      brought += await linesIn(files.requests) - before;
    }
    const trusted = !known.some((line) =>
      line.event === "skew" && line.segment === segment && line.worker === worker && !line.trusted
    );
    if (!trusted) await distrust(files.requests);
    const log = await FleetLog.open(run_dir, segment);
    await log.note(worker, { event: "settled", parts: numbers["requests"]!, ...figures, trusted });
    await log.close();
    await sweep(storage, segment, [worker]);
  }
  return brought;
}

/** Makes the file at home anew of all parts up to the first that is missing; what its header had got is kept. */
async function bring(
  storage: Storage,
  folder: string,
  kind: JournalPart["kind"],
  count: number,
  path: string,
) {
  const header = kind === "requests" ? await firstLine(path) : null;
  const next = `${path}.tmp`;
  await Deno.mkdir(dirname(path), { recursive: true });
  const file = await Deno.open(next, { write: true, create: true, truncate: true });
  let [bytes, lags] = [0, {}];
  try {
    for (let number = 1; number <= count; number++) {
      const from = partPath(folder, kind, number);
      if (!await storage.exists(from)) break;
      const content = await storage.read(from);
      bytes += content.length;
      lags = addLags([lags, lagsIn(new TextDecoder().decode(content))]);
      if (number > 1 || kind === "vitals") await writeAll(file, content);
      else if (header === null) await writeAll(file, padHeader(content, headerRoom(0)));
      else {
        await writeAll(file, header);
        await writeAll(file, content.subarray(content.indexOf(0x0a)));
      }
    }
    await file.syncData();
  } finally {
    file.close();
  }
  if (bytes > 0) await rename(next, path);
  else await Deno.remove(next);
  return { bytes, lags };
}

async function firstLine(file: string): Promise<Uint8Array | null> {
  const bytes = await read(file);
  const end = bytes.indexOf(0x0a);
  return end < 0 ? null : bytes.subarray(0, end);
}

async function linesIn(file: string): Promise<number> {
  return (await read(file)).reduce((count, byte) => byte === 0x0a ? count + 1 : count, 0);
}

async function read(file: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Uint8Array();
    throw error;
  }
}
