import assert from "node:assert/strict";
import { certificate } from "../../lib/report/mod.ts";
import { certificateOf, error, rung } from "../certify/rungs.ts";

const lines = (text: string) => text.split("\n").filter((line) => line !== "");

Deno.test("certificate() says up to which load the client is trusted, and what its error was", () => {
  const [sentence, head, , first, second] = lines(certificate(certificateOf([
    rung(16, { ttft_error: error(0.2, null, 3) }),
    rung(64, { ttft_error: error(1.5, 2) }),
  ])));
  assert.equal(
    sentence,
    "**The client's own error** on this machine: trusted up to **16 streams of 50 events a second**. " +
      "With 64: untrusted, TTFT is off by 1.5 ms at p50.",
  );
  const cells = (line: string) => line.split("|").slice(1, -1).map((cell) => cell.trim());
  assert.deepEqual(cells(head!), [
    "Streams",
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
  assert.deepEqual(cells(first!), ["16", "200", "0.2", "(3)", "0.05", "1.5", "40", "2.1", "0.4", "trusted"]);
  assert.deepEqual(cells(second!), ["64", "200", "1.5", "2", "0.05", "1.5", "40", "2.1", "0.4", "untrusted"]);
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
    /: \*\*not trusted\*\* with streams of 50 events a second\. With 16: untrusted, TTFT /,
  );
  const [late] = lines(certificate(certificateOf([rung(16, { truth_late: error(0.5, 3) })])));
  assert.match(
    late!,
    /: void\. .*no request is marked\. With 16: void, the endpoint itself was late by 3 ms at p99/,
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
