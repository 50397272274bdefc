/** The loop that waits for sockets and deadlines in the kernel. */

import { clearImmediate, setImmediate } from "node:timers";
import { Deadlines } from "./deadlines.ts";
import { NetworkError } from "./connection.ts";
import {
  CLOCK_MONOTONIC,
  CLOCK_REALTIME,
  EINTR,
  EPOLL_CTL_ADD,
  EPOLL_CTL_MOD,
  EPOLLIN,
  EPOLLOUT,
  eventDataAt,
  eventSize,
  type Libc,
  mostEvents,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
} from "./libc.ts";
import { WallOffset } from "./wall_offset.ts";

/** Longest wait for anything; then the isolate's own event loop gets a turn. */
const wait_ms = 1;
/** Longest time without such a turn, however much arrives. */
const slice_ms = 10;
/** Most wake-ups without one, for a clock that does not run. */
const mostWaits = 2000;
/**
 * A turn goes all the way down, to where the runtime asks the system for its own sockets and pipes, after this long: when
 * there is time for it, and in any case.
 */
const deepTurnAfter_ms = { quiet: 5, busy: 10 };
/** A deadline farther off is first waited for by an ordinary timer, if nothing else is going on. */
const nearby_ms = 4;
/** Sockets that can be opened without a pause. */
const descriptors = 4096;
/** The identity of the timer among the sockets. */
const timerId = 0;

/** What a socket wants to hear. */
export interface Watcher {
  onReady(events: number): void;
}

/**
 * Waits in slices: blocked in `epoll_wait` until nothing came for a millisecond, or for ten, then one turn of the
 * isolate's event loop, so that standard input, timers and files live on. A turn is taken at once when something happened
 * that others wait for. Stamps are the kernel's, so none of this can bend them.
 *
 * A turn is a `setImmediate` (1.3 microseconds). While one is due the runtime looks for its own input only every 61st
 * time, so that at the end of a slice the isolate sleeps for a moment: until a foreign call comes back from a thread.
 * Every wait as such a call would be simpler, but each costs 20 to 60 microseconds of CPU, more than an event's whole
 * way through this program.
 */
export class KernelLoop {
  readonly libc: Libc;
  readonly now: () => number;
  readonly #epoll: number;
  readonly #timer: number;
  readonly #deadlines = new Deadlines();
  readonly #watchers = new Map<number, Watcher>();
  readonly #offset: WallOffset;
  /** Subtracted from seconds since 1970, so that milliseconds keep their fractions. */
  readonly #base_s = Math.floor(Date.now() / 1000) - 86_400;
  #lastId = timerId;
  #busy = 0;
  #scheduled: ReturnType<typeof setImmediate> | undefined;
  /** In a slice or a deep turn. */
  #waking = false;
  #deep_ms = 0;
  #distant: ReturnType<typeof setTimeout> | undefined;
  #armed_ms = Infinity;
  #turn = false;
  /** The last wait brought nothing. */
  #quiet = false;
  #observed_ms = 0;
  #closed = false;

  constructor(libc: Libc, now: () => number) {
    this.libc = libc;
    this.now = now;
    this.#offset = new WallOffset({ wall: () => libc.time(CLOCK_REALTIME, this.#base_s), mono: now });
    this.#epoll = this.check(libc.call.epoll_create1(SOCK_CLOEXEC));
    libc.reserveDescriptors(this.#epoll, descriptors);
    this.#timer = this.check(libc.call.timerfd_create(CLOCK_MONOTONIC, SOCK_NONBLOCK | SOCK_CLOEXEC));
    this.check(libc.watch(this.#epoll, EPOLL_CTL_ADD, this.#timer, EPOLLIN, timerId));
  }

  /** Passes the result of a system call on; throws NetworkError when it failed. */
  check(result: number): number {
    if (result < 0) throw new NetworkError(this.libc.explain(this.libc.errno));
    return result;
  }

  /** Watches a socket until it is closed. Returns its identity here. */
  watch(fd: number, writing: boolean, watcher: Watcher): number {
    const id = ++this.#lastId >>> 0;
    this.check(this.libc.watch(this.#epoll, EPOLL_CTL_ADD, fd, interest(writing), id));
    this.#watchers.set(id, watcher);
    return id;
  }

  /** Changes who hears, or whether room for writing is of interest. */
  rewatch(fd: number, id: number, writing: boolean, watcher: Watcher): void {
    this.check(this.libc.watch(this.#epoll, EPOLL_CTL_MOD, fd, interest(writing), id));
    this.#watchers.set(id, watcher);
  }

  /** A socket was closed. */
  forget(id: number): void {
    this.#watchers.delete(id);
    this.#release();
  }

  /** Something is under way: the loop runs until as many calls of `idle` as of `busy` were made. */
  busy(): void {
    this.#busy++;
    this.#schedule();
  }

  idle(): void {
    this.#busy--;
  }

  /** Somebody waits for what just happened: the isolate's event loop gets its turn after this wake-up. */
  turn(): void {
    this.#turn = true;
  }

  /** The time when the bytes of the last `receive` arrived, `from_ms` or later. */
  arrival(from_ms: number): number {
    return this.#offset.convert(this.libc.stamp(this.#base_s), from_ms, this.#observed_ms);
  }

  sleepUntil(at_ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = () => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.#deadlines.add(at_ms, () => {
        signal?.removeEventListener("abort", abort);
        resolve();
      });
      signal?.addEventListener("abort", abort, { once: true });
      this.#schedule();
    });
  }

  /** Ends the loop; the library goes with the last socket. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#distant);
    clearImmediate(this.#scheduled);
    this.libc.call.close(this.#timer);
    this.libc.call.close(this.#epoll);
    this.#release();
  }

  #release(): void {
    if (this.#closed && !this.#waking && this.#watchers.size === 0) this.libc.close();
  }

  /** Goes on while there is anything to wait for. */
  #schedule(): void {
    if (this.#scheduled !== undefined || this.#waking || this.#closed) return;
    const left = this.#deadlines.next_ms - this.now();
    if (this.#busy > 0 || left < nearby_ms) {
      const shallow_ms = this.#quiet ? deepTurnAfter_ms.quiet : deepTurnAfter_ms.busy;
      if (performance.now() - this.#deep_ms < shallow_ms) this.#scheduled = setImmediate(this.#slice);
      else this.#deepTurn();
    } else if (left < Infinity) {
      clearTimeout(this.#distant);
      this.#distant = setTimeout(() => this.#schedule(), Math.min(left - nearby_ms / 2, 1e9));
    }
  }

  #deepTurn(): void {
    this.#waking = true;
    this.libc.call.sched_yield().then(() => {
      this.#deep_ms = performance.now();
      this.#slice();
    });
  }

  readonly #slice = (): void => {
    this.#scheduled = undefined;
    this.#turn = false;
    const until = this.now() + slice_ms;
    let left = mostWaits;
    this.#waking = true;
    try {
      if (!this.#closed) {
        do this.#wait(); while (
          !this.#turn && !this.#quiet && this.#busy > 0 && !this.#closed && this.#observed_ms < until &&
          --left > 0
        );
      }
    } finally {
      this.#waking = false;
      this.#release();
    }
    this.#schedule();
  };

  /** One wake-up and all it brings. */
  #wait(): void {
    this.#arm();
    const { view, events, call } = this.libc;
    const count = call.epoll_wait(this.#epoll, events, mostEvents, wait_ms);
    if (count < 0 && this.libc.errno !== EINTR) this.check(count);
    this.#quiet = count <= 0;
    this.#observed_ms = this.#offset.observe();
    for (let i = 0; i < count && !this.#closed; i++) {
      const at = i * eventSize;
      const id = view.getUint32(at + eventDataAt, true);
      if (id !== timerId) this.#watchers.get(id)?.onReady(view.getUint32(at, true));
    }
    if (this.#deadlines.next_ms < Infinity && this.#deadlines.wakeUntil(this.now())) this.#turn = true;
  }

  /** Sets the timer to the next deadline. What has fired is silent until it is set again. */
  #arm(): void {
    const next_ms = this.#deadlines.next_ms;
    if (next_ms === this.#armed_ms) return;
    this.#armed_ms = next_ms;
    const { view, scratch, scratchAt, call } = this.libc;
    const left_ns = next_ms === Infinity ? 0 : Math.max(1, Math.round((next_ms - this.now()) * 1e6));
    view.setBigInt64(scratchAt, 0n, true);
    view.setBigInt64(scratchAt + 8, 0n, true);
    view.setBigInt64(scratchAt + 16, BigInt(Math.floor(left_ns / 1e9)), true);
    view.setBigInt64(scratchAt + 24, BigInt(left_ns % 1e9), true);
    call.timerfd_settime(this.#timer, 0, scratch, null);
  }
}

function interest(writing: boolean): number {
  return writing ? EPOLLIN | EPOLLOUT : EPOLLIN;
}
