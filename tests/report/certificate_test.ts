import assert from "node:assert/strict";
import { certificate, clientLoad } from "../../lib/report/mod.ts";
import { certificateOf, error, openRung, rung } from "../certify/rungs.ts";

const lines = (text: string) => text.split("\n").filter((line) => line !== "");

Deno.test("certificate() says up to which load the client is trusted, and what its error was", () => {
  const [sentence, head, , first, second] = lines(certificate(certificateOf([
    rung(16, { ttft_error: error(0.2, null, 3) }),
    rung(64, { ttft_error: error(1.5, 2) }),
  ])));
  assert.equal(
    sentence,
    "**The client's own error** on this machine: trusted up to **16 streams of 50 events a second**. " +
      "With 64 streams: untrusted, TTFT is off by 1.5 ms at p50.",
  );
  const cells = (line: string) => line.split("|").slice(1, -1).map((cell) => cell.trim());
  assert.deepEqual(cells(head!), [
    "Load",
    "n",
    "TTFT error p50 (ms)",
    "p99",
    "ITL error p50 (ms)",
    "p99",
    "CPU per event (µs)",
    "Loop lag p99 (ms)",
    "Endpoint late p99 (ms)",
    "Verdict",
  ]);
  assert.deepEqual(cells(first!), [
    "16 streams",
    "200",
    "0.2",
    "(3)",
    "0.05",
    "1.5",
    "40",
    "2.1",
    "0.4",
    "trusted",
  ]);
  assert.deepEqual(cells(second!), [
    "64 streams",
    "200",
    "1.5",
    "2",
    "0.05",
    "1.5",
    "40",
    "2.1",
    "0.4",
    "untrusted",
  ]);
});

Deno.test("certificate() says that the limit lies higher, or that the plan goes beyond it", () => {
  assert.match(certificate(certificateOf([rung(16), rung(64)])), /trusted up to at least \*\*64 streams/);
  const beyond = certificateOf([rung(16), rung(64, { failed: 1 })], { planned_streams: 64 });
  assert.match(certificate(beyond), /The plan holds up to 64: requests beyond that are marked untrusted\./);
});

Deno.test("certificate() says when nothing is trusted, and when and why it is void", () => {
  const [failing] = lines(certificate(certificateOf([rung(16, { ttft_error: error(5, 50) })])));
  assert.match(
    failing!,
    /: \*\*not trusted\*\* with streams of 50 events a second\. With 16 streams: untrusted, TTFT /,
  );
  const [late] = lines(certificate(certificateOf([rung(16, { truth_late: error(0.5, 3) })])));
  assert.match(
    late!,
    /: void\. .*no request is marked\. With 16 streams: void, the endpoint itself was late by 3 ms at p99/,
  );
});

Deno.test("certificate() without a measurement says so, with what stood in the way", () => {
  assert.match(certificate(null), /was not measured: `certify: no`/);
  const broken = certificateOf([], { fault: "Cannot start <it>" });
  assert.equal(
    certificate(broken),
    "**The client's own error** on this machine could not be measured: Cannot start &lt;it&gt;",
  );
});

Deno.test("certificate() shows the schedule error where there was a schedule", () => {
  assert.ok(!certificate(certificateOf([rung(16)])).includes("Schedule"));
  assert.match(certificate(certificateOf([rung(16, { schedule_error: error(0.1, 1.25) })])), /\| +1\.25 \|/);
});

Deno.test("clientLoad() says what the client had left, and warns when that was nothing", () => {
  const load = { busiest_cpu: 0.31, mean_cpu: 0.123, lag_p99_ms: 1.5, lag_max_ms: 12 };
  assert.equal(
    clientLoad(load),
    "**During the run** a load process used 12.3 % of a core on average and 31 % in the busiest second. " +
      "Its timers were late by 1.5 ms at p99 and 12 ms at worst.",
  );
  assert.match(
    clientLoad({ ...load, lag_p99_ms: null }),
    /second\. Its timers were late by 12 ms at worst\.$/,
  );
  assert.match(clientLoad({ ...load, busiest_cpu: 0.95 }), /no reserve then.*`load\.workers`/);
  assert.match(clientLoad(null), /not known/);
});

Deno.test("certificate() has a sentence for rates, beside that for streams or alone", () => {
  const [both] = lines(certificate(certificateOf([rung(16), openRung(10), openRung(50, { failed: 1 })])));
  assert.equal(
    both,
    "**The client's own error** on this machine: trusted up to at least **16 streams of 50 events a second**. " +
      "Trusted up to **10 arrivals a second**. With 50/s: untrusted, 1 of 200 requests failed.",
  );
  const [open] = lines(certificate(certificateOf([openRung(10)], { planned_rate_rps: 20 })));
  assert.match(
    open!,
    /machine: trusted up to at least \*\*10 arrivals a second\*\*\. The plan holds up to 20/,
  );
});
