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
  const deadline = new Float64Array(data, 8, 1);
  while (true) {
    const orders = Atomics.load(signals, 0);
    const wait = deadline[0]! - (performance.timeOrigin + performance.now());
    if (Number.isNaN(wait)) break;
    if (wait > 0) {
      Atomics.wait(signals, 0, orders, wait);
      continue;
    }
    Atomics.add(signals, 1, 1);
    Atomics.notify(signals, 1);
    Atomics.wait(signals, 0, orders);
  }
  post.close();
};
