/**
 * The part of Linux's C library that the kernel clock needs, with its numbers and struct layouts (x86_64 and arm64, both
 * little-endian), and the one piece of memory whose addresses it is given.
 */

const symbols = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  connect: { parameters: ["i32", "pointer", "u32"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "pointer", "pointer"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "pointer", "u32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  // These return a count of 64 bits whose lower half says all: no buffer here is larger.
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
  recv: { parameters: ["i32", "pointer", "usize", "i32"], result: "i32" },
  recvmsg: { parameters: ["i32", "pointer", "i32"], result: "i32" },
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "pointer"], result: "i32" },
  epoll_wait: { parameters: ["i32", "pointer", "i32", "i32"], result: "i32" },
  timerfd_create: { parameters: ["i32", "i32"], result: "i32" },
  timerfd_settime: { parameters: ["i32", "i32", "pointer", "pointer"], result: "i32" },
  clock_gettime: { parameters: ["i32", "pointer"], result: "i32" },
  // On a thread of the runtime: the isolate sleeps until it comes back.
  sched_yield: { parameters: [], result: "i32", nonblocking: true },
  getenv: { parameters: ["buffer"], result: "pointer" },
  strerror: { parameters: ["i32"], result: "pointer" },
  __errno_location: { parameters: [], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Numbers of Linux's headers, the same on x86_64 and arm64. */
export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCK_STREAM = 1;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;
export const SOL_SOCKET = 1;
export const SO_ERROR = 4;
/** Also the type of the control message that carries the stamp. */
export const SO_TIMESTAMPNS = 35;
export const IPPROTO_TCP = 6;
export const TCP_NODELAY = 1;
export const MSG_PEEK = 2;
export const MSG_DONTWAIT = 0x40;
export const MSG_NOSIGNAL = 0x4000;
export const EPOLLIN = 1;
export const EPOLLOUT = 4;
export const EPOLL_CTL_ADD = 1;
export const EPOLL_CTL_MOD = 3;
const F_DUPFD = 0;
export const CLOCK_REALTIME = 0;
export const CLOCK_MONOTONIC = 1;
export const EINTR = 4;
export const EAGAIN = 11;
export const EINPROGRESS = 115;

/** `struct epoll_event`: packed on x86_64 alone. */
const packed = Deno.build.arch === "x86_64";
export const eventSize = packed ? 12 : 16;
/** Where in it the caller's own data begin. */
export const eventDataAt = packed ? 4 : 8;
export const mostEvents = 256;

/** Where things lie in the arena. */
const at = {
  events: 0,
  /** `struct msghdr`, 56 bytes. */
  message: 4096,
  /** `struct iovec`, 16 bytes. */
  vector: 4160,
  /** Control messages: `cmsghdr` (16 bytes) and `timespec` (16 bytes); room for a few. */
  control: 4224,
  time: 4480,
  /** An option's value at 0, its length at 8; an epoll_event; a sockaddr; an itimerspec. */
  scratch: 4544,
  received: 8192,
} as const;

const controlSize = 128;
/** Room for what one read returns. */
export const receiveSize = 65_536;

/** libc's functions over an arena of fixed addresses. */
export class Libc {
  readonly call: Deno.DynamicLibrary<typeof symbols>["symbols"];
  readonly #library: Deno.DynamicLibrary<typeof symbols>;
  /**
   * V8 moves small typed arrays, so that a pointer into one goes stale; this buffer is large, so that it stays, and lives
   * as long as the library.
   */
  readonly #arena = new ArrayBuffer(at.received + receiveSize);
  readonly #base = Deno.UnsafePointer.value(Deno.UnsafePointer.of(new Uint8Array(this.#arena)));
  readonly #words = new Uint32Array(this.#arena);
  readonly #errno: Int32Array;
  readonly view = new DataView(this.#arena);
  readonly received = new Uint8Array(this.#arena, at.received, receiveSize);
  readonly events: Deno.PointerValue = this.#pointer(at.events);
  readonly scratch: Deno.PointerValue = this.#pointer(at.scratch);
  readonly scratchAt = at.scratch;
  readonly #scratchLength = this.#pointer(at.scratch + 8);
  readonly #message = this.#pointer(at.message);
  readonly #time = this.#pointer(at.time);

  /** Throws when the library or one of its functions is missing, or ffi is not allowed. */
  constructor() {
    this.#library = Deno.dlopen("libc.so.6", symbols);
    this.call = this.#library.symbols;
    // Deno calls from the isolate's own thread, whose errno stays where it is.
    const errno = this.call.__errno_location();
    this.#errno = new Int32Array(Deno.UnsafePointerView.getArrayBuffer(errno!, 4));
    const { view } = this;
    view.setBigUint64(at.message + 16, this.#base + BigInt(at.vector), true);
    view.setBigUint64(at.message + 24, 1n, true);
    view.setBigUint64(at.message + 32, this.#base + BigInt(at.control), true);
    view.setBigUint64(at.vector, this.#base + BigInt(at.received), true);
    view.setBigUint64(at.vector + 8, BigInt(receiveSize), true);
  }

  /** A variable of the environment as the libraries see it, whatever this process may ask the runtime for. */
  variable(name: string): string | null {
    const value = this.call.getenv(new TextEncoder().encode(`${name}\0`));
    return value === null ? null : Deno.UnsafePointerView.getCString(value);
  }

  get errno(): number {
    return this.#errno[0]!;
  }

  /** A system error's own words. */
  explain(code: number): string {
    return `${new Deno.UnsafePointerView(this.call.strerror(code)!).getCString()} (os error ${code})`;
  }

  /**
   * Makes the process's table of descriptors large enough for so many, where its limit allows. The system doubles the table
   * as it fills, and each time holds up the thread that opens a socket for 10 ms and more.
   */
  reserveDescriptors(fd: number, count: number): void {
    const highest = this.call.fcntl(fd, F_DUPFD, count - 1);
    if (highest >= 0) this.call.close(highest);
  }

  /**
   * Reads what a socket holds into `received`. Returns the number of bytes, 0 at the end of the stream, -1 with `errno`.
   */
  receive(fd: number): number {
    this.#words[(at.message + 40) >> 2] = controlSize;
    return this.call.recvmsg(fd, this.#message, MSG_DONTWAIT);
  }

  /** Whether a socket is open and has nothing to read. */
  silent(fd: number): boolean {
    return this.call.recv(fd, this.scratch, 1n, MSG_PEEK | MSG_DONTWAIT) < 0 && this.errno === EAGAIN;
  }

  /** Wall-clock stamp of the last `receive`, in milliseconds after `base_s`; NaN when the kernel gave none. */
  stamp(base_s: number): number {
    const words = this.#words;
    if (words[(at.message + 40) >> 2]! < 32) return NaN;
    const control = at.control >> 2;
    if (words[control + 3] !== SO_TIMESTAMPNS || words[control + 2] !== SOL_SOCKET) return NaN;
    return (words[control + 4]! - base_s) * 1000 + words[control + 6]! / 1e6;
  }

  /** Reads a clock: milliseconds after `base_s`. */
  time(clock: number, base_s: number): number {
    this.call.clock_gettime(clock, this.#time);
    const words = this.#words;
    return (words[at.time >> 2]! - base_s) * 1000 + words[(at.time >> 2) + 2]! / 1e6;
  }

  setOption(fd: number, level: number, option: number, value: number): number {
    this.view.setInt32(at.scratch, value, true);
    return this.call.setsockopt(fd, level, option, this.scratch, 4);
  }

  /** The error that a connection attempt ended with; 0 = none. */
  pendingError(fd: number): number {
    this.view.setInt32(at.scratch, 0, true);
    this.view.setUint32(at.scratch + 8, 4, true);
    if (this.call.getsockopt(fd, SOL_SOCKET, SO_ERROR, this.scratch, this.#scratchLength) < 0) {
      return this.errno;
    }
    return this.view.getInt32(at.scratch, true);
  }

  /** Registers or changes interest; events bring `id` back. */
  watch(epoll: number, operation: number, fd: number, events: number, id: number): number {
    this.view.setUint32(at.scratch, events, true);
    this.view.setUint32(at.scratch + eventDataAt, id, true);
    this.view.setUint32(at.scratch + eventDataAt + 4, 0, true);
    return this.call.epoll_ctl(epoll, operation, fd, this.scratch);
  }

  close(): void {
    this.#library.close();
  }

  #pointer(offset: number): Deno.PointerObject {
    return Deno.UnsafePointer.create(this.#base + BigInt(offset))!;
  }
}
