/** The controller's side of a fleet: from a plan's shards to worker programs on other machines, and back to journals. */

import { messageOf, UserError } from "../core/mod.ts";
import { record } from "../deploy/mod.ts";
import type { Crew, Post, Start } from "../load/mod.ts";
import type { Storage } from "../storage/mod.ts";
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
import { certifyMembers } from "./member_certificates.ts";
import { remoteEnvironment } from "./remote_variables.ts";
import { remoteProcess } from "./remote_process.ts";
import type { FleetSettings } from "./settings.ts";
import { assignmentOf, shipPrompts, shipShards } from "./shipping.ts";
import { sweep } from "./sweeping.ts";
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
/** Parts that are brought home side by side: each is megabytes in memory. */
const partsAtATime = 8;

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
      shipPrompts(posts, run_dir, storage),
      allArrived({
        engine,
        job,
        members,
        signal: start.signal,
        look_ms: Math.min(look_ms, 1000),
        limit_ms: patience.arrival_ms ?? 600_000,
      }),
    ]);
    if (certify) await certifyMembers(hub, members, this.#log, start.signal);
    await this.#measure(hub, null, null);
    for (const { post, node, clock } of members) {
      if (node === null) continue;
      const round_trip_ms = 2 * (clock.last?.error_ms ?? 0);
      await this.#log.note(post.name, { event: "node", node, round_trip_ms });
    }
    await shipShards(
      members.map(({ post, shard }) => ({ worker: post.name, shard })),
      start.segment,
      storage,
    );
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
          this.#members.map(({ index, node }) => node === null ? null : hub.hungUp(index, 1000)),
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
      assignment: (init) =>
        assignmentOf({ post, init, offset: clock.first, workers: this.#members.length, env: start.env }),
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
    const left = this.#job === null
      ? null
      : await sweep(this.#options.storage, this.#job.segment, this.#members.map(({ post }) => post.name));
    if (left !== null) this.#notice(left);
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
