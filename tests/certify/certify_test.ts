import { deepEqual, equal, ok } from "node:assert/strict";
import { certify, type CertifyOptions } from "../../lib/certify/mod.ts";

async function inFolder(options: Partial<CertifyOptions>) {
  const scratch_dir = await Deno.makeTempDir();
  try {
    const certificate = await certify({
      ladder: { streams: [2], rates_rps: [] },
      planned_streams: 2,
      planned_rate_rps: null,
      seconds: 10,
      machine: { cores: 2 },
      scratch_dir,
      ...options,
    });
    deepEqual([...Deno.readDirSync(scratch_dir)], [], "nothing is left behind");
    return certificate;
  } finally {
    await Deno.remove(scratch_dir, { recursive: true });
  }
}

Deno.test("the client is driven through its own workers and held against the endpoint's log", async () => {
  const labels = new Set<string>();
  // (3 s - 0.6 s - 0.54 s) / 0.42 s = 4.4 rounds, one of them warm-up: 4 x 3.4 = 13 requests.
  const certificate = await inFolder({
    ladder: { streams: [4], rates_rps: [] },
    seconds: 3,
    workers: 2,
    onProgress: ({ label }) => labels.add(label),
  });
  equal(certificate.fault, null);
  deepEqual([certificate.workers, certificate.events_per_stream_s, certificate.planned_streams], [2, 50, 2]);
  const [rung] = certificate.rungs;
  equal(rung!.streams, 4);
  equal(rung!.planned, 13);
  equal(rung!.failed, 0);
  ok(rung!.requests >= 1 && rung!.ttft_error!.n === rung!.requests);
  ok(rung!.ttft_error!.p50_ms > 0, "a token can't arrive before it is sent");
  // At least 10 gaps an answer.
  ok(rung!.itl_error!.n >= 10 * rung!.requests);
  ok(rung!.truth_late !== null);
  ok(rung!.cpu_us_per_event! > 0, "what the two workers burnt is known");
  ok([...labels].some((label) => label.includes("certify.jsonl · concurrency 4")), [...labels].join());
});

Deno.test("what there is no time for is void; a user who stops it is not kept waiting", async () => {
  const { rungs, trusted_streams } = await inFolder({ seconds: 0.1 });
  deepEqual([rungs[0]!.verdict, trusted_streams], ["void", null]);
  const stopped = await inFolder({ signal: AbortSignal.abort() });
  ok(stopped.took_s < 5, `${stopped.took_s} s`);
});

Deno.test("a ladder that can't be climbed is a finding, not an accident", async () => {
  const { fault, trusted_streams, rungs } = await inFolder({ ladder: { streams: [0], rates_rps: [] } });
  ok(fault!.includes("concurrency: 0"), fault!);
  deepEqual([trusted_streams, rungs], [null, []]);
});

Deno.test("a rate is driven in open loop, and its sends are held against their due times", async () => {
  // (3 s - 0.6 s) - 0.54 s = 1.86 s: 55.8 arrivals at 30/s, four fifths of them measured.
  const { rungs: [rung], trusted_streams } = await inFolder({
    ladder: { streams: [], rates_rps: [30] },
    seconds: 3,
  });
  deepEqual([rung!.streams, rung!.rate_rps, rung!.planned, rung!.failed], [null, 30, 44, 0]);
  ok(rung!.schedule_error!.n >= 5, "a machine that is busy may not get through all of them");
  equal(trusted_streams, null);
});
