/** The controller's side of all conversations with remote workers: one WebSocket each. */

import { UserError } from "../core/mod.ts";
import { Channel, type Wire } from "./channel.ts";
import { type ClockOffset, offsetOf, type RoundTrip } from "./clock_sync.ts";
import type { FromFleet, ToFleet } from "./messages.ts";
import { Seal } from "./seal.ts";

/** How long is waited for what. */
export interface HubLimits {
  /** A worker of which nothing is heard for so long is lost. Longer than `uplinkLimits.silence_ms`, at which it stops by itself. */
  readonly silence_ms: number;
  /** Signs of life go out so often. */
  readonly beat_ms: number;
}

export const hubLimits: HubLimits = { silence_ms: 15_000, beat_ms: 1_000 };

export interface HubOptions {
  /** Where it listens; port 0 = any free one. */
  readonly hostname: string;
  readonly port: number;
  /** Shared with the workers and nobody else. */
  readonly secret: string;
  readonly workers: number;
  /** Controller's monotonic milliseconds. */
  readonly now: () => number;
  readonly limits?: HubLimits;
}

/** What is heard of a worker. */
export interface Listener {
  onMessage(message: Exclude<FromFleet, { answer: number }>): void;
  /** Nothing of it counts any more. Called once at most. */
  onLost(reason: string): void;
}

/** A worker's first words, in clear: which of the workers it is, and a number of its own process. */
interface Greeting {
  readonly worker: number;
  /** Another one with the same index is not the same worker: what was believed dead must not come back. */
  readonly epoch: string;
  readonly connection: string;
}

/** A WebSocket is closed with this code when its worker's place is taken, or lost: it ends. */
export const fencedCode = 4001;

class Post {
  readonly channel: Channel<FromFleet, ToFleet>;
  epoch: string | null = null;
  lost = false;
  left = false;
  socket: WebSocket | null = null;
  listener: Listener | null = null;
  /** Heard before anybody listened. */
  early: Exclude<FromFleet, { answer: number }>[] = [];
  readonly answers = new Map<
    number,
    (answer: { heard_ms: number; answered_ms: number; returned_ms: number }) => void
  >();

  constructor(now: () => number) {
    this.channel = new Channel({
      now,
      onMessage: (message) => {
        if (this.lost) return;
        if ("answer" in message) {
          const { answer, ...times } = message;
          this.answers.get(answer)?.({ ...times, returned_ms: now() });
          this.answers.delete(answer);
        } else if (this.listener === null) this.early.push(message);
        else this.listener.onMessage(message);
      },
    });
  }
}

/** Listens for workers, keeps the conversation with each, and says which are lost. */
export class Hub {
  readonly #options: Required<HubOptions>;
  readonly #posts: readonly Post[];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #end = new AbortController();
  #asked = 0;

  /** @throws {UserError} if it can't listen there */
  constructor(options: HubOptions) {
    this.#options = { limits: hubLimits, ...options };
    const { hostname, port, workers, now, limits } = this.#options;
    this.#posts = Array.from({ length: workers }, () => new Post(now));
    try {
      this.#server = Deno.serve(
        { hostname, port, signal: this.#end.signal, onListen() {} },
        (request) => this.#welcome(request),
      );
    } catch (error) {
      throw new UserError({
        action: "listen for workers at",
        thing: `${hostname}:${port}`,
        found: error instanceof Error ? error.message : String(error),
        remedy: "Set load.fleet.listen to an address of this machine with a free port.",
      }, { cause: error });
    }
    this.#timer = setInterval(() => this.#look(), limits.beat_ms);
  }

  get port(): number {
    return this.#server.addr.port;
  }

  /** Hears a worker from now on, with what it said before. */
  listen(worker: number, listener: Listener): void {
    const post = this.#posts[worker]!;
    post.listener = listener;
    for (const message of post.early.splice(0)) listener.onMessage(message);
  }

  /** Says something to a worker, once it is there. */
  tell(worker: number, message: ToFleet): void {
    this.#posts[worker]!.channel.say(message);
  }

  /** Measures a worker's clock by round trips one after the other. null: it is lost, or does not answer. */
  async clockOf(worker: number, rounds = 12, patience_ms = 5_000): Promise<ClockOffset | null> {
    const { now } = this.#options;
    const post = this.#posts[worker]!;
    const trips: RoundTrip[] = [];
    const until = now() + patience_ms;
    while (trips.length < rounds && !post.lost && now() < until) {
      const asked = ++this.#asked;
      const asked_ms = now();
      const answered = new Promise<RoundTrip | null>((resolve) => {
        const timer = setTimeout(() => resolve(null), Math.max(0, until - asked_ms));
        post.answers.set(asked, (answer) => {
          clearTimeout(timer);
          resolve({ asked_ms, ...answer });
        });
      });
      post.channel.say({ ask: asked });
      const trip = await answered;
      if (trip === null) break;
      trips.push(trip);
    }
    return trips.length === 0 ? null : offsetOf(trips);
  }

  /** Nothing of this worker counts any more, also if it comes back. */
  giveUp(worker: number, reason: string): void {
    const post = this.#posts[worker]!;
    if (post.lost || post.left) return;
    post.lost = true;
    post.socket?.close(fencedCode, "lost");
    post.listener?.onLost(reason);
  }

  /** It has said all that it had to say: its silence means nothing from now on. */
  left(worker: number): void {
    this.#posts[worker]!.left = true;
  }

  /** Resolves when the worker has heard that it may leave and hung up, or is lost; or after so long. */
  async hungUp(worker: number, patience_ms: number): Promise<void> {
    const { now } = this.#options;
    const post = this.#posts[worker]!;
    const until = now() + patience_ms;
    while (post.socket?.readyState !== WebSocket.CLOSED && !post.lost && now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ends all conversations; a worker that does not answer is not waited for. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const { socket } of this.#posts) socket?.close(1000, "over");
    const timer = setTimeout(() => this.#end.abort(), 500);
    await this.#server.shutdown();
    clearTimeout(timer);
  }

  #look(): void {
    const { now, limits } = this.#options;
    for (const [worker, post] of this.#posts.entries()) {
      post.channel.beat();
      if (post.epoch === null || post.lost || post.left) continue;
      const silent_ms = now() - post.channel.heardAt_ms;
      if (silent_ms > limits.silence_ms) {
        this.giveUp(worker, `nothing was heard of it for ${Math.round(silent_ms / 1000)} s`);
      }
    }
  }

  #welcome(request: Request): Response {
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      return new Response("This is the controller of a load; workers speak WebSocket.\n", { status: 426 });
    }
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => {
      const greeting = greetingIn(data, this.#posts.length);
      if (greeting === null) socket.close(1008, "no greeting");
      else this.#converse(socket, greeting);
    };
    return response;
  }

  /** The first frame that is sealed as it should be proves that the worker knows the secret; until then it takes nobody's place. */
  #converse(socket: WebSocket, { worker, epoch, connection }: Greeting): void {
    const post = this.#posts[worker]!;
    const seal = new Seal(this.#options.secret, connection);
    const wire: Wire = {
      put(frame) {
        seal.seal("controller", frame).then((bytes) => {
          if (socket.readyState === WebSocket.OPEN) socket.send(bytes);
        }, () => {});
      },
    };
    let known = false;
    socket.onclose = () => post.channel.detach(wire);
    socket.onmessage = ({ data }) => {
      if (!(data instanceof ArrayBuffer)) return socket.close(1008, "not sealed");
      seal.open("worker", new Uint8Array(data)).then((frame) => {
        if (!known && (post.lost || (post.epoch !== null && post.epoch !== epoch))) {
          return socket.close(fencedCode, "its place is taken");
        }
        if (!known) {
          known = true;
          post.epoch = epoch;
          post.socket = socket;
          post.channel.attach(wire);
        }
        post.channel.take(frame);
      }, () => socket.close(1008, "sealed otherwise"));
    };
  }
}

function greetingIn(data: unknown, workers: number): Greeting | null {
  if (typeof data !== "string") return null;
  try {
    const { worker, epoch, connection } = JSON.parse(data) as Partial<Greeting>;
    const known = Number.isInteger(worker) && worker! >= 0 && worker! < workers &&
      typeof epoch === "string" && epoch !== "" && typeof connection === "string" && connection !== "";
    return known ? { worker: worker!, epoch, connection } : null;
  } catch {
    return null;
  }
}
