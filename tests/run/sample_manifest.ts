import { type Manifest, pendingStep } from "../../lib/run/mod.ts";

/** A manifest of two steps. */
export function sampleManifest(change: Partial<Manifest> = {}): Manifest {
  return {
    schema: "fmbench.manifest/1",
    run_id: "20260101T000000Z-abcdef",
    name: "sample",
    status: "running",
    created_at: "2026-01-01T00:00:00.000Z",
    versions: {},
    machine: {},
    seed: 1,
    config_file: "sample.yml",
    config_hash: "0",
    parameters: {},
    sets: [],
    fingerprints: { data: "d", experiments: "e", load: "l" },
    price_date: null,
    price_region: null,
    simulated: true,
    steps: [pendingStep("0_setup"), pendingStep("1_generate_data")],
    ...change,
  };
}
