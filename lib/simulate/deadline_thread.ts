/**
 * The thread behind `deadline_timer.ts`: sleeps on a futex until the deadline in shared memory, then says so. It imports
 * nothing, so that reading this one file is all the permission it needs.
 */

const post = globalThis as unknown as {
  onmessage: ((event: MessageEvent<SharedArrayBuffer>) => void) | null;
  close(): void;
};

post.onmessage = ({ data }) => {
  const signals = new Int32Array(data, 0, 2);
  const times = new Float64Array(data, 8, 2);
  while (true) {
    const orders = Atomics.load(signals, 0);
    const deadline = times[0]!;
    const wait = deadline - (performance.timeOrigin + performance.now());
    if (Number.isNaN(wait)) break;
    if (wait > 0) {
      Atomics.wait(signals, 0, orders, wait);
      continue;
    }
    times[1] = deadline;
    Atomics.add(signals, 1, 1);
    Atomics.notify(signals, 1);
    Atomics.wait(signals, 0, orders);
  }
  post.close();
};
