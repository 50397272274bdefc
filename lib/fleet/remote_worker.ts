/**
 * The program that an engine runs on another machine: talks with the controller, keeps this machine's clock comparable, runs the worker
 * program beside it, and ships its journal. What it needs comes by environment: see `remoteVariables`.
 */

import { hostname, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { type Certificate, machineNanoseconds, messageOf, redact, urlsOf, version } from "../core/mod.ts";
import { localNotice_ms, readPlan, spawnWorker, type ToWorker, type WorkerProcess } from "../load/mod.ts";
import { reachableHosts } from "../predict/mod.ts";
import type { Storage } from "../storage/mod.ts";
import type { Assignment, CertifyOrder, JournalPart, ToFleet } from "./messages.ts";
import { ProgressDigest } from "./progress_digest.ts";
import { partsFolder, PartUploader } from "./part_uploader.ts";
import { openFleetStorage } from "./fleet_storage.ts";
import { remoteVariables } from "./remote_variables.ts";
import { Uplink, type UplinkLimits } from "./uplink.ts";
import { homeFiles } from "./worker_home.ts";

/** Vital signs are shipped so many times less often than journals. */
const vitalsAmong = 10;
/** A process is told so often how long it may send. */
const grant_ms = 1_000;

export interface RemoteWorkerOptions {
  /** The worker's own folder on this machine. */
  readonly folder: string;
  readonly storage: Storage;
  readonly controller: string;
  readonly secret: string;
  readonly worker: number;
  /** This machine's clock, in nanoseconds. @default the machine's */
  readonly clock?: () => bigint;
  /** Starts the program that sends. @default spawnWorker */
  readonly spawn?: typeof spawnWorker;
  readonly limits?: UplinkLimits;
}

/** One worker's time on this machine. */
export class RemoteWorker {
  readonly #options: RemoteWorkerOptions;
  readonly #clock: () => bigint;
  readonly #base_ns: bigint;
  readonly #link: Uplink;
  readonly #over = Promise.withResolvers<number>();
  #process: WorkerProcess | null = null;
  /** The zero of all stamps on this machine's clock. */
  #zero_ms = 0;
  /** What the process is told as soon as there is one. */
  #early: ToWorker[] = [];

  constructor(options: RemoteWorkerOptions) {
    this.#options = options;
    const { controller, secret, worker, clock = machineNanoseconds, limits } = options;
    this.#clock = clock;
    this.#base_ns = clock();
    this.#link = new Uplink({
      url: controller,
      secret,
      worker,
      now: () => this.#now(),
      onMessage: (message) => this.#take(message),
      onEnd: (reason) => {
        console.error(reason);
        this.#process?.kill();
        this.#over.resolve(1);
      },
      ...limits === undefined ? {} : { limits },
    });
    this.#link.say({
      node: {
        host: hostname(),
        cores: navigator.hardwareConcurrency,
        memory_gib: Math.round(totalmem() / 2 ** 30),
        deno: Deno.version.deno,
        version,
      },
    });
  }

  /** Resolves to the exit code, when it is all over. */
  get over(): Promise<number> {
    return this.#over.promise;
  }

  /** This machine's clock. */
  #now(): number {
    return Number(this.#clock() - this.#base_ns) / 1e6;
  }

  #take(message: ToFleet): void {
    const complain = (error: unknown) =>
      this.#link.say({ ended: { code: 1, complaint: redact(messageOf(error)) } });
    if ("ask" in message) {
      const heard_ms = this.#now();
      this.#link.say({ answer: message.ask, heard_ms, answered_ms: this.#now() });
    } else if ("tell" in message) this.#tell(message.tell);
    else if ("certify" in message) this.#certify(message.certify).catch(complain);
    else if ("assignment" in message) this.#work(message.assignment).catch(complain);
    else void this.#leave();
  }

  #tell(message: ToWorker): void {
    const process = this.#process;
    if (process === null) this.#early.push(message);
    else if ("start" in message && message.begin_ms !== undefined) {
      // Told as late as on one machine: in closed loop a level begins when it is told.
      const wait_ms = message.begin_ms - localNotice_ms - (this.#now() - this.#zero_ms);
      setTimeout(() => process.tell(message), Math.max(0, wait_ms));
    } else process.tell(message);
  }

  async #leave(): Promise<void> {
    this.#process?.kill();
    await this.#link.close();
    this.#over.resolve(0);
  }

  async #certify(order: CertifyOrder): Promise<void> {
    const program = new URL("./certify_program.ts", import.meta.url).href;
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--allow-all", program, JSON.stringify(order), this.#options.folder],
      stdin: "null",
    }).output();
    if (!success) throw new Error(`the certification failed: ${new TextDecoder().decode(stderr).trim()}`);
    this.#link.say({ certificate: JSON.parse(new TextDecoder().decode(stdout)) as Certificate });
  }

  async #work(assignment: Assignment): Promise<void> {
    const { segment, worker, prompts, clock, origin_at, origin_ms, offset, ship_ms } = assignment;
    const { folder, spawn = spawnWorker } = this.#options;
    const env = { ...Deno.env.toObject(), ...assignment.env };
    const shard_path = join(folder, "shards", `${segment}-${worker}.jsonl`);
    await this.#bring(assignment.shard, shard_path);
    for (const name of prompts) {
      await this.#bring(`data/prompts/${name}`, join(folder, "data", "prompts", name));
    }
    const { header, requests } = await readPlan(shard_path);
    const sent = new Set(requests.map(({ level }) => level));
    const levels = header.levels.filter(({ level }) => sent.has(level));
    const hosts = await reachableHosts(levels.flatMap(({ endpoint }) => urlsOf(endpoint)), env);
    const process = spawn({ name: worker, run_dir: folder, levels, hosts, clock, env });
    const { requests: journal_path, vitals: vitals_path } = homeFiles(folder, segment, worker);
    const shippers = this.#shippers(segment, worker, { journal_path, vitals_path });
    const zero_ms = this.#zero_ms = origin_ms + offset.offset_ms;
    const grant = () => process.tell({ until_ms: this.#link.believed_until_ms - zero_ms });
    for (const message of this.#early.splice(0)) process.tell(message);
    grant();
    this.#process = process;
    process.tell({
      init: true,
      shard_path,
      journal_path,
      vitals_path,
      clock,
      payload_dir: join(folder, "data", "prompts"),
      origin_mono_ns: String(this.#base_ns + BigInt(Math.round(zero_ms * 1e6))),
      origin_at,
      segment,
      worker,
      gated: true,
    });
    // What the storage does not take now it may take a second later; the last time counts.
    const ship = (shipper: PartUploader) => shipper.ship().catch((error) => console.error(messageOf(error)));
    const timers = [
      setInterval(grant, grant_ms),
      setInterval(() => ship(shippers.requests), ship_ms),
      setInterval(() => ship(shippers.vitals), ship_ms * vitalsAmong),
    ];
    const digest = new ProgressDigest(assignment.progress_ms, (said) => this.#link.say({ said }));
    for await (const said of process.messages) digest.take(said);
    digest.flush();
    const ended = await process.ended;
    timers.forEach(clearInterval);
    await Promise.all([shippers.requests.ship(), shippers.vitals.ship()]);
    this.#link.say({ ended });
  }

  #shippers(segment: string, worker: string, files: { journal_path: string; vitals_path: string }) {
    const { storage } = this.#options;
    const common = {
      storage,
      folder: partsFolder(segment, worker),
      onPart: (part: JournalPart) => this.#link.say({ part }),
    };
    return {
      requests: new PartUploader({ ...common, kind: "requests", file: files.journal_path }),
      vitals: new PartUploader({ ...common, kind: "vitals", file: files.vitals_path }),
    };
  }

  async #bring(path: string, file: string): Promise<void> {
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeFile(file, await this.#options.storage.read(path));
  }
}

/** Serves a controller until it needs this worker no more. Resolves to the exit code of this program. */
export async function serveController(
  changes: Pick<RemoteWorkerOptions, "clock" | "spawn" | "limits"> = {},
): Promise<number> {
  const { controller, secret, worker, storage } = remoteVariables((name) => Deno.env.get(name));
  Deno.env.delete("FMBENCH_SECRET");
  const folder = await Deno.makeTempDir({ prefix: "fmbench-worker-" });
  const ended = Promise.withResolvers<number>();
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", () => ended.resolve(143));
  try {
    const opened = await openFleetStorage(storage);
    const remote = new RemoteWorker({ folder, storage: opened, controller, secret, worker, ...changes });
    return await Promise.race([remote.over, ended.promise]);
  } finally {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
}

if (import.meta.main) {
  try {
    Deno.exit(await serveController());
  } catch (error) {
    console.error(redact(messageOf(error)));
    Deno.exit(1);
  }
}
