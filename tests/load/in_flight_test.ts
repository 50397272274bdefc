import assert from "node:assert/strict";
import { InFlight } from "../../lib/load/in_flight.ts";

Deno.test("a stop reaches what is under way and what comes after it, and nothing that is over", async () => {
  const stop = new AbortController();
  const inFlight = new InFlight(stop.signal);
  let over: AbortSignal | null = null;
  assert.equal(await inFlight.during((signal) => Promise.resolve(over = signal).then(() => 7)), 7);
  const cancelled = inFlight.during((signal) =>
    new Promise<string>((resolve) => signal.addEventListener("abort", () => resolve("cancelled")))
  );
  stop.abort();
  assert.equal(await cancelled, "cancelled");
  assert.equal(over!.aborted, false);
  assert.equal(await inFlight.during((signal) => Promise.resolve(signal.aborted)), true);
});

Deno.test("what may not begin any more is cancelled before it does", async () => {
  let may = true;
  const inFlight = new InFlight(new AbortController().signal, () => may);
  const aborted = () => inFlight.during((signal) => Promise.resolve(signal.aborted));
  assert.equal(await aborted(), false);
  may = false;
  assert.equal(await aborted(), true);
});
