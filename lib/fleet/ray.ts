/** Ray runs the copies: one job of its Jobs API for each. */

import { type Clock, systemClock, UserError } from "../core/mod.ts";
import { poll } from "../deploy/mod.ts";
import { inParallel } from "../storage/mod.ts";
import type { FleetEngine, FleetJob } from "./engine.ts";
import { ignoredNames, packageFiles, packageName } from "./ray/package_files.ts";
import { packageZip } from "./ray/package_zip.ts";
import { RayClient, type RayNode } from "./ray/ray_client.ts";
import { rayHeaders, secretsOf } from "./ray/ray_headers.ts";
import { RayRefused } from "./ray/ray_refused.ts";
import { copiesIn, foundIn, isActive, type NamedJob, statesIn } from "./ray/ray_state.ts";
import { checkJob, indexIn, needOf, submissionId, submissionOf, tags } from "./ray/submission.ts";
import { roomOn } from "./room.ts";

export interface RayOptions {
  /** URL of the dashboard. */
  readonly address: string;
  /** `RAY_JOB_HEADERS` and `RAY_AUTH_TOKEN` are looked for in it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Names of files and folders that no package has. @default version control, caches */
  readonly ignore?: readonly string[];
  /** @default the system's */
  readonly clock?: Clock;
  /** For one request. @default 2 minutes: a package is large */
  readonly timeout_ms?: number;
  /** Before a request is sent again that got no answer. @default half a second, then 2 s */
  readonly pauses_ms?: readonly number[];
  /** How long an end may take. @default 30 s: Ray gives a program 3 s before it kills it */
  readonly stop_ms?: number;
}

/** Requests under way at the same time. */
const lanes = 8;

const last_lines = 40;

/** Ray looks at the end of each job once a second; what is forgotten before that is written anew as a failure. */
const settled_ms = 2000;

/** @throws {UserError} if the address or the headers are none */
export function rayEngine(options: RayOptions): FleetEngine {
  const { address, env, ignore = ignoredNames, clock = systemClock, stop_ms = 30_000 } = options;
  const { timeout_ms = 120_000, pauses_ms = [500, 2000] } = options;
  const headers = rayHeaders(env);
  const secrets = secretsOf(headers);
  const ray = new RayClient(address, { headers, secrets, timeout_ms, pauses_ms, clock });

  /** URI of the working directory; it is uploaded where it is not there. */
  async function upload(folder: string): Promise<string> {
    const files = await packageFiles(folder, ignore);
    const name = await packageName(files);
    if (!await ray.hasPackage(name)) await ray.putPackage(name, await packageZip(folder, files));
    return `gcs://${name}`;
  }

  async function submitOne(job: FleetJob, index: number, workdir: string | null): Promise<void> {
    try {
      await ray.submit(submissionOf(job, index, workdir));
    } catch (error) {
      // Sent before, by this program or by one that ended, or its answer was lost.
      const there = error instanceof RayRefused && error.said.includes("already exists")
        ? await ray.job(submissionId(job.name, index))
        : null;
      if (there === null) throw error;
      refuseOther(job, index, there.metadata);
    }
  }

  return {
    name: "ray",
    async check(job) {
      checkJob(job);
      const version = await ray.version();
      const alive = (await ray.nodes()).filter(({ state }) => state === "ALIVE");
      refuseLack(job, alive, `${ray.address} (Ray ${version})`);
      if (job.package_dir !== null) await packageFiles(job.package_dir, ignore);
    },
    async submit(job) {
      checkJob(job);
      const there = new Set<number | null>();
      for (const one of await ray.jobs()) {
        const index = indexIn(job.name, one.submission_id);
        if (index === null) continue;
        refuseOther(job, index, one.metadata);
        there.add(index);
      }
      const missing = Array.from({ length: job.workers }, (_, index) => index).filter((one) =>
        !there.has(one)
      );
      if (missing.length === 0) return;
      const workdir = job.package_dir === null ? null : await upload(job.package_dir);
      await inParallel(missing, lanes, (index) => submitOne(job, index, workdir));
    },
    async states({ name, workers }) {
      return statesIn(await ray.jobs(), name, workers);
    },
    async logs({ name }, index) {
      try {
        const text = (await ray.logs(submissionId(name, index))).trim();
        return text === "" ? null : text.split("\n").slice(-last_lines).join("\n");
      } catch {
        return null;
      }
    },
    async stop({ name }) {
      let left: readonly NamedJob[] = [];
      const ended = new Map<string, number>();
      const gone = await poll(async () => {
        left = copiesIn(await ray.jobs(), name);
        await inParallel(left, lanes, async (job) => {
          const id = job.submission_id;
          // Asked again each time: it may have been too early for it to hear.
          if (isActive(job)) return await ray.stop(id);
          const since = ended.getOrInsert(id, clock.now());
          if (clock.now() - since >= settled_ms) await ray.forget(id);
        });
        return left.length === 0 ? true : null;
      }, { clock, first_ms: 200, most_ms: 1000, limit_ms: stop_ms });
      if (gone === null) throw notGone(ray.address, name, left);
    },
    async list() {
      return foundIn(await ray.jobs());
    },
  };
}

function refuseOther(
  { name, run_id }: FleetJob,
  index: number,
  metadata: Readonly<Record<string, string>> | null,
): void {
  if (metadata?.[tags.run_id] === run_id && metadata[tags.worker] === String(index)) return;
  throw new UserError({
    action: "start the Ray job",
    thing: submissionId(name, index),
    found: "there is one of that name that is not this run's",
    remedy: "Look at it in Ray's dashboard, and delete it there if nobody needs it.",
  });
}

function refuseLack(job: FleetJob, nodes: readonly RayNode[], where: string): void {
  const { workers, per_node } = job;
  const { cpu, memory, custom } = needOf(job.resources);
  const { workers: room, short } = roomOn(
    nodes.map(({ resources_total }) => resources_total),
    { workers, per_node, need: { CPU: cpu, memory, ...custom } },
  );
  if (room >= workers) return;
  throw new UserError({
    action: `start ${workers} workers on the Ray cluster at`,
    thing: where,
    found: `its nodes have room for ${room} when nothing else runs on them: ${short.join("; ")}`,
    remedy: "Lower load.fleet.workers, change load.fleet.resources or per_node, or add nodes.",
  });
}

function notGone(address: string, name: string, left: readonly NamedJob[]): UserError {
  const waiting = left.every(({ status }) => status === "PENDING");
  return new UserError({
    action: `stop ${name} on the Ray cluster at`,
    thing: address,
    found: waiting
      ? `${left.length} of its jobs wait for room, and Ray ends those only when they begin, or after 15 minutes`
      : `${left.length} of its jobs are still there`,
    remedy: "They can't send anything once the controller is gone; stop them again later.",
  });
}
