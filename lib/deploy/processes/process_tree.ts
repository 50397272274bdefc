/**
 * A server that a run started, with all that it starts in turn. It is known again by what it was started with: a mark in its
 * environment, which its children inherit, or the moment at which its first process began. A process id alone proves nothing: the
 * system gives it to somebody else once its owner is gone.
 */

import { type Clock, systemClock, UserError } from "../../core/mod.ts";
import { listProcesses, type ProcessEntry } from "./process_table.ts";

/** What the variable `markVariable` of their environment says, as JSON. */
export interface Mark {
  readonly nonce: string;
  /** The resource's name in the ledger of its run. */
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** What is known of a tree. */
export interface TreeMark {
  readonly nonce: string;
  /** Its first process, which leads a session of its own; null: it is not known whether there ever was one. */
  readonly first: { readonly pid: number; readonly started: string } | null;
}

/** Trees that there are, by nonce. */
export interface MarkedTree {
  readonly mark: Mark;
  /** The oldest id first. */
  readonly processes: readonly ProcessEntry[];
}

/**
 * All processes of a tree, also those whose parents are gone and those that overwrote their environment, as Python's `setproctitle`
 * does: they are in the session of one that is ours beyond doubt.
 */
export async function processesOf(mark: TreeMark): Promise<number[]> {
  return await membersOf(mark, new Set());
}

/** @param sessions that are known to be the tree's; those that are found to be are added: they stay so when their leader is gone */
async function membersOf({ nonce, first }: TreeMark, sessions: Set<number>): Promise<number[]> {
  const all = await listProcesses();
  const ours = new Set<number>();
  for (const entry of all) {
    const isFirst = entry.pid === first?.pid && entry.started === first.started;
    if (!isFirst && markOf(entry)?.nonce !== nonce) continue;
    ours.add(entry.pid);
    // A session that somebody else leads has others in it.
    if (entry.session === entry.pid || entry.session === first?.pid) sessions.add(entry.session);
  }
  for (const { pid, session } of all) if (sessions.has(session)) ours.add(pid);
  // While one of its members is there, the system gives a session's id to nobody else; no longer.
  for (const id of sessions) if (!all.some(({ session }) => session === id)) sessions.delete(id);
  return [...ours].sort((a, b) => a - b);
}

/** Every tree with a mark, whoever started it; empty where environments can't be read. */
export async function markedTrees(): Promise<MarkedTree[]> {
  const trees = new Map<string, { mark: Mark; processes: ProcessEntry[] }>();
  for (const entry of (await listProcesses()).sort((a, b) => a.pid - b.pid)) {
    const mark = markOf(entry);
    if (mark === null) continue;
    trees.getOrInsertComputed(mark.nonce, () => ({ mark, processes: [] })).processes.push(entry);
  }
  return [...trees.values()];
}

/** When a process began; null when there is none of that id. */
export async function startOf(pid: number): Promise<string | null> {
  return (await listProcesses()).find((entry) => entry.pid === pid)?.started ?? null;
}

/**
 * Ends all of it: SIGTERM to each process, `grace_ms` of patience, SIGKILL, until none is left.
 *
 * @returns whether there was any
 * @throws {UserError} if one stays
 */
export async function endTree(
  mark: TreeMark,
  grace_ms: number,
  clock: Clock = systemClock,
): Promise<boolean> {
  const sessions = new Set<number>();
  let left = await membersOf(mark, sessions);
  if (left.length === 0) return false;
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const told = new Set<number>();
    const deadline = clock.now() + grace_ms;
    do {
      // Those that it started meanwhile are told too.
      for (const pid of left.filter((pid) => !told.has(pid))) {
        send(pid, signal);
        told.add(pid);
      }
      await clock.sleepUntil(clock.now() + poll_ms);
      left = await membersOf(mark, sessions);
      if (left.length === 0) return true;
    } while (clock.now() < deadline);
  }
  throw new UserError({
    action: "end the processes",
    thing: left.join(", "),
    found: "they survived SIGKILL",
  });
}

const poll_ms = 50;

function send(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function markOf({ mark: text }: ProcessEntry): Mark | null {
  try {
    const mark = JSON.parse(text ?? "null") as Partial<Mark> | null;
    if (typeof mark?.nonce !== "string" || typeof mark.name !== "string") return null;
    return { nonce: mark.nonce, name: mark.name, tags: mark.tags ?? {} };
  } catch {
    return null;
  }
}
