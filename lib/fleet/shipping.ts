/** What a worker needs of the run, on its way through the storage. */

import { join } from "node:path";
import { machineNanoseconds, type Plan } from "../core/mod.ts";
import { type InitMessage, type Post, promptsFileOf, type Start } from "../load/mod.ts";
import { endpointVariables } from "../predict/mod.ts";
import { inParallel, type Storage } from "../storage/mod.ts";
import type { ClockOffset } from "./clock_sync.ts";
import type { Assignment } from "./messages.ts";

const lanes = 16;
/** All parts of all workers together are a hundred a second at most, and each worker's one a second. */
const parts_per_s = 100;

/** Where a worker's shard lies in the storage. */
export const shardPath = (segment: string, worker: string) => `fleet/${segment}/shards/${worker}.jsonl`;
const promptPath = (name: string) => `data/prompts/${name}`;

/** Brings the prompts of all posts into the storage, unless they lie there anyway. */
export async function shipPrompts(posts: readonly Post[], run_dir: string, storage: Storage): Promise<void> {
  if (storage.address === run_dir) return;
  await inParallel(promptsOf(posts), lanes, async (name) => {
    await storage.write(promptPath(name), await Deno.readFile(join(run_dir, promptPath(name))));
  });
}

/** Brings the shards there, each under its worker's name. */
export async function shipShards(
  shards: readonly { readonly worker: string; readonly shard: Plan }[],
  segment: string,
  storage: Storage,
): Promise<void> {
  await inParallel(shards, lanes, async ({ worker, shard: { header, requests } }) => {
    const lines = [header, ...requests].map((line) => JSON.stringify(line) + "\n");
    await storage.write(shardPath(segment, worker), lines.join(""));
  });
}

/**
 * What a worker is told in place of the order that a process of this machine gets.
 *
 * @param offset of its clock, where its zero is set
 * @param workers of the fleet: the more, the less often each reports
 */
export function assignmentOf(
  { post, init, offset, workers, env }: {
    readonly post: Post;
    readonly init: InitMessage;
    readonly offset: ClockOffset | null;
    readonly workers: number;
    readonly env: Start["env"];
  },
): Assignment {
  const { segment, origin_at, origin_mono_ns, worker, clock } = init;
  const names = new Set(post.squad.levels.flatMap(({ endpoint }) => endpointVariables(endpoint)));
  return {
    segment,
    worker,
    shard: shardPath(segment, worker),
    prompts: promptsOf([post]),
    clock,
    origin_at,
    origin_ms: Number(BigInt(origin_mono_ns) - machineNanoseconds()) / 1e6 + performance.now(),
    offset: offset ?? { offset_ms: 0, error_ms: 0, at_ms: 0 },
    env: Object.fromEntries([...names].flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    })),
    ship_ms: Math.max(1000, workers * 1000 / parts_per_s),
    progress_ms: progressEvery(workers),
  };
}

/** Each worker's progress comes five times a second, and that of all workers a thousand times at most. */
export function progressEvery(workers: number): number {
  return Math.max(200, workers);
}

function promptsOf(posts: readonly Post[]): string[] {
  return [...new Set(posts.flatMap(({ squad }) => squad.levels.map(promptsFileOf)))];
}
