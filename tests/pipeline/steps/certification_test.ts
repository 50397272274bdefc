import assert from "node:assert/strict";
import { readCertificate, writeCertificate } from "../../../lib/certify/mod.ts";
import { certifyClient, trustNotices, withTrust } from "../../../lib/pipeline/steps/certification.ts";
import { certificateOf, error, openRung, rung } from "../../certify/rungs.ts";
import { inProject, openStep, start } from "../made_up_project.ts";

Deno.test("`certify: no` leaves it out and says so", async () => {
  await inProject(async (folder) => {
    const step = openStep("0_setup", await start(folder, { sets: ["certify=no"] }));
    assert.match(await certifyClient(step), /was not measured/);
    assert.equal(await readCertificate(step.run.paths.certify), null);
  });
});

Deno.test("else the ladder of the plan is climbed and written down, in the time given", async () => {
  await inProject(async (folder) => {
    const step = openStep("0_setup", await start(folder));
    const shown = await certifyClient(step);
    const certificate = await readCertificate(step.run.paths.certify);
    // Highest concurrency of the config: 2.
    assert.equal(certificate!.planned_streams, 2);
    assert.deepEqual(certificate!.rungs.map(({ streams }) => streams), [2, 16, 64]);
    assert.equal(certificate!.fault, null);
    assert.ok((certificate!.machine["cores"] as number) >= 1);
    assert.match(shown, /\*\*The client's own error\*\* on this machine: /);
  });
});

Deno.test("levels are trusted by the run's certificate; a closed loop by its concurrency, an open one by its highest rate", async () => {
  await inProject(async (folder) => {
    const { run } = await start(folder);
    const levels = [
      { arrival: "closed", concurrency: 4 },
      { arrival: "closed", concurrency: 64 },
      { arrival: "ramp", concurrency: null, rates_rps: [5, 10] },
      { arrival: "poisson", concurrency: null, rates_rps: [11] },
    ] as const;
    const trusted = async (parallel: number | null = null) =>
      (await withTrust(run, levels, parallel)).map(({ trusted }) => trusted);
    assert.deepEqual(await trusted(), [null, null, null, null]);
    await writeCertificate(
      run.paths.certify,
      certificateOf([
        rung(16),
        rung(64, { ttft_error: error(5, 50) }),
        openRung(10),
        openRung(50, { failed: 1 }),
      ]),
    );
    assert.deepEqual(await trusted(), [true, false, true, false]);
    // All levels of a study share its calls in flight.
    assert.deepEqual(await trusted(4), [true, true, true, true]);
    assert.deepEqual(await trusted(64), [false, false, false, false]);
  });
});

Deno.test("requests beyond the certified load are told with their share", () => {
  assert.deepEqual(trustNotices({ attempts: 2, untrusted: 0 }), []);
  assert.match(
    trustNotices({ attempts: 4, untrusted: 1 })[0]!,
    /^25 % of the requests .* beyond the one/,
  );
});
