/** The controller's side of a fleet: from a plan's shards to worker programs on other machines, and back to journals. */

import { join } from "node:path";
import { Interrupted, machineNanoseconds, messageOf, UserError } from "../core/mod.ts";
import { record } from "../deploy/mod.ts";
import { type Crew, type InitMessage, type Post, promptsFileOf, type Start } from "../load/mod.ts";
import { endpointVariables } from "../predict/mod.ts";
import { inParallel, type Storage } from "../storage/mod.ts";
import { allArrived } from "./arrival.ts";
import { measureClocks } from "./clocks.ts";
import { controllerUrl, type ListenAddress, listenAddress } from "./controller_address.ts";
import { distrust } from "./distrust.ts";
import { type FleetEngine, type FleetJob, fleetJobName } from "./engine.ts";
import { fewAtATime } from "./few_at_a_time.ts";
import { FleetLog } from "./fleet_log.ts";
import { FleetMember } from "./fleet_member.ts";
import { Hub, type HubLimits } from "./hub.ts";
import { jobResource } from "./job_resource.ts";
import type { Assignment } from "./messages.ts";
import { certifyOrder, withNodeTrust } from "./node_certificate.ts";
import { remoteEnvironment } from "./remote_variables.ts";
import { remoteProcess } from "./remote_process.ts";
import type { FleetSettings } from "./settings.ts";
import { WorkerHome } from "./worker_home.ts";

/** How long is waited for what, and how often is looked. */
export interface FleetPatience {
  readonly hub?: HubLimits;
  /** From the submission until all programs have reported: images are pulled, nodes are added. @default 10 minutes */
  readonly arrival_ms?: number;
  /** The engine is asked what it knows of its copies. @default every 2 s */
  readonly look_ms?: number;
}

export interface FleetOptions {
  readonly settings: FleetSettings;
  readonly engine: FleetEngine;
  /** Where the engine itself listens, when it is known: tells the address that workers reach this machine by. */
  readonly engine_address: ListenAddress | null;
  readonly run_id: string;
  readonly run_dir: string;
  /** Of this run alone; all machines see it. */
  readonly storage: Storage;
  /** Of Ray: the folder that every copy gets; null: none. */
  readonly package_dir: string | null;
  /** Whether every machine measures first how far its client can be believed. */
  readonly certify: boolean;
  readonly log: (text: string) => void;
  readonly patience?: FleetPatience;
}

/** What a copy runs where nothing else is said, in the folder of the program. */
export const workerCommand: readonly string[] = [
  "deno",
  "run",
  "--allow-all",
  "--no-prompt",
  "lib/fleet/remote_worker.ts",
];

/** From the order to begin a level to its zero: five times the longest way there and back, and never less than this. */
const leastNotice_ms = 500;
/** All parts of all workers together are a hundred a second at most, and each worker's one a second. */
const parts_per_s = 100;
/** Parts that are brought home side by side: each is megabytes in memory. */
const partsAtATime = 8;
const certificatePatience_ms = 60_000;
const lanes = 16;

/** One start of a load on other machines. `hire` it once, then `close` it whatever happened. */
export class Fleet {
  readonly #options: FleetOptions;
  #hub: Hub | null = null;
  #job: FleetJob | null = null;
  #log: FleetLog | null = null;
  #members: readonly FleetMember[] = [];
  #level: number | null = null;
  #watch: ReturnType<typeof setInterval> | null = null;
  #notice: (text: string) => void = () => {};

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** Starts a program for each post and makes a crew of them. What was begun when it rejects, `close` ends. */
  hire = async (posts: readonly Post[], start: Start): Promise<Crew> => {
    refuseModules(posts);
    this.#notice = start.notice;
    const { settings, engine, run_dir, storage, log, certify, patience = {} } = this.#options;
    const listen = listenAddress(settings.listen);
    this.#log = await FleetLog.open(run_dir, start.segment);
    const secret = crypto.randomUUID() + crypto.randomUUID();
    const hub = this.#hub = new Hub({
      ...listen,
      secret,
      workers: posts.length,
      now: () => performance.now(),
      ...patience.hub === undefined ? {} : { limits: patience.hub },
    });
    const controller = await controllerUrl(settings.advertise, this.#options.engine_address, hub.port);
    const job = this.#jobOf(posts.length, start.segment, { controller, secret });
    await engine.check(job);
    const turn = fewAtATime(partsAtATime);
    const members = this.#members = posts.map((post, index) =>
      new FleetMember(
        index,
        post,
        new WorkerHome({
          run_dir,
          segment: start.segment,
          worker: post.name,
          storage,
          levels: new Set(post.shard.requests.map(({ level }) => level)).size,
          turn,
        }),
      )
    );
    const workers = members.map((member) => this.#processOf(member, hub, start));
    const resource = jobResource(job.name, settings, { segment: start.segment, storage: storage.address });
    record(run_dir, "intent", resource);
    this.#job = job;
    await engine.submit(job);
    record(run_dir, "created", { ...resource, id: job.name });
    log(`submitted ${posts.length} load processes to ${engine.name} as ${job.name}`);
    const look_ms = patience.look_ms ?? 2000;
    await Promise.all([
      this.#shipPrompts(posts),
      allArrived({
        engine,
        job,
        members,
        signal: start.signal,
        look_ms: Math.min(look_ms, 1000),
        limit_ms: patience.arrival_ms ?? 600_000,
      }),
    ]);
    if (certify) await this.#certify(hub, posts, start.signal);
    await this.#measure(hub, null, null);
    for (const { post, node, clock } of members) {
      if (node === null) continue;
      const round_trip_ms = 2 * (clock.last?.error_ms ?? 0);
      await this.#log.note(post.name, { event: "node", node, round_trip_ms });
    }
    await inParallel(members, lanes, (member) => this.#shipShard(member, start.segment));
    const hosts = new Set(members.map(({ node }) => node?.host));
    log(`${members.length} load processes run on ${hosts.size} machines: ${[...hosts].join(", ")}`);
    this.#watch = setInterval(() => void this.#look(job), look_ms);
    const longest_ms = Math.max(...members.map(({ clock }) => 2 * (clock.last?.error_ms ?? 0)));
    return {
      workers,
      notice_ms: Math.max(leastNotice_ms, 5 * longest_ms),
      between: (ended, begins) => this.#measure(hub, ended, begins),
    };
  };

  /** Ends all programs and forgets the job. Nothing of it sends any more when this resolves; what counts of it is at home. */
  async close(): Promise<void> {
    if (this.#watch !== null) clearInterval(this.#watch);
    const { engine, run_dir } = this.#options;
    const hub = this.#hub;
    try {
      if (hub !== null) {
        for (const { index } of this.#members) hub.tell(index, { leave: true });
        await Promise.all(
          this.#members.map(({ index, node }) => node === null ? null : hub.heard(index, 1000)),
        );
      }
      if (this.#job !== null) {
        await engine.stop(this.#job);
        const { settings, storage } = this.#options;
        const { name, segment } = this.#job;
        record(run_dir, "deleted", jobResource(name, settings, { segment, storage: storage.address }));
      }
    } finally {
      await hub?.close();
      await this.#settle();
      await this.#log?.close();
    }
  }

  #jobOf(workers: number, segment: string, told: { controller: string; secret: string }): FleetJob {
    const { settings, run_id, storage, package_dir } = this.#options;
    const { per_node, resources, command, image, namespace } = settings;
    return {
      name: fleetJobName(run_id, segment),
      run_id,
      segment,
      workers,
      per_node,
      resources,
      command: command ?? workerCommand,
      env: { ...remoteEnvironment({ ...told, storage: storage.address }) },
      package_dir,
      image,
      namespace,
    };
  }

  #processOf(member: FleetMember, hub: Hub, start: Start) {
    const { index, post, home, clock } = member;
    return remoteProcess({
      hub,
      worker: index,
      name: post.name,
      assignment: (init) => this.#assignmentOf(member, init, start),
      drift_ms: () => clock.drift_ms,
      onNode: (node) => member.arrive(node),
      onCertificate: (certificate) => member.certify(certificate),
      onPart: (part) => {
        home.take(part).catch((error) =>
          hub.giveUp(index, `its journal can't be brought home: ${messageOf(error)}`)
        );
      },
      onEnd: (lost) => this.#end(member, lost),
    });
  }

  async #end(member: FleetMember, lost: string | null): Promise<void> {
    member.end(lost);
    await member.home.close();
    if (lost === null) return;
    const { post, node } = member;
    const unfinished = await member.unfinished();
    const host = node?.host ?? null;
    const level = this.#level;
    await this.#log?.note(post.name, { event: "lost", host, level, reason: lost, unfinished });
    this.#notice(
      `Worker ${post.name}${host === null ? "" : ` on ${host}`} was lost at ${
        new Date().toISOString()
      }: ${lost}. ` +
        `${unfinished} of its requests have no outcome; the others go on.`,
    );
  }

  #assignmentOf({ post, clock }: FleetMember, init: InitMessage, { env }: Start): Assignment {
    const { segment, origin_at, worker } = init;
    const names = new Set(post.squad.levels.flatMap(({ endpoint }) => endpointVariables(endpoint)));
    const keys = [...names].flatMap((name) => env[name] === undefined ? [] : [[name, env[name]!]]);
    return {
      segment,
      worker,
      shard: shardPath(segment, worker),
      prompts: promptsOf([post]),
      clock: init.clock,
      origin_at,
      origin_ms: Number(BigInt(init.origin_mono_ns) - machineNanoseconds()) / 1e6 + performance.now(),
      offset: clock.first ?? { offset_ms: 0, error_ms: 0, at_ms: 0 },
      env: Object.fromEntries(keys),
      ship_ms: Math.max(1000, this.#members.length * 1000 / parts_per_s),
      progress_ms: progressEvery(this.#members.length),
    };
  }

  async #shipPrompts(posts: readonly Post[]): Promise<void> {
    const { run_dir, storage } = this.#options;
    if (storage.address === run_dir) return;
    await inParallel(promptsOf(posts), lanes, async (name) => {
      await storage.write(promptPath(name), await Deno.readFile(join(run_dir, promptPath(name))));
    });
  }

  async #shipShard({ post, shard }: FleetMember, segment: string): Promise<void> {
    const { header, requests } = shard;
    const lines = [header, ...requests].map((line) => JSON.stringify(line) + "\n").join("");
    await this.#options.storage.write(shardPath(segment, post.name), lines);
  }

  /** Has all machines measured at the same time, as they are going to send; their shards say what came of it. */
  async #certify(hub: Hub, posts: readonly Post[], signal: AbortSignal): Promise<void> {
    const order = certifyOrder(posts.map(({ shard }) => shard));
    if (order.streams === null && order.rate_rps === null) return;
    for (const { index } of this.#members) hub.tell(index, { certify: order });
    const late = AbortSignal.timeout(certificatePatience_ms);
    await Promise.all(this.#members.map(async (member) => {
      const certificate = await unlessAborted(member.certificate, AbortSignal.any([signal, late]));
      if (certificate === null) return;
      const { trusted_streams, trusted_rate_rps, fault } = certificate;
      await this.#log?.note(member.post.name, {
        event: "certificate",
        trusted_streams,
        trusted_rate_rps,
        fault,
      });
      member.shard = withNodeTrust(member.post.shard, certificate);
    }));
    if (signal.aborted) throw new Interrupted("The load was stopped while its machines were certified.");
  }

  /** Measures all clocks between two levels. */
  async #measure(hub: Hub, ended: number | null, begins: number | null): Promise<void> {
    this.#level = begins;
    const there = this.#members.filter(({ lost }) => lost === null);
    const offsets = await measureClocks(hub, there.map(({ index }) => index));
    await Promise.all(there.map(async (member, i) => {
      const offset = offsets[i];
      if (offset === null || offset === undefined) return;
      const { post, clock, home } = member;
      const skew = clock.take(offset, ended, begins);
      await this.#log?.note(post.name, {
        event: "clock",
        after_level: ended,
        before_level: begins,
        ...offset,
      });
      if (skew !== null) {
        await this.#log?.note(post.name, { event: "skew", ...skew });
        if (!skew.trusted) member.trusted = false;
      }
      await home.note(clock.levels);
    }));
  }

  /** A copy that its engine knows to have failed is not waited for. */
  async #look(job: FleetJob): Promise<void> {
    try {
      for (const { index, status, reason } of await this.#options.engine.states(job)) {
        const member = this.#members[index];
        if (status === "failed" && member !== undefined && !member.ended) {
          this.#hub?.giveUp(index, reason ?? `${job.name} reports it failed`);
        }
      }
    } catch {
      // The workers' own signs of life count; an engine that does not answer now may do so later.
    }
  }

  /** Writes down what counts of each, and takes the trust from the rows of those whose clocks went wrong. */
  async #settle(): Promise<void> {
    for (const { post, home, clock, trusted } of this.#members) {
      await home.close();
      await home.note(clock.levels);
      const { parts, bytes, lags } = home;
      if (!trusted && parts > 0) await distrust(home.journal);
      await this.#log?.note(post.name, { event: "settled", parts, bytes, lags, trusted });
    }
  }
}

function refuseModules(posts: readonly Post[]): void {
  const module = posts.find(({ squad }) => squad.module !== null)?.squad.module;
  if (module === undefined || module === null) return;
  throw new UserError({
    action: "send load from other machines with the module",
    thing: module,
    found: "users' own modules are not sent there",
    expected: "a protocol that this program has",
    remedy: "Set load.fleet.engine to local, or leave load.fleet out.",
  });
}

/** Each worker's progress comes five times a second, and that of all workers a thousand times at most. */
export function progressEvery(workers: number): number {
  return Math.max(200, workers);
}

const shardPath = (segment: string, worker: string) => `fleet/${segment}/shards/${worker}.jsonl`;
const promptPath = (name: string) => `data/prompts/${name}`;

function promptsOf(posts: readonly Post[]): string[] {
  return [...new Set(posts.flatMap(({ squad }) => squad.levels.map(promptsFileOf)))];
}

/** null when it is aborted first. */
function unlessAborted<T>(value: Promise<T>, signal: AbortSignal): Promise<T | null> {
  if (signal.aborted) return Promise.resolve(null);
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => resolve(null), { once: true });
    value.then(resolve, reject);
  });
}
