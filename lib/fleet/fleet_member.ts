/** One worker of a fleet, as the controller knows it. */

import type { Certificate, Plan } from "../core/mod.ts";
import { marksOf, type Post, remainingPlan } from "../load/mod.ts";
import { WorkerClock } from "./clocks.ts";
import type { NodeFacts } from "./messages.ts";
import type { WorkerHome } from "./worker_home.ts";

export class FleetMember {
  readonly index: number;
  readonly post: Post;
  readonly home: WorkerHome;
  readonly clock = new WorkerClock();
  readonly #node = Promise.withResolvers<NodeFacts>();
  readonly #certificate = Promise.withResolvers<Certificate>();
  readonly #over = Promise.withResolvers<void>();
  node: NodeFacts | null = null;
  /** What it is to send, with what is known of its machine. */
  shard: Plan;
  /** Why nothing more of it counts; null while it does. */
  lost: string | null = null;
  /** Nothing more of it is expected, well or not. */
  ended = false;
  /** Whether its clock was right in all levels so far. */
  trusted = true;

  constructor(index: number, post: Post, home: WorkerHome) {
    this.index = index;
    this.post = post;
    this.shard = post.shard;
    this.home = home;
  }

  arrive(node: NodeFacts): void {
    this.node = node;
    this.#node.resolve(node);
  }

  certify(certificate: Certificate): void {
    this.#certificate.resolve(certificate);
  }

  /** It is lost, or has done its work. */
  end(lost: string | null): void {
    this.ended = true;
    this.lost = lost;
    this.#over.resolve();
  }

  /** Resolves when its program has said where it runs, or to null when it is lost before. */
  get arrived(): Promise<NodeFacts | null> {
    return Promise.race([this.#node.promise, this.#over.promise.then(() => null)]);
  }

  /** Resolves when its machine is certified, or to null when it is lost before. */
  get certificate(): Promise<Certificate | null> {
    return Promise.race([this.#certificate.promise, this.#over.promise.then(() => null)]);
  }

  /** Requests of its share that have no outcome by what of it is at home. */
  async unfinished(): Promise<number> {
    return remainingPlan(this.post.shard, await marksOf(this.home.journal)).requests.length;
  }
}
